// SPDX-License-Identifier: MIT
#include "inference/package/work_journal.h"

#include "inference/base/error.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace phial::package {

namespace {

constexpr std::string_view kBegin = "phial-quantize-1 ";
constexpr std::string_view kDone = "done ";

/// Opens and locks the journal at `path`. Throws Error{FileUnwritable, InvalidArgument}.
int openLocked(const std::filesystem::path& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC, 0644); // NOLINT: variadic by POSIX
    if (file < 0) {
        throw Error(ErrorCode::FileUnwritable,
                    "cannot write " + path.string() + ": " + std::strerror(errno));
    }
    if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
        ::close(file);
        throw Error(ErrorCode::InvalidArgument,
                    path.parent_path().string() +
                        " is being written by another process; wait for it or stop it");
    }
    return file;
}

} // namespace

bool WorkJournal::existsIn(const std::filesystem::path& folder) {
    std::ifstream in(folder / kName, std::ios::binary);
    std::string begin(kBegin.size(), '\0');
    in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    // Empty: killed before the first line.
    return in.gcount() == 0 ? in.eof() : begin == kBegin;
}

WorkJournal::Lock::Lock(const std::filesystem::path& folder)
    : m_file(openLocked(folder / kName, O_RDWR)) {}

WorkJournal::Lock::~Lock() {
    ::close(m_file);
}

WorkJournal::WorkJournal(std::filesystem::path folder, std::string identity,
                         const std::function<void()>& beforeCreate)
    : m_folder(std::move(folder))
    , m_path(m_folder / kName)
    , m_identity(std::move(identity)) {
    std::error_code error;
    const bool existed = std::filesystem::exists(m_folder, error);
    if (!existed) {
        beforeCreate();
        std::filesystem::create_directory(m_folder, error);
        if (error) {
            throw Error(ErrorCode::FileUnwritable,
                        "cannot make the folder " + m_folder.string() + ": " + error.message());
        }
    } else if (!std::filesystem::exists(m_path)) {
        // A folder without journal is ours only when it is empty (killed between the two steps).
        if (!std::filesystem::is_empty(m_folder, error)) {
            throw Error(
                ErrorCode::InvalidArgument,
                m_folder.string() +
                    " is not unfinished work of Phial; remove it or choose another destination");
        }
    }
    m_file = openLocked(m_path, O_RDWR | O_CREAT | O_APPEND);
    std::ifstream in(m_path, std::ios::binary);
    std::stringstream content;
    content << in.rdbuf();
    const std::string text = content.str();
    std::size_t whole = 0; // bytes of complete lines
    bool first = true;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string::npos) {
            break;
        }
        const std::string_view line(text.data() + begin, end - begin);
        if (first) {
            if (line != std::string(kBegin) + m_identity) {
                ::close(m_file);
                throw Error(ErrorCode::InvalidArgument,
                            m_folder.string() +
                                " holds unfinished work on another source or plan; remove it, "
                                "or choose another destination");
            }
            m_resumed = true;
        } else if (line.starts_with(kDone)) {
            m_done.emplace(line.substr(kDone.size()));
        }
        first = false;
        begin = end + 1;
        whole = begin;
    }
    if (whole != text.size() && ::ftruncate(m_file, static_cast<off_t>(whole)) != 0) {
        ::close(m_file);
        throw Error(ErrorCode::FileUnwritable,
                    "cannot repair " + m_path.string() + ": " + std::strerror(errno));
    }
}

WorkJournal::~WorkJournal() {
    if (m_file >= 0) {
        ::close(m_file);
    }
}

void WorkJournal::begin() {
    append(std::string(kBegin) + m_identity);
    sync();
}

void WorkJournal::markDone(std::string_view tensor) {
    append(std::string(kDone) + std::string(tensor));
    m_done.emplace(tensor);
}

void WorkJournal::removeFrom(const std::filesystem::path& folder) {
    std::error_code ignored; // a journal left behind would only be an extra file
    std::filesystem::remove(folder / kName, ignored);
}

void WorkJournal::append(const std::string& line) {
    const std::string text = line + "\n";
    // One write call for a whole line: a kill leaves it whole or absent.
    const ssize_t written = ::write(m_file, text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size())) {
        fail(written < 0 ? errno : ENOSPC);
    }
}

void WorkJournal::sync() {
    if (::fdatasync(m_file) != 0) {
        fail(errno);
    }
}

void WorkJournal::fail(int reason) const {
    throw Error(reason == ENOSPC ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
                "cannot write " + m_path.string() + ": " + std::strerror(reason));
}

} // namespace phial::package
