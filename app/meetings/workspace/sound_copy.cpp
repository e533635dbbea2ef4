// SPDX-License-Identifier: MIT
#include "app/meetings/workspace/sound_copy.h"

#include "app/export/clip.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "inference/base/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace phial::meetings {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPiece = 4U << 20U; // a fraction of a second on any disk: cancelling is quick

/// Closes a file, and deletes one that was not finished.
class OpenFile {
public:
    OpenFile(fs::path path, int flags)
        : m_path(std::move(path))
        , m_descriptor(::open(m_path.c_str(), flags | O_CLOEXEC, S_IRUSR | S_IWUSR)) {}

    ~OpenFile() {
        if (m_descriptor >= 0) {
            ::close(m_descriptor);
            if (m_unfinished) {
                ::unlink(m_path.c_str());
            }
        }
    }

    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    int descriptor() const { return m_descriptor; }

    const fs::path& path() const { return m_path; }

    void deleteUnlessFinished() { m_unfinished = true; }

    void finished() { m_unfinished = false; }

private:
    fs::path m_path;
    int m_descriptor;
    bool m_unfinished = false;
};

[[noreturn]] void fail(ErrorCode code, const char* doing, const fs::path& path, int error) {
    throw Error(code, std::string(doing) + path.string() + ": " +
                          std::generic_category().message(error) + ".");
}

[[noreturn]] void failWriting(const fs::path& path) {
    const bool full = errno == ENOSPC || errno == EDQUOT;
    fail(full ? ErrorCode::DiskFull : ErrorCode::FileUnwritable, "Cannot write ", path, errno);
}

struct stat stateOf(const OpenFile& file) {
    struct stat state {};

    if (file.descriptor() < 0 || ::fstat(file.descriptor(), &state) != 0) {
        fail(ErrorCode::FileUnreadable, "Cannot read ", file.path(), errno);
    }
    if (!S_ISREG(state.st_mode)) {
        throw Error(ErrorCode::FileUnreadable, file.path().string() + " is not a file.");
    }
    return state;
}

bool same(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
           a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

std::uint64_t freeBytesOn(const fs::path& folder) {
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    return error ? 0 : space.available;
}

std::string sizeText(std::uint64_t bytes) {
    std::array<char, 32> text{};
    const double megabytes = static_cast<double>(bytes) / 1e6;
    if (megabytes < 1000) {
        std::snprintf(text.data(), text.size(), "%.0f MB", megabytes);
    } else {
        std::snprintf(text.data(), text.size(), "%.1f GB", megabytes / 1000);
    }
    return text.data();
}

void checkRoom(std::uint64_t needed, const fs::path& folder, const CopyParts& parts) {
    const std::uint64_t there = parts.freeBytes ? parts.freeBytes(folder) : freeBytesOn(folder);
    if (there < needed + kLeftFreeBytes) {
        throw Error(ErrorCode::DiskFull,
                    "There is no room for a copy: " + sizeText(there) +
                        " are free on the disk of " + folder.string() + ", " +
                        (needed > 0 ? "the file has " + sizeText(needed) + ", and " : "and ") +
                        sizeText(kLeftFreeBytes) + " are left free for recordings.");
    }
}

void writeAll(const OpenFile& to, const char* bytes, std::size_t count) {
    while (count > 0) {
        const ssize_t written = ::write(to.descriptor(), bytes, count);
        if (written >= 0) {
            bytes += written;
            count -= static_cast<std::size_t>(written);
        } else if (errno != EINTR) {
            failWriting(to.path());
        }
    }
}

void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, "The copy was stopped.");
    }
}

/// No more than there was at the beginning: a file that somebody writes to would have no end.
void copyBytes(const OpenFile& from, const OpenFile& to, std::uint64_t total,
               const CopyParts& parts, const std::stop_token& stop) {
    std::vector<char> piece(std::min<std::uint64_t>(kPiece, total));
    for (std::uint64_t done = 0; done < total;) {
        throwIfStopped(stop);
        const ssize_t got = ::read(from.descriptor(), piece.data(),
                                   std::min<std::uint64_t>(piece.size(), total - done));
        if (got == 0) {
            return; // it became shorter, which is seen behind this
        }
        if (got < 0) {
            if (errno == EINTR) {
                continue;
            }
            fail(ErrorCode::FileUnreadable, "Cannot read ", from.path(), errno);
        }
        writeAll(to, piece.data(), static_cast<std::size_t>(got));
        done += static_cast<std::uint64_t>(got);
        if (parts.onProgress) {
            parts.onProgress(done, total);
        }
    }
}

