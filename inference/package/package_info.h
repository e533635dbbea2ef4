// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/layout.h"
#include "inference/package/manifest.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace phial::package {

/// What one scheme takes in a package.
struct SchemeSize {
    std::string scheme; ///< as schemeName() writes it
    std::int64_t tensors = 0;
    std::uint64_t bytes = 0;
};

/// A package as people see it: where it came from, and what takes how much.
struct PackageInfo {
    Manifest manifest;
    std::uint64_t bytes = 0; ///< of all its files, phial.json included
    std::vector<PartSize> parts;
    std::vector<SchemeSize> schemes; ///< largest first
    std::map<std::string, std::uint64_t> tensorBytes;
};

/// Reads phial.json and the headers of the weight files; no weights. Throws what Manifest::load()
/// and SafetensorsFile throw.
PackageInfo readPackageInfo(const std::filesystem::path& folder);

} // namespace phial::package
