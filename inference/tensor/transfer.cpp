// SPDX-License-Identifier: MIT
#include "inference/tensor/transfer.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/gpu/command_stream.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace phial {
namespace {

constexpr std::uint64_t kStagingBytes = 16 * 1024 * 1024;

constexpr std::uint64_t roundUp4(std::uint64_t value) {
    return (value + 3) / 4 * 4;
}

/// Writes element `index` of `type` into `out`.
void encode(DType type, float value, std::span<std::byte> out) {
    if (type == DType::F32) {
        std::memcpy(out.data(), &value, 4);
        return;
    }
    check(type == DType::F16 || type == DType::BF16, "floats go into f32, f16 or bf16");
    const std::uint16_t bits = type == DType::F16 ? floatToHalf(value) : floatToBf16(value);
    std::memcpy(out.data(), &bits, 2);
}

float decode(DType type, const std::byte* from) {
    std::uint16_t bits = 0;
    switch (type) {
    case DType::F32: {
        float value = 0;
        std::memcpy(&value, from, 4);
        return value;
    }
    case DType::I32: {
        std::int32_t value = 0;
        std::memcpy(&value, from, 4);
        return static_cast<float>(value);
    }
    case DType::F16:
        std::memcpy(&bits, from, 2);
        return halfToFloat(bits);
    case DType::BF16:
        std::memcpy(&bits, from, 2);
        return bf16ToFloat(bits);
    }
    return 0;
}

/// Fills [offset, offset + size) with `values` of `type`, starting at values[first].
auto encoder(std::span<const float> values, DType type, std::size_t first = 0) {
    return [=](std::span<std::byte> piece, std::uint64_t at) {
        const auto size = static_cast<std::size_t>(bytesPerElement(type));
        for (std::size_t i = 0; i < piece.size() / size; ++i) {
            encode(type, values[first + at / size + i], piece.subspan(i * size, size));
        }
    };
}

/// The bytes of a view's bound range, through readback memory.
std::vector<std::byte> readBack(gpu::Device& device, const TensorView& view) {
    const gpu::Buffer readback = device.makeBuffer(roundUp4(view.range.bytes),
                                                   gpu::Memory::Readback, "reading a tensor back");
    gpu::CommandStream stream(device);
    stream.copy({view.range.buffer, view.range.offset, roundUp4(view.range.bytes)},
                {&readback, 0, readback.bytes()});
    stream.submitAndWait();
    const auto mapped = readback.mapped();
    return {mapped.begin(), mapped.end()};
}

/// Calls take(element address) for every element, row by row.
template <class Take>
void eachElement(const TensorView& view, const std::vector<std::byte>& bytes, Take take) {
    const std::int64_t size = bytesPerElement(view.dtype);
    for (std::int64_t row = 0; row < view.rows(); ++row) {
        for (std::int64_t column = 0; column < view.columns(); ++column) {
            take(bytes.data() + (view.elementOffset + row * view.rowStride + column) * size);
        }
    }
}

} // namespace

/// Two staging buffers; while the device copies out of one, the host fills the other.
struct Uploader::Impl {
    struct Stage {
        explicit Stage(gpu::Device& device)
            : stream(device) {}

        gpu::Buffer buffer; // made at the first use, no larger than needed
        gpu::CommandStream stream;
    };

    explicit Impl(gpu::Device& onDevice)
        : device(onDevice)
        , stages{Stage(onDevice), Stage(onDevice)} {}

    gpu::Device& device;
    std::array<Stage, 2> stages;
    std::size_t next = 0;
};

Uploader::Uploader(gpu::Device& device)
    : m_impl(std::make_unique<Impl>(device)) {}

Uploader::~Uploader() = default;

void Uploader::upload(const Tensor& to, std::uint64_t offset, std::uint64_t size,
                      const std::function<void(std::span<std::byte>, std::uint64_t)>& fill,
                      const std::stop_token& stop) {
    const auto capacity = static_cast<std::uint64_t>(to.bytes());
    check(offset % 4 == 0 && offset <= capacity && size <= capacity - offset,
          "an upload of " + std::to_string(size) + " bytes at " + std::to_string(offset) +
              " leaves a tensor of " + std::to_string(capacity));
    check(size % 4 == 0 || offset + size == capacity,
          "only the end of a tensor may end inside a word");
    const auto direct = to.buffer().mapped();
    for (std::uint64_t at = 0; at < size;) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "Stopped while copying weights to the device.");
        }
        const std::uint64_t count = std::min(kStagingBytes, size - at);
        if (!direct.empty()) {
            fill(direct.subspan(offset + at, count), at);
        } else {
            Impl::Stage& stage = m_impl->stages[m_impl->next];
            m_impl->next = 1 - m_impl->next;
            stage.stream.submitAndWait(); // its last copy
            if (stage.buffer.bytes() < roundUp4(count)) {
                stage.buffer = {};
                stage.buffer = m_impl->device.makeBuffer(roundUp4(count), gpu::Memory::Upload,
                                                         "copying to the device");
            }
            fill(stage.buffer.mapped().first(count), at);
            stage.stream.copy({&stage.buffer, 0, roundUp4(count)},
                              {&to.buffer(), offset + at, roundUp4(count)});
            stage.stream.submit();
        }
        at += count;
    }
}