std::string nameOfCopy(const fs::path& file) {
    std::string ending = file.extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return "imported" + ending;
}

void syncFolder(const fs::path& folder) {
    const OpenFile open(folder, O_RDONLY | O_DIRECTORY);
    if (open.descriptor() >= 0) {
        ::fsync(open.descriptor()); // one that cannot be synced has done so already
    }
}

/// A part of a file: its sound, decoded.
std::string copyPart(const MeetingEntry& meeting, const CopyParts& parts,
                     const std::stop_token& stop) {
    tasks::SoundSource sound = soundOf(meeting, stop);
    const std::int64_t frames = std::llround(meeting.meta.seconds * sound.sampleRateHz);
    const auto frameBytes = static_cast<std::uint64_t>(2 * sound.channels);
    const std::uint64_t total = static_cast<std::uint64_t>(frames) * frameBytes;
    checkRoom(total, meeting.folder, parts);
    sound.next = [next = sound.next, &parts, total,
                  done = std::uint64_t{0}](std::vector<float>& block) mutable {
        const bool more = next(block);
        done = std::min(total, done + 2 * block.size());
        if (more && parts.onProgress) {
            parts.onProgress(done, total);
        }
        return more;
    };
    const std::string name = "imported.wav";
    exporting::exportClip(sound, {.from = 0, .to = frames}, meeting.folder / name, stop);
    return name;
}

void removeUnfinished(const MeetingEntry& meeting) {
    std::error_code error;
    for (fs::directory_iterator entry(meeting.folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        const auto& used = meeting.meta.audio;
        if (name.rfind("imported", 0) == 0 &&
            std::find(used.begin(), used.end(), name) == used.end()) {
            std::error_code ignored;
            fs::remove(entry->path(), ignored);
        }
    }
}

} // namespace

std::string copySound(const MeetingEntry& meeting, const CopyParts& parts,
                      const std::stop_token& stop) {
    removeUnfinished(meeting);
    return meeting.meta.isCutWhenRead()
               ? copyPart(meeting, parts, stop)
               : copySound(meeting.meta.outsideFile(), meeting.folder, parts, stop);
}

std::string copySound(const fs::path& file, const fs::path& folder, const CopyParts& parts,
                      const std::stop_token& stop) {
    const OpenFile from(file, O_RDONLY);
    const struct stat before = stateOf(from);
    const auto total = static_cast<std::uint64_t>(before.st_size);
    const std::string name = nameOfCopy(file);
    checkRoom(0, folder, parts);
    // Always the same name, so that what a crash leaves is not left for ever.
    OpenFile to(folder / (name + ".part"), O_WRONLY | O_CREAT | O_TRUNC);
    if (to.descriptor() < 0) {
        failWriting(to.path());
    }
    to.deleteUnlessFinished();
    if (::ioctl(to.descriptor(), FICLONE, from.descriptor()) != 0) {
        checkRoom(total, folder, parts);
        copyBytes(from, to, total, parts, stop);
    }
    // The time of the original, by which a picture of its waveform is known.
    const std::array<timespec, 2> times{before.st_atim, before.st_mtim};
    if (::fsync(to.descriptor()) != 0 || ::futimens(to.descriptor(), times.data()) != 0) {
        failWriting(to.path());
    }
    if (!same(before, stateOf(from)) || stateOf(to).st_size != before.st_size) {
        throw Error(ErrorCode::FileUnreadable,
                    file.string() + " was changed while it was copied; import it again.");
    }
    throwIfStopped(stop);
    if (::rename(to.path().c_str(), (folder / name).c_str()) != 0) {
        failWriting(folder / name);
    }
    to.finished();
    syncFolder(folder);
    return name;
}

} // namespace phial::meetings
