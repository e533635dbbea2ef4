// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/checkpoint.h"

#include <cstdint>
#include <string>
#include <vector>

namespace phial::package {

/// A matrix of a checkpoint or package as the linear map that it stands for: planes decoded, the
/// column scale of its input multiplied in. Rows are read when they are asked for, so that no full
/// copy exists. Borrows the entry; const calls are thread-safe.
class DecodedMatrix {
public:
    /// `inputScale` [columns]: what multiplies the layer's input before it reaches the stored
    /// matrix; empty = nothing. Throws Error{BadCheckpoint} for a type that holds no weights.
    DecodedMatrix(const weights::TensorEntry& entry, std::vector<float> inputScale);

    std::int64_t rows() const { return m_entry.rows(); }

    std::int64_t columns() const { return m_entry.rowElements(); }

    /// [count, columns] floats from row `first` on. Throws Error{FileUnreadable}.
    std::vector<float> read(std::int64_t first, std::int64_t count) const;

private:
    std::vector<float> decode(std::int64_t first, std::int64_t count) const;

    const weights::TensorEntry& m_entry;
    std::vector<float> m_inputScale;
};

/// The column scale that reaches the stored tensor `name` with its input: its own, or for a LoRA
/// factor A that of the base matrix beside it. Empty for all ones.
std::vector<float> inputScale(const weights::Checkpoint& checkpoint, const std::string& name);

} // namespace phial::package
