// SPDX-License-Identifier: MIT
#include "inference/package/discard_partial.h"

#include "inference/base/error.h"
#include "inference/package/package_files.h"
#include "inference/package/work_journal.h"

#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace phial::package {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& path, const std::error_code& error) {
    throw Error(ErrorCode::FileUnwritable, "cannot delete " + path.string() + ": " +
                                               error.message() +
                                               "; check the permissions of its folder");
}

} // namespace

bool isPartial(const fs::path& folder) {
    // An empty folder: killed before there was a journal.
    std::error_code error;
    return folder.extension() == ".partial" && fs::is_directory(folder, error) &&
           (WorkJournal::existsIn(folder) || (fs::is_empty(folder, error) && !error));
}

void discardPartial(const fs::path& folder) {
    if (!isPartial(folder)) {
        throw Error(ErrorCode::InvalidArgument,
                    folder.string() + " is not unfinished work of Phial; it is left as it is");
    }
    std::optional<WorkJournal::Lock> lock; // not under a job that writes there
    if (WorkJournal::existsIn(folder)) {
        lock.emplace(folder);
    }
    std::error_code error;
    std::vector<fs::path> files;
    std::vector<fs::path> folders;
    for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error)) {
        const fs::path& path = at->path();
        const std::string name = path.lexically_relative(folder).generic_string();
        std::error_code ignored;
        const fs::file_status status = at->symlink_status(ignored);
        if (fs::is_directory(status) && isPackageFolder(name)) {
            folders.push_back(path);
            continue;
        }
        if (!fs::is_regular_file(status) || !isPackageFile(name)) {
            throw Error(ErrorCode::InvalidArgument,
                        path.string() +
                            " is not of Phial's making, so nothing was deleted; move it elsewhere "
                            "and try again");
        }
        files.push_back(path);
    }
    if (error) {
        fail(folder, error);
    }
    // The journal last: a folder without one would not be recognized at the next attempt.
    const fs::path journal = folder / WorkJournal::kName;
    for (const fs::path& path : files) {
        if (path != journal && !fs::remove(path, error) && error) {
            fail(path, error);
        }
    }
    for (const fs::path& path : folders) {
        if (!fs::remove(path, error) && error) {
            fail(path, error);
        }
    }
    if (!fs::remove(journal, error) && error) {
        fail(journal, error);
    }
    if (!fs::remove(folder, error) && error) {
        fail(folder, error);
    }
}

} // namespace phial::package
