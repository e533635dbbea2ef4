// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/phi4_weights.h"
#include "inference/weights/model_config.h"

#include <stop_token>

namespace phial::bench {

/// Random weights for every part that `config` has, of a size that keeps activations finite. Same
/// numbers on every call. Matrices are stored as `format`. Throws Error{OutOfDeviceMemory,
/// Cancelled}.
models::Phi4Weights syntheticWeights(gpu::Device& device, const weights::ModelConfig& config,
                                     WeightFormat format, const std::stop_token& stop);

/// One such matrix [rows, columns].
WeightMatrix syntheticMatrix(gpu::Device& device, WeightFormat format, std::int64_t rows,
                             std::int64_t columns);

} // namespace phial::bench
