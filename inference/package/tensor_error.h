// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/calibration.h"
#include "inference/weights/checkpoint.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace phial::package {

/// What one stored matrix W' of a package loses against the original W.
struct TensorError {
    std::string tensor; ///< canonical name
    std::string scheme; ///< "sq4", "sinq4g64", "BF16"
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    double bitsPerWeight = 0;     ///< as stored, all planes
    double weights = 0;           ///< |W' - W|^2 / |W|^2
    std::optional<double> output; ///< |X (W' - W)^T|^2 / |X W^T|^2, where inputs X are known
    std::int64_t samples = 0;     ///< rows of X
};

/// How a stored tensor is written down: the scheme of a packed one, else its number type.
std::string storedAs(const weights::TensorEntry& entry);

/// Compares one matrix that both models hold under `name`. `inputs`: what the layer really reads
/// (nullptr = unknown), before any column scale. Rows go through in blocks; memory does not depend
/// on the size. Throws Error{BadCheckpoint} when the shapes differ, Error{Cancelled}.
TensorError tensorError(const weights::Checkpoint& reference, const weights::Checkpoint& candidate,
                        const std::string& name, const InputSample* inputs, int threads,
                        const std::stop_token& stop);

/// inputs W^T of a matrix of `checkpoint`: [samples, rows]. For factors whose input is the output
/// of another.
InputSample outputsOf(const weights::Checkpoint& checkpoint, const std::string& name,
                      const InputSample& inputs);

} // namespace phial::package
