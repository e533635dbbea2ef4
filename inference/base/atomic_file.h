// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace phial {

/// Who may read a file that is written: what a user said and wrote is his own.
enum class Readers { Owner, Everyone };

/// Replaces a file so that a crash or power cut leaves either the old or the new one, whole: a
/// temporary file beside it, fsync, rename. Throws Error{FileUnwritable} or Error{DiskFull}; the
/// old file and nothing else is then left. Any thread.
void writeAtomically(const std::filesystem::path& path, std::string_view bytes,
                     Readers readers = Readers::Owner);

/// The same for a file that is written piece by piece, so that nobody holds all of it in memory.
/// Everything may throw as writeAtomically(); the old file is then left, as it is when commit() was
/// never called. One thread.
class AtomicFile {
public:
    explicit AtomicFile(std::filesystem::path path, Readers readers = Readers::Owner);
    ~AtomicFile();

    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::string_view bytes);

    /// Puts other bytes in the place of some that were written, from byte `at` on: a header that
    /// tells a length, once that is known.
    void overwrite(std::int64_t at, std::string_view bytes);

    /// The file takes the place of the old one, synced. Call it once, last.
    void commit();

private:
    std::filesystem::path m_path;
    std::string m_temporary;
    int m_descriptor = -1;
    bool m_kept = false;
};

/// All of a file. Throws Error{FileUnreadable}.
std::string readFile(const std::filesystem::path& path);

} // namespace phial
