// SPDX-License-Identifier: MIT
#pragma once

#include "inference/ops/kv_format.h"
#include "inference/tensor/dtype.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/model_config.h"

#include <cstdint>
#include <string>

namespace phial {

/// Device memory of a loaded model in bytes, known before anything is allocated.
struct MemoryEstimate {
    std::uint64_t weights = 0;
    std::uint64_t scratch = 0;  ///< of the decoder: activations of one chunk, logits, tables
    std::uint64_t encoders = 0; ///< scratch of both encoders, made when they are first used
    std::uint64_t cache = 0;    ///< keys and values of the whole context

    std::uint64_t total() const { return weights + scratch + encoders + cache; }
};

/// Device memory of the tensors that the networks of `config` read: packed ones as they are stored,
/// others in the format they are loaded in.
std::uint64_t deviceWeightBytes(const weights::Checkpoint& checkpoint,
                                const weights::ModelConfig& config, DType activations);

/// How a model is to be loaded, as far as its memory depends on it.
struct LoadPlan {
    std::uint64_t weightBytes = 0; ///< on the device, user adapters included
    DType activations = DType::F32;
    ops::KvFormat kvFormat = ops::KvFormat::Plain;
    std::int64_t adapterRank = 0; ///< largest rank of the user's adapters
    std::int64_t cropsAtOnce = 0; ///< of the image encoder; 0 = as many as it likes
};

/// What a model of this configuration needs for `context` tokens. Agrees with the buffers of the
/// networks; a test compares.
MemoryEstimate estimateMemory(const weights::ModelConfig& config, const LoadPlan& plan,
                              std::int64_t context);

/// The longest context, at most `longest`, whose estimate stays within `budget`; 0 when none does.
std::int64_t longestContext(const weights::ModelConfig& config, const LoadPlan& plan,
                            std::uint64_t budget, std::int64_t longest);

/// Fails before anything is allocated when the model does not fit `freeBytes` with a context of
/// `context` tokens. Throws Error{OutOfDeviceMemory} with the sizes and the longest context that
/// fits. `device`, `model`: names for the message.
void checkRoom(const weights::ModelConfig& config, const LoadPlan& plan, std::int64_t context,
               std::uint64_t freeBytes, const std::string& device, const std::string& model);

} // namespace phial
