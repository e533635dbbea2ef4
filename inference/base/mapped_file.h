// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

namespace phial {

/// A file mapped read-only into memory. Move-only; the mapping lives as long as the object.
/// Thread-safe to read. A file that shrinks while mapped raises SIGBUS on access: readers of user
/// files copy through `readAt` instead of dereferencing when they must survive that.
class MappedFile {
public:
    /// Throws Error{FileUnreadable} naming the path and the operating system's reason.
    explicit MappedFile(std::filesystem::path path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return {m_data, m_size}; }

    const std::filesystem::path& path() const { return m_path; }

    /// Copies `out.size()` bytes from `offset` by reading the file, not the mapping: safe when the
    /// file is cut or its disk vanishes. Throws Error{FileUnreadable} with the offset when fewer
    /// bytes are there.
    void readAt(std::size_t offset, std::span<std::byte> out) const;

    /// Tells the kernel that these pages will not be needed again, so that the resident size stays
    /// small while streaming.
    void dropPages(std::size_t offset, std::size_t size) const;

private:
    void release() noexcept;

    std::filesystem::path m_path;
    int m_file = -1;
    const std::byte* m_data = nullptr;
    std::size_t m_size = 0;
};

} // namespace phial
