// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/recording_files.h"

namespace phial::recorder {

/// The operating system's files. Stateless; any thread.
class PosixFiles final : public RecordingFiles {
public:
    std::error_code makeFolder(const std::filesystem::path& folder) override;
    std::unique_ptr<RecordingFile> open(const std::filesystem::path& path, OpenMode mode,
                                        std::error_code& error) override;
    std::optional<std::uint64_t> freeBytes(const std::filesystem::path& folder) override;
    std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder) override;
};

} // namespace phial::recorder
