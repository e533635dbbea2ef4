// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/scheme.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace phial::package {

/// A matrix that is read piece by piece, so that no full copy of a large one is ever held.
struct MatrixSource {
    std::string name;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    /// Writes rows [firstRow, firstRow + rows) x columns [firstColumn, firstColumn + columns) as
    /// floats, `stride` apart. Called from several threads at a time. May throw Error.
    std::function<void(std::int64_t firstRow, std::int64_t rows, std::int64_t firstColumn,
                       std::int64_t columns, float* out, std::int64_t stride)>
        read;
};

/// Receives bytes of plane `plane` (index into planesOf) at `offset`; called from several threads
/// for disjoint ranges.
using PlaneSink =
    std::function<void(std::size_t plane, std::uint64_t offset, std::span<const std::byte> bytes)>;

struct QuantizeTensorOptions {
    Scheme scheme;
    int threads = 1;
    std::uint64_t memoryBytes = 512U << 20; ///< bound on scratch memory
    /// Multiplies the columns before quantization (1/t for a LoRA factor A), or empty.
    std::span<const float> columnFactor;
    /// Inputs that the layer really gets, [samples, source.columns], or empty: the column scales
    /// then favour the columns that matter (quant::chooseActivationScale). Only schemes with column
    /// scales and widths that need no padding are calibrated.
    quant::MatrixView inputs;
};

/// Quantizes one matrix. Calls onWeights(n) as weights are finished (any thread). Honours the stop
/// token (throws Error{Cancelled}). Throws Error{BadCheckpoint} naming the tensor when a value is
/// NaN or infinite. The bytes do not depend on the number of threads. Returns the column scales t,
/// [paddedColumns], empty when the scheme has none.
std::vector<float> quantizeTensor(const MatrixSource& source, const QuantizeTensorOptions& options,
                                  const PlaneSink& sink,
                                  const std::function<void(std::int64_t)>& onWeights,
                                  std::stop_token stop);

} // namespace phial::package
