// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::package {

/// A named byte range of a file.
struct NamedRange {
    std::string name;
    std::uint64_t offset = 0;
    std::uint64_t bytes = 0;
};

struct FileHashes {
    std::string whole;
    std::map<std::string, std::string> ranges;
};

/// Hashes a file and some of its ranges (ascending, disjoint) in one pass with a fixed buffer.
/// onBytes(n) is called as n more bytes are done. Throws Error{FileUnreadable, Cancelled}.
FileHashes hashFile(const std::filesystem::path& path, const std::vector<NamedRange>& ranges,
                    const std::function<void(std::uint64_t)>& onBytes, std::stop_token stop);

} // namespace phial::package
