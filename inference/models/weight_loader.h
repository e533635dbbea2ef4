// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/phi4_weights.h"
#include "inference/tensor/transfer.h"

#include <string>
#include <vector>

namespace phial::models {

/// Moves tensors of a checkpoint onto the device one by one: checks shapes, converts formats,
/// stacks matrices, counts progress. Host memory: one staging piece. For phi4_weights.cpp; one
/// thread.
class WeightLoader {
public:
    WeightLoader(gpu::Device& device, const weights::Checkpoint& checkpoint,
                 const LoadOptions& options);

    /// Bytes that will be read, for progress.
    void setTotal(double bytes) { m_total = bytes; }

    /// A matrix of one tensor. Trailing axes count as columns (1x1 convolutions, patches). A packed
    /// matrix with a column scale is refused: nothing would apply it.
    WeightMatrix matrix(const std::string& name, const Shape& shape) {
        return stacked({name}, shape);
    }

    /// The same where the caller takes care of the column scale: with foldedGain() or
    /// columnScale().
    WeightMatrix scaledMatrix(const std::string& name, const Shape& shape) {
        return load({name}, shape);
    }

    /// Several tensors of the same shape under each other; packed ones all in one format.
    WeightMatrix stacked(const std::vector<std::string>& names, const Shape& shape);

    /// A norm's gain [size], multiplied by the column scale of the matrix that reads its output.
    Tensor foldedGain(const std::string& name, std::int64_t size, const std::string& matrix);

    /// The column scale [columns] of a packed matrix; empty when it has none.
    Tensor columnScale(const std::string& matrix);

    /// The same on the host.
    std::vector<float> hostColumnScale(const std::string& matrix) const;

    /// A small tensor, widened to F32; `as` = shape on the device, same number of elements.
    Tensor floats(const std::string& name, const Shape& shape, const Shape& as) {
        return floats(std::vector<std::string>{name}, shape, as);
    }

    Tensor floats(const std::string& name, const Shape& shape) {
        return floats(name, shape, shape);
    }

    /// <name>.weight and <name>.bias [size].
    Norm norm(const std::string& name, std::int64_t size);

    /// <name>.weight of the given shape and <name>.bias [shape[0]].
    BiasedLinear biased(const std::string& name, const Shape& shape) {
        return biased(std::vector<std::string>{name}, shape);
    }

    /// The same stacked.
    BiasedLinear biased(const std::vector<std::string>& names, const Shape& shape);

    /// A matrix of numbers that the caller has: fp32, or fp16 where activations are.
    WeightMatrix ownMatrix(const std::vector<float>& values, std::int64_t rows,
                           std::int64_t columns);

    /// Waits for everything in flight.
    void finish();

    std::uint64_t bytes() const { return m_bytes; }

private:
    Tensor floats(const std::vector<std::string>& names, const Shape& shape, const Shape& as);
    using Parts = std::vector<const weights::TensorEntry*>;

    WeightMatrix load(const std::vector<std::string>& names, const Shape& shape);
    Tensor uploadVector(const std::vector<float>& values, const Shape& shape);
    WeightFormat formatFor(weights::StoredType stored) const;
    void uploadPlanes(const WeightMatrix& matrix, const Parts& parts);
    void uploadRows(const WeightMatrix& matrix, const Parts& parts);
    void count(std::size_t storedBytes);

    gpu::Device& m_device;
    const weights::Checkpoint& m_checkpoint;
    const LoadOptions& m_options;
    Uploader m_uploader;
    std::vector<std::byte> m_raw; ///< rows as stored, before conversion
    double m_done = 0;
    double m_total = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace phial::models
