// SPDX-License-Identifier: MIT
#include "app/recorder/posix_files.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace phial::recorder {
namespace {

std::error_code lastError() {
    return {errno, std::generic_category()};
}

class PosixFile final : public RecordingFile {
public:
    explicit PosixFile(int descriptor)
        : m_descriptor(descriptor) {}

    ~PosixFile() override { ::close(m_descriptor); }

    PosixFile(const PosixFile&) = delete;
    PosixFile& operator=(const PosixFile&) = delete;

    // The file is open in append mode for one process, so the end is where the last write ended.
    WriteResult append(std::span<const std::byte> bytes) override {
        return writeFrom(size(), bytes);
    }

    std::error_code writeAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
        return writeFrom(offset, bytes).error;
    }

    std::size_t readAt(std::uint64_t offset, std::span<std::byte> out) override {
        std::size_t done = 0;
        while (done < out.size()) {
            const ssize_t count = ::pread(m_descriptor, out.data() + done, out.size() - done,
                                          static_cast<off_t>(offset + done));
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                break;
            }
            done += static_cast<std::size_t>(count);
        }
        return done;
    }

    std::uint64_t size() override {
        struct stat info {};

        return ::fstat(m_descriptor, &info) == 0 ? static_cast<std::uint64_t>(info.st_size) : 0;
    }

    std::error_code truncate(std::uint64_t size) override {
        return ::ftruncate(m_descriptor, static_cast<off_t>(size)) == 0 ? std::error_code()
                                                                        : lastError();
    }

    std::error_code sync() override {
        return ::fdatasync(m_descriptor) == 0 ? std::error_code() : lastError();
    }

    bool lock() override { return ::flock(m_descriptor, LOCK_EX | LOCK_NB) == 0; }

    bool isStillAt(const std::filesystem::path& path) override {
        struct stat open {};

        struct stat named {};

        return ::fstat(m_descriptor, &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
               open.st_dev == named.st_dev && open.st_ino == named.st_ino;
    }

private:
    WriteResult writeFrom(std::uint64_t offset, std::span<const std::byte> bytes) {
        WriteResult result;
        while (result.written < bytes.size()) {
            const ssize_t count =
                ::pwrite(m_descriptor, bytes.data() + result.written, bytes.size() - result.written,
                         static_cast<off_t>(offset + result.written));
            if (count < 0) {
                if (errno == EINTR) {
                    continue;
                }
                result.error = lastError();
                return result;
            }
            result.written += static_cast<std::size_t>(count);
        }
        return result;
    }

    int m_descriptor;
};

} // namespace

std::error_code PosixFiles::makeFolder(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    return error;
}

std::unique_ptr<RecordingFile> PosixFiles::open(const std::filesystem::path& path, OpenMode mode,
                                                std::error_code& error) {
    const int flags =
        O_RDWR | O_CLOEXEC | O_NOFOLLOW | (mode == OpenMode::Create ? O_CREAT | O_EXCL : 0);
    // Recordings are private: nobody else on this computer may read them.
    const int descriptor = ::open(path.c_str(), flags, 0600);
    if (descriptor < 0) {
        error = lastError();
        return nullptr;
    }
    error.clear();
    return std::make_unique<PosixFile>(descriptor);
}

std::optional<std::uint64_t> PosixFiles::freeBytes(const std::filesystem::path& folder) {
    std::error_code error;
    const std::filesystem::space_info space = std::filesystem::space(folder, error);
    if (error) {
        return std::nullopt;
    }
    return space.available;
}

std::vector<std::filesystem::path> PosixFiles::subfolders(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    std::filesystem::directory_iterator entry(folder, error);
    while (!error && entry != std::filesystem::directory_iterator()) {
        std::error_code ignored;
        if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) {
            found.push_back(entry->path());
        }
        entry.increment(error);
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace phial::recorder
