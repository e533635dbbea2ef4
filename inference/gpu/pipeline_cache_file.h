// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/physical_device.h"

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

namespace phial::gpu {

/// The driver's compiled pipelines on disk, one file per device, driver version and Phial version.
/// A file that is missing, cut, altered or someone else's counts as empty: drivers trust what they
/// are given, so the content carries a checksum.
class PipelineCacheFile {
public:
    /// An empty folder means: keep nothing.
    PipelineCacheFile(const std::filesystem::path& folder, const PhysicalDevice& device);

    std::vector<std::byte> load() const;
    /// Writes a new file and puts it in place of the old one in one step. Returns whether it
    /// worked: a full disk costs compiling again, nothing else.
    bool store(std::span<const std::byte> data) const noexcept;

    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace phial::gpu
