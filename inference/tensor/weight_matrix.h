// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <vector>

namespace phial {

/// How the elements of a weight matrix are stored on the device. Packed formats of quantized
/// packages join here; ops choose their shader by it.
enum class WeightFormat : std::uint8_t { F32, F16, BF16 };

/// Type of the stored elements.
DType elementType(WeightFormat format);

/// A weight matrix [rows = outputs, columns = inputs] on the device, cut by rows into pieces that
/// each fit one storage-buffer binding (maxStorageBufferRange): the 1.2 GB embedding table of the
/// full model becomes ten pieces. Rows are padded to an even number of elements so that 16-bit
/// formats can be read as 32-bit words without 16-bit storage support; padding is zero. Move-only.
class WeightMatrix {
public:
    struct Piece {
        Tensor data; ///< [rows, paddedColumns]
        std::int64_t firstRow = 0;
    };

    static constexpr std::int64_t kColumnPadding = 8;
    static constexpr std::int64_t kRowsPerStep = 64;

    WeightMatrix() = default;
    /// Uninitialised but for the padding. rows, columns > 0. Throws Error{OutOfDeviceMemory} naming
    /// `purpose`, Error{DeviceUnsuitable} when not even kRowsPerStep rows fit one binding.
    WeightMatrix(gpu::Device& device, WeightFormat format, std::int64_t rows, std::int64_t columns,
                 const std::string& purpose);

    bool valid() const { return m_rows > 0; }

    WeightFormat format() const { return m_format; }

    std::int64_t rows() const { return m_rows; }

    std::int64_t columns() const { return m_columns; }

    std::int64_t paddedColumns() const { return m_paddedColumns; }

    const std::vector<Piece>& pieces() const { return m_pieces; }

    std::int64_t bytes() const;

private:
    WeightFormat m_format = WeightFormat::F32;
    std::int64_t m_rows = 0;
    std::int64_t m_columns = 0;
    std::int64_t m_paddedColumns = 0;
    std::vector<Piece> m_pieces;
};

} // namespace phial
