// SPDX-License-Identifier: MIT
#include "app/documents/audio_file_reader.h"
#include "inference/base/error.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <system_error>

namespace phial::documents {
namespace {

constexpr std::array<std::string_view, 36> kEndings = {
    ".3gp", ".aac", ".ac3",  ".aif",  ".aifc", ".aiff", ".amr",  ".ape", ".au",
    ".avi", ".caf", ".dts",  ".flac", ".flv",  ".m4a",  ".m4b",  ".m4v", ".mka",
    ".mkv", ".mov", ".mp2",  ".mp3",  ".mp4",  ".mpeg", ".mpg",  ".mts", ".oga",
    ".ogg", ".ogv", ".opus", ".ts",   ".wav",  ".weba", ".webm", ".wma", ".wmv"};

} // namespace

std::vector<std::filesystem::path> mediaFilesIn(const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> found;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::string ending = entry->path().extension().string();
        std::transform(ending.begin(), ending.end(), ending.begin(),
                       [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        std::error_code ignored;
        if (std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end() &&
            entry->is_regular_file(ignored)) {
            found.push_back(entry->path());
        }
    }
    if (error) {
        throw Error(ErrorCode::FileUnreadable,
                    "The folder " + folder.string() + " cannot be read: " + error.message() + ".");
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace phial::documents
