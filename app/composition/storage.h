// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>

namespace phial::app {

/// What the program's folders hold, in bytes; -1 = not measured.
struct Storage {
    std::int64_t meetings = -1;
    std::int64_t conversations = -1;
    std::int64_t cache = -1;
    std::int64_t free = -1; ///< on the disk of the data

    bool operator==(const Storage&) const = default;
};

/// Goes through the folders; what cannot be read counts nothing. Any thread.
Storage measureStorage(const std::filesystem::path& data, const std::filesystem::path& cache,
                       const std::stop_token& stop);

/// Deletes what is in the folder, and leaves the folder. What cannot be deleted stays. Any thread.
void emptyFolder(const std::filesystem::path& folder);

} // namespace phial::app
