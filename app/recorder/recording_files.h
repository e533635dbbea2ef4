// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <vector>

namespace phial::recorder {

/// How far a write came. On an error the first `written` bytes are in the file all the same.
struct WriteResult {
    std::size_t written = 0;
    std::error_code error;
};

/// An open file of a recording. One thread at a time; nothing throws.
class RecordingFile {
public:
    virtual ~RecordingFile() = default;

    virtual WriteResult append(std::span<const std::byte> bytes) = 0;
    virtual std::error_code writeAt(std::uint64_t offset, std::span<const std::byte> bytes) = 0;

    /// Number of bytes read; less than asked for at the end or on a failure.
    virtual std::size_t readAt(std::uint64_t offset, std::span<std::byte> out) = 0;
    virtual std::uint64_t size() = 0;
    virtual std::error_code truncate(std::uint64_t size) = 0;

    /// Returns when the contents have reached the disk.
    virtual std::error_code sync() = 0;

    /// Claims the file for this process until it is closed or the process ends, however it ends.
    /// False when another one holds it.
    virtual bool lock() = 0;

    /// Whether `path` still leads to this very file: false when it was deleted, or the folder or
    /// disk went away. Writing to a deleted file succeeds, so nothing else tells.
    virtual bool isStillAt(const std::filesystem::path& path) = 0;
};

enum class OpenMode {
    Create,   ///< a new, empty file; an existing one is a failure, never overwritten
    Existing, ///< reading and writing at the end
};

/// Every file operation of recording, so that tests can make any of them fail.
class RecordingFiles {
public:
    virtual ~RecordingFiles() = default;

    /// With all parents; fine when it exists.
    virtual std::error_code makeFolder(const std::filesystem::path& folder) = 0;

    /// Null with `error` set on failure.
    virtual std::unique_ptr<RecordingFile> open(const std::filesystem::path& path, OpenMode mode,
                                                std::error_code& error) = 0;

    /// Room for this user on the disk of `folder`; nothing when that cannot be told.
    virtual std::optional<std::uint64_t> freeBytes(const std::filesystem::path& folder) = 0;

    /// Direct subfolders, sorted by name; empty when there is no such folder.
    virtual std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder) = 0;
};

} // namespace phial::recorder
