// SPDX-License-Identifier: MIT
#include "inference/tensor/weight_matrix.h"

#include "inference/base/error.h"
#include "inference/gpu/command_stream.h"

#include <algorithm>
#include <string>

namespace phial {
namespace {

void zero(gpu::Device& device, const std::vector<WeightMatrix::Piece>& pieces) {
    gpu::CommandStream stream(device);
    for (const WeightMatrix::Piece& piece : pieces) {
        const gpu::Buffer& buffer = piece.data.buffer();
        stream.fill({&buffer, 0, buffer.bytes()}, 0);
    }
    stream.submitAndWait();
}

} // namespace

DType elementType(WeightFormat format) {
    switch (format) {
    case WeightFormat::F32:
        return DType::F32;
    case WeightFormat::F16:
        return DType::F16;
    case WeightFormat::BF16:
        return DType::BF16;
    case WeightFormat::Packed:
        return DType::I32;
    }
    return DType::F32;
}

WeightMatrix::WeightMatrix(gpu::Device& device, WeightFormat format, std::int64_t rows,
                           std::int64_t columns, const std::string& purpose)
    : m_format(format)
    , m_rows(rows)
    , m_columns(columns)
    , m_paddedColumns((columns + kColumnPadding - 1) / kColumnPadding * kColumnPadding) {
    check(rows > 0 && columns > 0, purpose + " has an empty shape");
    check(format != WeightFormat::Packed, purpose + " is packed, but not said how");
    cut(device, m_paddedColumns * bytesPerElement(elementType(format)), purpose);
    if (m_paddedColumns != m_columns) {
        zero(device, m_pieces);
    }
}

WeightMatrix::WeightMatrix(gpu::Device& device, const quant::PackedFormat& packing,
                           std::int64_t rows, std::int64_t columns, const std::string& purpose)
    : m_format(WeightFormat::Packed)
    , m_rows(rows)
    , m_columns(columns)
    , m_paddedColumns((columns + packing.group - 1) / packing.group * packing.group)
    , m_packing(packing)
    , m_packedRow(quant::packedRow(packing, m_paddedColumns)) {
    check(rows > 0 && columns > 0, purpose + " has an empty shape");
    cut(device, m_packedRow.words() * 4, purpose);
}

/// Makes the pieces: as many rows as one binding holds.
void WeightMatrix::cut(gpu::Device& device, std::int64_t rowBytes, const std::string& purpose) {
    const auto limit = static_cast<std::int64_t>(
        std::min(device.info().maxStorageBufferRange, device.info().maxAllocationBytes));
    std::int64_t rowsPerPiece = limit / rowBytes;
    if (rowsPerPiece < m_rows) {
        rowsPerPiece = rowsPerPiece / kRowsPerStep * kRowsPerStep;
        if (rowsPerPiece == 0) {
            throw Error(ErrorCode::DeviceUnsuitable,
                        device.info().name + " reaches " + std::to_string(limit) +
                            " bytes at once; " + purpose + " has rows of " +
                            std::to_string(rowBytes) + " bytes and needs " +
                            std::to_string(kRowsPerStep) + " of them.");
        }
    }
    for (std::int64_t first = 0; first < m_rows; first += rowsPerPiece) {
        const std::int64_t count = std::min(rowsPerPiece, m_rows - first);
        Piece piece;
        piece.firstRow = first;
        piece.rows = count;
        if (m_format == WeightFormat::Packed) {
            piece.groupsAt = count * m_packedRow.codeWords;
            piece.rowsAt = piece.groupsAt + count * m_packedRow.groupWords;
            // Shaders read 16 bytes at a time.
            const std::int64_t words = (count * m_packedRow.words() + 3) / 4 * 4;
            piece.data = Tensor(device, DType::I32, Shape{words}, purpose);
        } else {
            piece.data =
                Tensor(device, elementType(m_format), Shape{count, m_paddedColumns}, purpose);
        }
        m_pieces.push_back(std::move(piece));
    }
}

std::int64_t WeightMatrix::bytes() const {
    std::int64_t sum = 0;
    for (const Piece& piece : m_pieces) {
        sum += piece.data.bytes();
    }
    return sum;
}

} // namespace phial
