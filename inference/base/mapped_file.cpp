// SPDX-License-Identifier: MIT
#include "inference/base/mapped_file.h"

#include "inference/base/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace phial {

namespace {

[[noreturn]] void unreadable(const std::filesystem::path& path, const std::string& reason) {
    throw Error(ErrorCode::FileUnreadable, "cannot read " + path.string() + ": " + reason);
}

} // namespace

MappedFile::MappedFile(std::filesystem::path path)
    : m_path(std::move(path)) {
    m_file = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC); // NOLINT: variadic by POSIX
    if (m_file < 0) {
        unreadable(m_path, std::strerror(errno));
    }
    struct stat status = {};
    if (::fstat(m_file, &status) != 0 || !S_ISREG(status.st_mode)) {
        const std::string reason =
            S_ISREG(status.st_mode) ? std::strerror(errno) : "not a regular file";
        release();
        unreadable(m_path, reason);
    }
    m_size = static_cast<std::size_t>(status.st_size);
    if (m_size == 0) {
        return;
    }
    void* address = ::mmap(nullptr, m_size, PROT_READ, MAP_SHARED, m_file, 0);
    if (address == MAP_FAILED) {
        const std::string reason = std::strerror(errno);
        m_size = 0;
        release();
        unreadable(m_path, reason);
    }
    m_data = static_cast<const std::byte*>(address);
}

MappedFile::~MappedFile() {
    release();
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_path(std::move(other.m_path))
    , m_file(std::exchange(other.m_file, -1))
    , m_data(std::exchange(other.m_data, nullptr))
    , m_size(std::exchange(other.m_size, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    if (this != &other) {
        release();
        m_path = std::move(other.m_path);
        m_file = std::exchange(other.m_file, -1);
        m_data = std::exchange(other.m_data, nullptr);
        m_size = std::exchange(other.m_size, 0);
    }
    return *this;
}

void MappedFile::readAt(std::size_t offset, std::span<std::byte> out) const {
    std::size_t done = 0;
    while (done < out.size()) {
        const ssize_t got = ::pread(m_file, out.data() + done, out.size() - done,
                                    static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            unreadable(m_path, got < 0 ? std::string(std::strerror(errno))
                                       : "the file ends at byte " + std::to_string(offset + done) +
                                             ", " + std::to_string(out.size() - done) +
                                             " more were expected");
        }
        done += static_cast<std::size_t>(got);
    }
}

void MappedFile::dropPages(std::size_t offset, std::size_t size) const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t begin = (offset + page - 1) / page * page;
    const std::size_t end = (offset + size) / page * page;
    if (end > begin && end <= (m_size + page - 1) / page * page) {
        // Advice only: a failure changes nothing but the resident size.
        static_cast<void>(
            ::madvise(const_cast<std::byte*>(m_data) + begin, end - begin, MADV_DONTNEED));
    }
}

void MappedFile::release() noexcept {
    if (m_data != nullptr) {
        ::munmap(const_cast<std::byte*>(m_data), m_size);
        m_data = nullptr;
    }
    if (m_file >= 0) {
        ::close(m_file);
        m_file = -1;
    }
}

} // namespace phial
