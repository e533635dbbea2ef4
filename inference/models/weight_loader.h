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

    /// Rows of several tensors under each other, each with `rows` of `columns` values (trailing
    /// axes of the stored tensor count as columns: 1x1 convolutions, patches).
    struct Stack {
        std::vector<std::string> names;
        std::int64_t rows = 0; ///< of each tensor
        std::int64_t columns = 0;
    };

    WeightMatrix matrix(const Stack& stack);
    WeightMatrix matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
        return matrix(Stack{{name}, rows, columns});
    }

    /// F32 tensor of the given shape; the stored one may have axes of length 1 besides.
    Tensor floats(const std::vector<std::string>& names, const Shape& shape);
    Tensor floats(const std::string& name, const Shape& shape) {
        return floats(std::vector<std::string>{name}, shape);
    }

    Norm norm(const std::string& name, std::int64_t size);
    /// <name>.weight and <name>.bias of each name, stacked.
    BiasedLinear biased(const std::vector<std::string>& names, std::int64_t rows,
                        std::int64_t columns);
    BiasedLinear biased(const std::string& name, std::int64_t rows, std::int64_t columns) {
        return biased(std::vector<std::string>{name}, rows, columns);
    }

    bool has(const std::string& name) const;

    /// Extent of an axis of a stored tensor (adapter ranks are read from shapes).
    std::int64_t extent(const std::string& name, int axis) const;

    /// Waits for everything in flight.
    void finish();

    double parameters() const { return m_parameters; }

    std::uint64_t bytes() const { return m_bytes; }

private:
    WeightFormat formatOf(const std::string& name) const;
    void count(double readBytes, std::int64_t elements, std::int64_t deviceBytes);

    gpu::Device& m_device;
    const weights::Checkpoint& m_checkpoint;
    const LoadOptions& m_options;
    Uploader m_uploader;
    double m_done = 0;
    double m_total = 0;
    double m_parameters = 0;
    std::uint64_t m_bytes = 0;
};

} // namespace phial::models
