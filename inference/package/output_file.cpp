// SPDX-License-Identifier: MIT
#include "inference/package/output_file.h"

#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace phial::package {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int reason) {
    const bool full = reason == ENOSPC || reason == EDQUOT;
    throw Error(
        full ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
        "cannot write " + path.string() + ": " + std::strerror(reason) +
            (full ? "; free some space or choose another folder, then run the same command again"
                  : ""));
}

} // namespace

OutputFile::OutputFile(std::filesystem::path path, std::uint64_t bytes, Mode mode)
    : m_path(std::move(path)) {
    const int flags = O_RDWR | O_CLOEXEC | (mode == Mode::Create ? O_CREAT | O_TRUNC : 0);
    m_file = ::open(m_path.c_str(), flags, 0644); // NOLINT: variadic by POSIX
    if (m_file < 0) {
        fail(m_path, errno);
    }
    int reason = 0;
    if (mode == Mode::Create) {
        if (bytes > 0) {
            reason = ::posix_fallocate(m_file, 0, static_cast<off_t>(bytes));
        }
    } else {
        struct stat status = {};
        if (::fstat(m_file, &status) != 0) {
            reason = errno;
        } else if (static_cast<std::uint64_t>(status.st_size) != bytes) {
            ::close(m_file);
            throw Error(ErrorCode::FileUnwritable, m_path.string() + " has " +
                                                       std::to_string(status.st_size) +
                                                       " bytes, expected " + std::to_string(bytes) +
                                                       "; remove the folder and start again");
        }
    }
    if (reason != 0) {
        ::close(m_file);
        fail(m_path, reason);
    }
}

OutputFile::~OutputFile() {
    if (m_file >= 0) {
        ::close(m_file);
    }
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_file(std::exchange(other.m_file, -1)) {}

void OutputFile::writeAt(std::uint64_t offset, std::span<const std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t done =
            ::pwrite(m_file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            fail(m_path, done < 0 ? errno : ENOSPC);
        }
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
}

void OutputFile::readAt(std::uint64_t offset, std::span<std::byte> bytes) const {
    while (!bytes.empty()) {
        const ssize_t done =
            ::pread(m_file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            throw Error(ErrorCode::FileUnreadable,
                        "cannot read back " + m_path.string() + ": " +
                            (done < 0 ? std::strerror(errno) : "the file is too short"));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
}

void OutputFile::sync() const {
    if (::fdatasync(m_file) != 0) {
        fail(m_path, errno);
    }
}

void writeWhole(const std::filesystem::path& path, std::span<const std::byte> bytes) {
    writeAtomically(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()},
                    Readers::Everyone);
}

} // namespace phial::package
