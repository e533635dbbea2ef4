// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/mapped_file.h"
#include "inference/base/shape.h"
#include "inference/weights/stored_type.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

/// One tensor of a safetensors file, row-major, little-endian.
struct StoredTensor {
    std::string name;
    StoredType type = StoredType::F32;
    Shape shape;
    std::size_t offset = 0; ///< of the first byte, from the start of the file
    std::size_t bytes = 0;
};

/// One .safetensors file: u64 length of the header, JSON header, data. The header is checked
/// completely when opening: known types, sizes that fit the shapes, every tensor inside the file,
/// no two sharing a byte, no name twice. Unused bytes between tensors are accepted. Opening reads
/// the header only. Move-only; const calls are thread-safe.
class SafetensorsFile {
public:
    /// Throws Error{FileUnreadable} when the file cannot be read, Error{BadCheckpoint} naming the
    /// file, the tensor and what is wrong.
    explicit SafetensorsFile(const std::filesystem::path& path);

    const std::filesystem::path& path() const { return m_file.path(); }

    /// In the order of the data.
    const std::vector<StoredTensor>& tensors() const { return m_tensors; }

    /// The tensor of that name, or nullptr. Valid as long as this object.
    const StoredTensor* find(std::string_view name) const;

    /// Free-form pairs of the header ("format": "pt").
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }

    /// Copies bytes of `tensor`, from `first` on, by reading the file: throws Error{FileUnreadable}
    /// naming the tensor when the file was cut or its disk vanished.
    void read(const StoredTensor& tensor, std::size_t first, std::span<std::byte> out) const;

    /// The mapped bytes of `tensor`: fast, but raises SIGBUS when the file is cut meanwhile. For
    /// files of our own only; weights of users go through read().
    std::span<const std::byte> mapped(const StoredTensor& tensor) const;

private:
    MappedFile m_file;
    std::vector<StoredTensor> m_tensors;
    std::map<std::string, std::size_t, std::less<>> m_byName; ///< index into m_tensors
    std::map<std::string, std::string> m_metadata;
};

} // namespace phial::weights
