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

namespace phial {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    throw Error(full ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
                "Cannot write " + path.string() + ": " + std::generic_category().message(error) +
                    (full ? "; free some room and try again." : "; choose another place."));
}

/// Closes and, unless kept, deletes a temporary file.
class Temporary {
public:
    Temporary(const std::filesystem::path& target, Readers readers)
        : m_path(target.string() + ".XXXXXX")
        , m_descriptor(::mkostemp(m_path.data(), O_CLOEXEC)) {
        if (m_descriptor < 0) {
            fail(target, errno);
        }
        if (readers == Readers::Everyone) {
            ::fchmod(m_descriptor, 0644); // a file system without rights has nothing to change
        }
    }

    ~Temporary() {
        ::close(m_descriptor);
        if (!m_kept) {
            ::unlink(m_path.c_str());
        }
    }

    Temporary(const Temporary&) = delete;
    Temporary& operator=(const Temporary&) = delete;

    /// 0, or the error of the operating system.
    int write(std::string_view bytes) const {
        while (!bytes.empty()) {
            const ssize_t count = ::write(m_descriptor, bytes.data(), bytes.size());
            if (count < 0) {
                if (errno == EINTR) {
                    continue;
                }
                return errno;
            }
            bytes.remove_prefix(static_cast<std::size_t>(count));
        }
        return ::fsync(m_descriptor) == 0 ? 0 : errno;
    }

    int moveTo(const std::filesystem::path& target) {
        if (::rename(m_path.c_str(), target.c_str()) != 0) {
            return errno;
        }
        m_kept = true;
        return 0;
    }

private:
    std::string m_path;
    int m_descriptor;
    bool m_kept = false;
};

} // namespace

void writeAtomically(const std::filesystem::path& path, std::string_view bytes, Readers readers) {
    Temporary temporary(path, readers);
    int error = temporary.write(bytes);
    error = error != 0 ? error : temporary.moveTo(path);
    if (error != 0) {
        fail(path, error);
    }
    // The new name itself must survive a power cut; a file system that cannot sync a folder has
    // done so already.
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor >= 0) {
        ::fsync(descriptor);
        ::close(descriptor);
    }
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