void Uploader::finish() {
    for (Impl::Stage& stage : m_impl->stages) {
        stage.stream.submitAndWait();
    }
}

Tensor uploadFloats(gpu::Device& device, std::span<const float> values, Shape shape, DType dtype,
                    const std::string& purpose) {
    check(static_cast<std::int64_t>(values.size()) == shape.elements(),
          purpose + ": " + std::to_string(values.size()) + " values for " + shape.text());
    Tensor tensor(device, dtype, std::move(shape), purpose);
    Uploader uploader(device);
    uploader.upload(tensor, 0, static_cast<std::uint64_t>(tensor.bytes()), encoder(values, dtype));
    uploader.finish();
    return tensor;
}

Tensor uploadInts(gpu::Device& device, std::span<const std::int32_t> values, Shape shape,
                  const std::string& purpose) {
    check(static_cast<std::int64_t>(values.size()) == shape.elements(),
          purpose + ": " + std::to_string(values.size()) + " values for " + shape.text());
    Tensor tensor(device, DType::I32, std::move(shape), purpose);
    Uploader uploader(device);
    uploader.upload(tensor, 0, values.size_bytes(),
                    [&](std::span<std::byte> piece, std::uint64_t at) {
                        std::memcpy(piece.data(), std::as_bytes(values).data() + at, piece.size());
                    });
    uploader.finish();
    return tensor;
}

WeightMatrix uploadWeights(gpu::Device& device, std::span<const float> values, std::int64_t rows,
                           std::int64_t columns, WeightFormat format, const std::string& purpose) {
    check(static_cast<std::int64_t>(values.size()) == rows * columns,
          purpose + ": wrong number of values");
    WeightMatrix matrix(device, format, rows, columns, purpose);
    // Padded on the host as well, so that each piece is one transfer.
    Uploader uploader(device);
    for (const WeightMatrix::Piece& piece : matrix.pieces()) {
        std::vector<float> padded(static_cast<std::size_t>(piece.data.shape().elements()));
        for (std::int64_t row = 0; row < piece.data.shape()[0]; ++row) {
            const auto source =
                values.subspan(static_cast<std::size_t>((piece.firstRow + row) * columns),
                               static_cast<std::size_t>(columns));
            std::copy(source.begin(), source.end(), padded.begin() + row * matrix.paddedColumns());
        }
        uploader.upload(piece.data, 0, static_cast<std::uint64_t>(piece.data.bytes()),
                        encoder(padded, piece.data.dtype()));
    }
    uploader.finish();
    return matrix;
}

WeightMatrix uploadPacked(gpu::Device& device, const quant::PackedFormat& packing,
                          std::int64_t rows, std::int64_t columns, const PackedPlanes& planes,
                          const std::string& purpose) {
    WeightMatrix matrix(device, packing, rows, columns, purpose);
    const std::array host = {planes.codes, planes.groups, planes.rows};
    Uploader uploader(device);
    for (const WeightMatrix::Piece& piece : matrix.pieces()) {
        const auto places = matrix.planes(piece);
        for (std::size_t i = 0; i < host.size(); ++i) {
            const auto [at, rowWords] = places.at(i);
            check(std::ssize(host.at(i)) == rows * rowWords, purpose + ": a plane of a wrong size");
            if (rowWords == 0) {
                continue;
            }
            const auto from = std::as_bytes(
                host.at(i).subspan(static_cast<std::size_t>(piece.firstRow * rowWords),
                                   static_cast<std::size_t>(piece.rows * rowWords)));
            uploader.upload(piece.data, static_cast<std::uint64_t>(at) * 4, from.size(),
                            [&](std::span<std::byte> out, std::uint64_t first) {
                                std::memcpy(out.data(), from.data() + first, out.size());
                            });
        }
    }
    uploader.finish();
    return matrix;
}

std::vector<float> downloadFloats(gpu::Device& device, const TensorView& view) {
    const std::vector<std::byte> bytes = readBack(device, view);
    std::vector<float> values;
    values.reserve(static_cast<std::size_t>(view.shape.elements()));
    eachElement(view, bytes,
                [&](const std::byte* at) { values.push_back(decode(view.dtype, at)); });
    return values;
}

std::vector<std::int32_t> downloadInts(gpu::Device& device, const TensorView& view) {
    check(view.dtype == DType::I32, "downloadInts reads i32 views");
    const std::vector<std::byte> bytes = readBack(device, view);
    std::vector<std::int32_t> values;
    values.reserve(static_cast<std::size_t>(view.shape.elements()));
    eachElement(view, bytes, [&](const std::byte* at) {
        std::int32_t value = 0;
        std::memcpy(&value, at, 4);
        values.push_back(value);
    });
    return values;
}

} // namespace phial
