// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/quant/packed_format.h"
#include "inference/tensor/tensor.h"

#include <array>
#include <cstdint>
#include <vector>

namespace phial {

/// How the elements of a weight matrix are stored on the device; ops choose their shader by it.
/// Packed: the planes of a quantized package, see WeightMatrix::packing().
enum class WeightFormat : std::uint8_t { F32, F16, BF16, Packed };

/// Type of the stored elements; I32 words for Packed.
DType elementType(WeightFormat format);

/// A weight matrix [rows = outputs, columns = inputs] on the device, cut by rows into pieces that
/// each fit one storage-buffer binding (maxStorageBufferRange): the 1.2 GB embedding table of the
/// full model becomes ten pieces. Rows are padded to an even number of elements so that 16-bit
/// formats can be read as 32-bit words without 16-bit storage support; padding is zero.
/// A packed matrix keeps the planes of its package as they are, one after the other in each piece,
/// so that loading is copying and shaders decode in registers. Move-only.
class WeightMatrix {
public:
    struct Piece {
        Tensor data; ///< [rows, paddedColumns]; packed: [words]
        std::int64_t firstRow = 0;
        std::int64_t rows = 0;

        /// Packed: first word of the planes behind the codes.
        std::int64_t groupsAt = 0;
        std::int64_t rowsAt = 0;
    };

    static constexpr std::int64_t kColumnPadding = 8;
    static constexpr std::int64_t kRowsPerStep = 64;

    WeightMatrix() = default;
    /// Uninitialised but for the padding. rows, columns > 0. Throws Error{OutOfDeviceMemory} naming
    /// `purpose`, Error{DeviceUnsuitable} when not even kRowsPerStep rows fit one binding.
    WeightMatrix(gpu::Device& device, WeightFormat format, std::int64_t rows, std::int64_t columns,
                 const std::string& purpose);
    /// A packed matrix, uninitialised. `columns` are padded to a multiple of the group.
    WeightMatrix(gpu::Device& device, const quant::PackedFormat& packing, std::int64_t rows,
                 std::int64_t columns, const std::string& purpose);

    bool valid() const { return m_rows > 0; }

    WeightFormat format() const { return m_format; }

    std::int64_t rows() const { return m_rows; }

    std::int64_t columns() const { return m_columns; }

    std::int64_t paddedColumns() const { return m_paddedColumns; }

    /// Packed only.
    const quant::PackedFormat& packing() const { return m_packing; }

    const quant::PackedRow& packedRow() const { return m_packedRow; }

    /// Packed: where a plane (0 codes, 1 groups, 2 rows) begins in a piece and what each row takes
    /// there, in words.
    struct Plane {
        std::int64_t at = 0;
        std::int64_t rowWords = 0;
    };

    std::array<Plane, 3> planes(const Piece& piece) const {
        return {Plane{0, m_packedRow.codeWords}, Plane{piece.groupsAt, m_packedRow.groupWords},
                Plane{piece.rowsAt, m_packedRow.rowWords}};
    }

    const std::vector<Piece>& pieces() const { return m_pieces; }

    std::int64_t bytes() const;

private:
    void cut(gpu::Device& device, std::int64_t rowBytes, const std::string& purpose);

    WeightFormat m_format = WeightFormat::F32;
    std::int64_t m_rows = 0;
    std::int64_t m_columns = 0;
    std::int64_t m_paddedColumns = 0;
    quant::PackedFormat m_packing;
    quant::PackedRow m_packedRow;
    std::vector<Piece> m_pieces;
};

} // namespace phial
