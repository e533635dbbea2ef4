// SPDX-License-Identifier: MIT
#include "inference/models/weight_loader.h"

#include "inference/base/error.h"
#include "inference/base/half.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace phial::models {
namespace {

using weights::StoredType;

bool sameBits(StoredType stored, WeightFormat format) {
    return (stored == StoredType::F32 && format == WeightFormat::F32) ||
           (stored == StoredType::F16 && format == WeightFormat::F16) ||
           (stored == StoredType::BF16 && format == WeightFormat::BF16);
}

template <class T>
T wordAt(const std::byte* data, std::size_t index) {
    T word;
    std::memcpy(&word, data + index * sizeof(T), sizeof(T));
    return word;
}

float fromF16(std::uint16_t word) {
    return halfToFloat(word);
}

float fromBf16(std::uint16_t word) {
    return bf16ToFloat(word);
}

float fromF32(float value) {
    return value;
}

/// `count` elements: read with `widen`, written with `narrow`. One loop per pair of types, because
/// eleven gigabytes go through it.
template <class Word, float (*widen)(Word), class Result, Result (*narrow)(float)>
void convertLoop(const std::byte* from, std::byte* to, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        const Result result = narrow(widen(wordAt<Word>(from, i)));
        std::memcpy(to + i * sizeof(Result), &result, sizeof(Result));
    }
}

template <class Result, Result (*narrow)(float)>
void convertTo(const std::byte* from, StoredType type, std::byte* to, std::size_t count) {
    if (type == StoredType::F16) {
        convertLoop<std::uint16_t, fromF16, Result, narrow>(from, to, count);
    } else if (type == StoredType::BF16) {
        convertLoop<std::uint16_t, fromBf16, Result, narrow>(from, to, count);
    } else {
        convertLoop<float, fromF32, Result, narrow>(from, to, count);
    }
}

/// `count` elements of another type into a matrix's format.
void convert(const std::byte* from, StoredType type, std::byte* to, WeightFormat format,
             std::size_t count) {
    switch (format) {
    case WeightFormat::F32:
        convertTo<float, fromF32>(from, type, to, count);
        break;
    case WeightFormat::F16:
        convertTo<std::uint16_t, floatToHalf>(from, type, to, count);
        break;
    case WeightFormat::BF16:
        convertTo<std::uint16_t, floatToBf16>(from, type, to, count);
        break;
    case WeightFormat::Packed:
        check(false, "floats are not packed while loading");
    }
}

} // namespace

WeightLoader::WeightLoader(gpu::Device& device, const weights::Checkpoint& checkpoint,
                           const LoadOptions& options)
    : m_device(device)
    , m_checkpoint(checkpoint)
    , m_options(options)
    , m_uploader(device) {}

WeightFormat WeightLoader::formatFor(StoredType stored) const {
    if (m_options.activations == DType::F16 || stored == StoredType::F16) {
        return WeightFormat::F16;
    }
    return stored == StoredType::BF16 ? WeightFormat::BF16 : WeightFormat::F32;
}

void WeightLoader::count(std::size_t storedBytes) {
    m_done += static_cast<double>(storedBytes);
    if (m_options.onProgress) {
        m_options.onProgress(m_done, m_total);
    }
    if (m_options.stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, "loading was stopped");
    }
}

WeightMatrix WeightLoader::stacked(const std::vector<std::string>& names, const Shape& shape) {
    for (const std::string& name : names) {
        const weights::TensorEntry& entry = m_checkpoint.require(name, shape);
        if (entry.packed != nullptr && entry.packed->columnScale != nullptr) {
            throw Error(ErrorCode::BadCheckpoint,
                        entry.file->path().string() + ": tensor '" + name +
                            "' has a column scale, which nothing in front of it can apply; "
                            "quantize it without one");
        }
    }
    return load(names, shape);
}

