// SPDX-License-Identifier: MIT
#include "app/composition/storage.h"

#include <system_error>
#include <vector>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

std::int64_t sizeOf(const fs::path& folder, const std::stop_token& stop) {
    std::int64_t bytes = 0;
    std::error_code error;
    const auto options = fs::directory_options::skip_permission_denied;
    for (fs::recursive_directory_iterator entry(folder, options, error), end;
         !error && entry != end && !stop.stop_requested(); entry.increment(error)) {
        std::error_code ignored;
        if (!entry->is_symlink(ignored) && entry->is_regular_file(ignored)) {
            const auto size = entry->file_size(ignored);
            bytes += ignored ? 0 : static_cast<std::int64_t>(size);
        }
    }
    return bytes;
}

} // namespace

Storage measureStorage(const fs::path& data, const fs::path& cache, const std::stop_token& stop) {
    Storage storage;
    storage.meetings = sizeOf(data / "meetings", stop) + sizeOf(data / "recordings", stop);
    storage.conversations = sizeOf(data / "chats", stop);
    storage.cache = sizeOf(cache, stop);
    std::error_code error;
    if (const fs::space_info space = fs::space(data, error); !error) {
        storage.free = static_cast<std::int64_t>(space.available);
    }
    return storage;
}

void emptyFolder(const fs::path& folder) {
    std::vector<fs::path> inside;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        inside.push_back(entry->path());
    }
    for (const fs::path& path : inside) {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
}

} // namespace phial::app
