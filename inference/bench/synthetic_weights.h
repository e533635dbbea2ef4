// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/phi4_weights.h"
#include "inference/weights/model_config.h"

#include <stop_token>

namespace phial::bench {

/// How synthetic matrices are stored; `packing` counts where `format` is Packed, with the coding
/// Sq.
struct MatrixFormat {
    WeightFormat format = WeightFormat::BF16;
    quant::PackedFormat packing;
};

/// Random weights for every part that `config` has, of a size that keeps activations finite. Same
/// numbers on every call. Matrices are stored as `format`. Throws Error{OutOfDeviceMemory,
/// Cancelled}.
models::Phi4Weights syntheticWeights(gpu::Device& device, const weights::ModelConfig& config,
                                     const MatrixFormat& format, const std::stop_token& stop);

/// One such matrix [rows, columns].
WeightMatrix syntheticMatrix(gpu::Device& device, const MatrixFormat& format, std::int64_t rows,
                             std::int64_t columns);

} // namespace phial::bench