WeightMatrix WeightLoader::load(const std::vector<std::string>& names, const Shape& shape) {
    Parts parts;
    parts.reserve(names.size());
    for (const std::string& name : names) {
        parts.push_back(&m_checkpoint.require(name, shape));
    }
    const std::int64_t rows = shape[0] * static_cast<std::int64_t>(names.size());
    const std::int64_t columns = shape.elements() / shape[0];
    const weights::PackedTensor* packed = parts.front()->packed;
    for (const weights::TensorEntry* part : parts) {
        if ((part->packed == nullptr) != (packed == nullptr) ||
            (packed != nullptr && part->packed->format != packed->format)) {
            throw Error(ErrorCode::BadCheckpoint,
                        m_checkpoint.folder().string() + ": the tensors '" + parts.front()->name +
                            "' and '" + part->name +
                            "' run as one matrix, but are stored in different schemes; give them "
                            "one scheme in the plan and quantize again");
        }
    }
    WeightMatrix matrix = packed != nullptr
                              ? WeightMatrix(m_device, packed->format, rows, columns, "the weights")
                              : WeightMatrix(m_device, formatFor(parts.front()->type()), rows,
                                             columns, "the weights");
    const double before = m_done;
    if (packed != nullptr) {
        uploadPlanes(matrix, parts);
    } else {
        uploadRows(matrix, parts);
    }
    m_done = before; // what was counted on the way may lack small planes
    for (const weights::TensorEntry* part : parts) {
        m_done += static_cast<double>(part->bytes());
    }
    count(0);
    m_bytes += static_cast<std::uint64_t>(matrix.bytes());
    return matrix;
}

/// Copies the planes of all parts, which lie in their files as the device wants them.
void WeightLoader::uploadPlanes(const WeightMatrix& matrix, const Parts& parts) {
    const std::int64_t partRows = parts.front()->rows();
    for (const WeightMatrix::Piece& piece : matrix.pieces()) {
        const auto places = matrix.planes(piece);
        for (std::size_t plane = 0; plane < places.size(); ++plane) {
            const std::int64_t rowBytes = places.at(plane).rowWords * 4;
            for (std::int64_t row = 0; row < piece.rows && rowBytes > 0;) {
                const std::int64_t at = piece.firstRow + row;
                const weights::TensorEntry& part = *parts[static_cast<std::size_t>(at / partRows)];
                const std::int64_t count = std::min(piece.rows - row, partRows - at % partRows);
                const auto from = static_cast<std::size_t>(at % partRows * rowBytes);
                m_uploader.upload(
                    piece.data,
                    static_cast<std::uint64_t>(places.at(plane).at * 4 + row * rowBytes),
                    static_cast<std::uint64_t>(count * rowBytes),
                    [&](std::span<std::byte> out, std::uint64_t first) {
                        part.file->read(*part.packed->planes.at(plane), from + first, out);
                        this->count(out.size());
                    },
                    m_options.stop);
                row += count;
            }
        }
    }
}

/// Streams the rows of all parts into the pieces of the matrix; the padding column stays zero.
void WeightLoader::uploadRows(const WeightMatrix& matrix, const Parts& parts) {
    const WeightFormat format = matrix.format();
    const auto width = static_cast<std::size_t>(bytesPerElement(elementType(format)));
    const auto columns = static_cast<std::size_t>(matrix.columns());
    const auto rowBytes = static_cast<std::size_t>(matrix.paddedColumns()) * width;
    const auto partRows = static_cast<std::size_t>(parts.front()->rows());

    for (const WeightMatrix::Piece& piece : matrix.pieces()) {
        const auto firstRow = static_cast<std::size_t>(piece.firstRow);
        const auto fill = [&](std::span<std::byte> out, std::uint64_t at) {
            std::size_t position = static_cast<std::size_t>(at);
            std::size_t stored = 0;
            while (!out.empty()) {
                const std::size_t row = firstRow + position / rowBytes;
                const std::size_t column = position % rowBytes / width;
                const weights::TensorEntry& part = *parts[row / partRows];
                if (column >= columns) { // padding
                    const std::size_t size = std::min(out.size(), rowBytes - position % rowBytes);
                    std::fill_n(out.begin(), size, std::byte{0});
                    position += size;
                    out = out.subspan(size);
                    continue;
                }
                // Up to the end of the row, or of the tensor where rows follow each other.
                const bool gapless = columns * width == rowBytes;
                const std::size_t rowsLeft = gapless ? partRows - row % partRows : 1;
                const std::size_t count = std::min(out.size() / width, rowsLeft * columns - column);
                const auto storedWidth =
                    static_cast<std::size_t>(weights::storedTypeBytes(part.type()));
                const std::size_t first = ((row % partRows) * columns + column) * storedWidth;
                if (sameBits(part.type(), format)) {
                    weights::Checkpoint::readBytes(part, first, out.first(count * width));
                } else {
                    m_raw.resize(count * storedWidth);
                    weights::Checkpoint::readBytes(part, first, m_raw);
                    convert(m_raw.data(), part.type(), out.data(), format, count);
                }
                position += count * width;
                stored += count * storedWidth;
                out = out.subspan(count * width);
            }
            this->count(stored);
        };
        m_uploader.upload(piece.data, 0, static_cast<std::uint64_t>(piece.data.bytes()), fill,
                          m_options.stop);
    }
}

