// SPDX-License-Identifier: MIT
#include "inference/weights/safetensors.h"

#include "inference/base/error.h"
#include "inference/weights/safetensors_header.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <utility>

namespace phial::weights {

namespace {

static_assert(std::endian::native == std::endian::little,
              "tensors are used as stored, in little-endian order");

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLargestHeader = std::uint64_t{32} << 20; // real ones stay below 1 MiB

[[noreturn]] void bad(const std::filesystem::path& path, const std::string& problem) {
    throw Error(ErrorCode::BadCheckpoint, path.string() + ": " + problem);
}

/// Length of the JSON header. Checks that the file can hold it.
std::size_t headerLength(const MappedFile& file) {
    const std::size_t size = file.bytes().size();
    if (size < kLengthBytes) {
        bad(file.path(), "not a safetensors file: it has only " + std::to_string(size) + " bytes");
    }
    std::array<std::byte, kLengthBytes> raw{};
    file.readAt(0, raw);
    const auto length = std::bit_cast<std::uint64_t>(raw);
    if (length < 2 || length > kLargestHeader) {
        bad(file.path(), "not a safetensors file: a header of " + std::to_string(length) +
                             " bytes is impossible");
    }
    if (length > size - kLengthBytes) {
        bad(file.path(), "the file is cut: its header needs " + std::to_string(length) +
                             " bytes, the file has " + std::to_string(size));
    }
    return static_cast<std::size_t>(length);
}

/// Bytes that a tensor of that type and shape takes; nothing when they exceed 2^63.
std::optional<std::uint64_t> expectedBytes(StoredType type,
                                           const std::vector<std::uint64_t>& shape) {
    auto bytes = static_cast<std::uint64_t>(storedTypeBytes(type));
    bool zero = false;
    for (const std::uint64_t extent : shape) {
        if (extent == 0) {
            zero = true;
        } else if (__builtin_mul_overflow(bytes, extent, &bytes) || bytes >> 62 != 0) {
            return std::nullopt;
        }
    }
    return zero ? 0 : bytes;
}

std::string rangeText(std::uint64_t begin, std::uint64_t end) {
    return "[" + std::to_string(begin) + ", " + std::to_string(end) + ")";
}

StoredTensor checkedTensor(const MappedFile& file, std::size_t dataStart, HeaderTensor raw) {
    const std::string what = "tensor '" + raw.name.substr(0, 200) + "' ";
    const std::optional<StoredType> type = storedTypeFromName(raw.type);
    if (!type) {
        bad(file.path(), what + "has the unknown type '" + raw.type.substr(0, 40) + "'");
    }
    if (raw.offsets.size() != 2 || raw.offsets[0] > raw.offsets[1]) {
        bad(file.path(), what + "needs two data_offsets, begin and end");
    }
    const std::uint64_t begin = raw.offsets[0];
    const std::uint64_t end = raw.offsets[1];
    const std::uint64_t available = file.bytes().size() - dataStart;
    if (end > available) {
        bad(file.path(), what + "lies at bytes " + rangeText(begin, end) +
                             " of the data, but the file holds only " + std::to_string(available) +
                             "; it is cut: copy or download it again");
    }
    const std::optional<std::uint64_t> bytes = expectedBytes(*type, raw.shape);
    if (!bytes || *bytes != end - begin) {
        bad(file.path(), what + "has " + std::to_string(end - begin) +
                             " bytes, its type and shape need " +
                             (bytes ? std::to_string(*bytes) : "an impossible number"));
    }
    std::vector<std::int64_t> extents;
    extents.reserve(raw.shape.size());
    for (const std::uint64_t extent : raw.shape) {
        extents.push_back(static_cast<std::int64_t>(extent));
    }
    return {.name = std::move(raw.name),
            .type = *type,
            .shape = Shape(std::move(extents)),
            .offset = dataStart + static_cast<std::size_t>(begin),
            .bytes = static_cast<std::size_t>(end - begin)};
}

} // namespace

SafetensorsFile::SafetensorsFile(const std::filesystem::path& path)
    : m_file(path) {
    const std::size_t length = headerLength(m_file);
    std::string json(length, '\0');
    m_file.readAt(kLengthBytes, std::as_writable_bytes(std::span(json)));
    Header header = parseHeader(json, path.string());
    m_metadata = std::move(header.metadata);

    const std::size_t dataStart = kLengthBytes + length;
    m_tensors.reserve(header.tensors.size());
    for (HeaderTensor& raw : header.tensors) {
        m_tensors.push_back(checkedTensor(m_file, dataStart, std::move(raw)));
    }
    std::stable_sort(m_tensors.begin(), m_tensors.end(),
                     [](const StoredTensor& a, const StoredTensor& b) {
                         return std::pair(a.offset, a.bytes) < std::pair(b.offset, b.bytes);
                     });
    for (std::size_t i = 0; i < m_tensors.size(); ++i) {
        if (i > 0 && m_tensors[i - 1].offset + m_tensors[i - 1].bytes > m_tensors[i].offset) {
            bad(path, "tensors '" + m_tensors[i - 1].name + "' and '" + m_tensors[i].name +
                          "' share bytes");
        }
        m_byName.emplace(m_tensors[i].name, i);
    }
}

const StoredTensor* SafetensorsFile::find(std::string_view name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_tensors[found->second];
}

void SafetensorsFile::read(const StoredTensor& tensor, std::size_t first,
                           std::span<std::byte> out) const {
    check(first <= tensor.bytes && out.size() <= tensor.bytes - first,
          "reading beyond the end of a tensor");
    try {
        m_file.readAt(tensor.offset + first, out);
    } catch (const Error& error) {
        throw error.with("reading tensor '" + tensor.name + "'");
    }
}

std::span<const std::byte> SafetensorsFile::mapped(const StoredTensor& tensor) const {
    return m_file.bytes().subspan(tensor.offset, tensor.bytes);
}

} // namespace phial::weights
