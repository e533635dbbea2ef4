// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace phial::architecture {

struct Include {
    std::string target;  ///< as written, without quotes or brackets
    bool system = false; ///< <...> rather than "..."
};

struct SourceFile {
    std::string path; ///< from the repository root, with forward slashes
    std::vector<Include> includes;
    std::string text;
    int lines = 0;
};

/// All C++ sources and headers below the given top-level folders of the checkout.
std::vector<SourceFile> readSources(const std::vector<std::string>& folders);

} // namespace phial::architecture
