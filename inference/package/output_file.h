// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace phial::package {

/// A file that is written at random places. Move-only. Writing disjoint ranges from several threads
/// is fine. Every failure is an Error{DiskFull} or Error{FileUnwritable} with the path and the
/// operating system's reason.
class OutputFile {
public:
    enum class Mode { Create, Reopen };

    /// Create: a new file with `bytes` reserved on the disk, so that a full disk shows before the
    /// work. Reopen: an existing file that must have that size.
    OutputFile(std::filesystem::path path, std::uint64_t bytes, Mode mode);
    ~OutputFile();
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    OutputFile(const OutputFile&) = delete;

    const std::filesystem::path& path() const { return m_path; }

    void writeAt(std::uint64_t offset, std::span<const std::byte> bytes) const;
    void readAt(std::uint64_t offset, std::span<std::byte> bytes) const;

    /// Everything written so far is on the disk when this returns.
    void sync() const;

private:
    std::filesystem::path m_path;
    int m_file = -1;
};

/// Writes a small file through a temporary one and a rename, synced.
void writeWhole(const std::filesystem::path& path, std::span<const std::byte> bytes);

} // namespace phial::package
