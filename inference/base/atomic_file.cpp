// SPDX-License-Identifier: MIT
#include "inference/base/atomic_file.h"

#include "inference/base/error.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace phial {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    throw Error(full ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
                "Cannot write " + path.string() + ": " + std::generic_category().message(error) +
                    (full ? "; free some room and try again." : "; choose another place."));
}

} // namespace

AtomicFile::AtomicFile(std::filesystem::path path, Readers readers)
    : m_path(std::move(path))
    , m_temporary(m_path.string() + ".XXXXXX")
    , m_descriptor(::mkostemp(m_temporary.data(), O_CLOEXEC)) {
    if (m_descriptor < 0) {
        fail(m_path, errno);
    }
    if (readers == Readers::Everyone) {
        ::fchmod(m_descriptor, 0644); // a file system without rights has nothing to change
    }
}

AtomicFile::~AtomicFile() {
    ::close(m_descriptor);
    if (!m_kept) {
        ::unlink(m_temporary.c_str());
    }
}

void AtomicFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR) {
            fail(m_path, errno);
        }
    }
}

void AtomicFile::overwrite(std::int64_t at, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(m_descriptor, bytes.data(), bytes.size(), at);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
            at += count;
        } else if (errno != EINTR) {
            fail(m_path, errno);
        }
    }
}

void AtomicFile::commit() {
    if (::fsync(m_descriptor) != 0 || ::rename(m_temporary.c_str(), m_path.c_str()) != 0) {
        fail(m_path, errno);
    }
    m_kept = true;
    // The new name itself must survive a power cut; a file system that cannot sync a folder has
    // done so already.
    const std::filesystem::path folder = m_path.has_parent_path() ? m_path.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
}

void writeAtomically(const std::filesystem::path& path, std::string_view bytes, Readers readers) {
    AtomicFile file(path, readers);
    file.write(bytes);
    file.commit();
}

std::string readFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string bytes;
    try {
        bytes.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    } catch (const std::ios_base::failure&) { // a folder, or a disk that fails
        in.setstate(std::ios::badbit);
    }
    if (!in.is_open() || in.bad()) {
        throw Error(ErrorCode::FileUnreadable, "Cannot read " + path.string() + ".");
    }
    return bytes;
}

} // namespace phial
