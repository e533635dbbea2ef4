// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::package {

/// Checks sizes and hashes of a whole package. Returns one sentence per damage, naming file and
/// tensor; empty when all is well. Throws Error when the folder is no readable package, Cancelled
/// when stopped.
std::vector<std::string>
verifyPackage(const std::filesystem::path& folder,
              const std::function<void(std::uint64_t done, std::uint64_t total)>& onProgress,
              std::stop_token stop);

} // namespace phial::package
