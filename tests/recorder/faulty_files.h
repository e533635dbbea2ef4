// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/posix_files.h"

#include <cerrno>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace phial::recorder {

/// Real files with a disk that fails when a test says so.
class FaultyFiles final : public RecordingFiles {
public:
    /// Bytes that still fit into files below `folder`; then writing fails with `error`.
    struct Limit {
        std::uint64_t bytes = 0;
        int error = ENOSPC;
    };

    std::map<std::string, Limit> limits;       ///< by folder
    std::map<std::string, std::uint64_t> free; ///< what the disk of a folder says
    std::map<std::string, int> unwritable;     ///< folders that cannot be made, and why
    std::map<std::string, bool> vanished;      ///< folders that are gone
    int syncs = 0;

    std::error_code makeFolder(const std::filesystem::path& folder) override {
        if (const auto found = find(unwritable, folder)) {
            return {*found, std::generic_category()};
        }
        return m_real.makeFolder(folder);
    }

    std::unique_ptr<RecordingFile> open(const std::filesystem::path& path, OpenMode mode,
                                        std::error_code& error) override;

    std::optional<std::uint64_t> freeBytes(const std::filesystem::path& folder) override {
        if (const auto found = find(free, folder)) {
            return *found;
        }
        return std::uint64_t{1} << 40U;
    }

    std::vector<std::filesystem::path> subfolders(const std::filesystem::path& folder) override {
        return m_real.subfolders(folder);
    }

private:
    template <typename Value>
    static std::optional<Value> find(const std::map<std::string, Value>& map,
                                     const std::filesystem::path& path) {
        for (const auto& [folder, value] : map) {
            if (path.string().rfind(folder, 0) == 0) {
                return value;
            }
        }
        return std::nullopt;
    }

    friend class FaultyFile;
    PosixFiles m_real;
};

class FaultyFile final : public RecordingFile {
public:
    FaultyFile(FaultyFiles& disk, std::unique_ptr<RecordingFile> real, std::filesystem::path path)
        : m_disk(disk)
        , m_real(std::move(real))
        , m_path(std::move(path)) {}

    WriteResult append(std::span<const std::byte> bytes) override {
        for (auto& [folder, limit] : m_disk.limits) {
            if (m_path.string().rfind(folder, 0) == 0) {
                const std::size_t fits = std::min<std::uint64_t>(bytes.size(), limit.bytes);
                limit.bytes -= fits;
                WriteResult result = m_real->append(bytes.first(fits));
                if (fits < bytes.size()) {
                    result.error = {limit.error, std::generic_category()};
                }
                return result;
            }
        }
        return m_real->append(bytes);
    }

    std::error_code writeAt(std::uint64_t offset, std::span<const std::byte> bytes) override {
        return m_real->writeAt(offset, bytes);
    }

    std::size_t readAt(std::uint64_t offset, std::span<std::byte> out) override {
        return m_real->readAt(offset, out);
    }

    std::uint64_t size() override { return m_real->size(); }

    std::error_code truncate(std::uint64_t size) override { return m_real->truncate(size); }

    std::error_code sync() override {
        ++m_disk.syncs;
        return {};
    }

    bool lock() override { return m_real->lock(); }

    bool isStillAt(const std::filesystem::path& path) override {
        return !FaultyFiles::find(m_disk.vanished, path) && m_real->isStillAt(path);
    }

private:
    FaultyFiles& m_disk;
    std::unique_ptr<RecordingFile> m_real;
    std::filesystem::path m_path;
};

inline std::unique_ptr<RecordingFile> FaultyFiles::open(const std::filesystem::path& path,
                                                        OpenMode mode, std::error_code& error) {
    std::unique_ptr<RecordingFile> file = m_real.open(path, mode, error);
    if (file == nullptr) {
        return nullptr;
    }
    return std::make_unique<FaultyFile>(*this, std::move(file), path);
}

} // namespace phial::recorder
