// SPDX-License-Identifier: MIT
#include "tests/architecture/source_tree.h"

#include "tests/support/source_root.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace phial::architecture {

std::vector<SourceFile> readSources(const std::vector<std::string>& folders) {
    static const std::regex pattern(R"re(^\s*#\s*include\s*(["<])([^">]+)[">])re");
    std::vector<SourceFile> files;
    for (const std::string& folder : folders) {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(test::sourceRoot() / folder)) {
            const auto extension = entry.path().extension();
            if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) {
                continue;
            }
            SourceFile file;
            file.path =
                std::filesystem::relative(entry.path(), test::sourceRoot()).generic_string();
            std::ifstream in(entry.path());
            std::string line;
            while (std::getline(in, line)) {
                ++file.lines;
                file.text += line + '\n';
                std::smatch match;
                if (std::regex_search(line, match, pattern)) {
                    file.includes.push_back({match[2].str(), match[1].str() == "<"});
                }
            }
            files.push_back(std::move(file));
        }
    }
    std::sort(files.begin(), files.end(),
              [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

} // namespace phial::architecture