Tensor WeightLoader::floats(const std::vector<std::string>& names, const Shape& shape,
                            const Shape& as) {
    std::vector<float> values;
    for (const std::string& name : names) {
        const weights::TensorEntry& entry = m_checkpoint.require(name, shape);
        const std::vector<float> part = weights::Checkpoint::readAll(entry);
        values.insert(values.end(), part.begin(), part.end());
        count(entry.bytes());
    }
    check(as.elements() == static_cast<std::int64_t>(values.size()),
          "a tensor under a wrong shape");
    return uploadVector(values, as);
}

Tensor WeightLoader::foldedGain(const std::string& name, std::int64_t size,
                                const std::string& matrix) {
    const weights::TensorEntry& entry = m_checkpoint.require(name, Shape{size});
    std::vector<float> gain = weights::Checkpoint::readAll(entry);
    const weights::TensorEntry* reader = m_checkpoint.find(matrix);
    check(reader != nullptr, "a gain before no matrix");
    const std::vector<float> scale = weights::Checkpoint::readColumnScale(*reader);
    check(scale.empty() || scale.size() == gain.size(), "a column scale of another width");
    for (std::size_t i = 0; i < scale.size(); ++i) {
        gain[i] *= scale[i];
    }
    count(entry.bytes());
    return uploadVector(gain, Shape{size});
}

std::vector<float> WeightLoader::hostColumnScale(const std::string& matrix) const {
    const weights::TensorEntry* entry = m_checkpoint.find(matrix);
    check(entry != nullptr, "the column scale of no matrix");
    return weights::Checkpoint::readColumnScale(*entry);
}

Tensor WeightLoader::columnScale(const std::string& matrix) {
    const std::vector<float> scale = hostColumnScale(matrix);
    return scale.empty() ? Tensor() : uploadVector(scale, Shape{std::ssize(scale)});
}

Tensor WeightLoader::uploadVector(const std::vector<float>& values, const Shape& shape) {
    Tensor tensor(m_device, DType::F32, shape, "the weights");
    m_uploader.upload(
        tensor, 0, static_cast<std::uint64_t>(tensor.bytes()),
        [&](std::span<std::byte> out, std::uint64_t at) {
            std::memcpy(out.data(), std::as_bytes(std::span(values)).data() + at, out.size());
        },
        m_options.stop);
    m_bytes += static_cast<std::uint64_t>(tensor.bytes());
    return tensor;
}

WeightMatrix WeightLoader::ownMatrix(const std::vector<float>& values, std::int64_t rows,
                                     std::int64_t columns) {
    const WeightFormat format =
        m_options.activations == DType::F16 ? WeightFormat::F16 : WeightFormat::F32;
    WeightMatrix matrix(m_device, format, rows, columns, "an adapter");
    const auto width = static_cast<std::size_t>(bytesPerElement(elementType(format)));
    const auto stride = static_cast<std::size_t>(matrix.paddedColumns()) * width;
    const auto across = static_cast<std::size_t>(columns);
    for (const WeightMatrix::Piece& piece : matrix.pieces()) {
        std::vector<std::byte> bytes(static_cast<std::size_t>(piece.data.bytes()));
        for (std::int64_t row = 0; row < piece.rows; ++row) {
            const float* from = values.data() + (piece.firstRow + row) * columns;
            convert(reinterpret_cast<const std::byte*>(from), StoredType::F32,
                    bytes.data() + static_cast<std::size_t>(row) * stride, format, across);
        }
        m_uploader.upload(
            piece.data, 0, bytes.size(),
            [&](std::span<std::byte> out, std::uint64_t at) {
                std::memcpy(out.data(), bytes.data() + at, out.size());
            },
            m_options.stop);
    }
    m_bytes += static_cast<std::uint64_t>(matrix.bytes());
    return matrix;
}

Norm WeightLoader::norm(const std::string& name, std::int64_t size) {
    return {floats(name + ".weight", Shape{size}), floats(name + ".bias", Shape{size})};
}

BiasedLinear WeightLoader::biased(const std::vector<std::string>& names, const Shape& shape) {
    std::vector<std::string> weightNames;
    std::vector<std::string> biasNames;
    for (const std::string& name : names) {
        weightNames.push_back(name + ".weight");
        biasNames.push_back(name + ".bias");
    }
    const std::int64_t rows = shape[0] * static_cast<std::int64_t>(names.size());
    return {stacked(weightNames, shape), floats(biasNames, Shape{shape[0]}, Shape{rows})};
}

void WeightLoader::finish() {
    m_uploader.finish();
}

} // namespace phial::models
