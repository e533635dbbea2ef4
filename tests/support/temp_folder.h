// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace phial::test {

/// A fresh folder of its own, removed with everything in it at the end of the test.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace phial::test
