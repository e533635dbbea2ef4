// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace phial::evaluate {

/// One question with its right answer.
struct SuiteCase {
    std::string name; ///< "translate_003"
    std::string task; ///< "translate"; see measureOf()
    std::string prompt;
    std::string answer;
    std::filesystem::path audio; ///< empty: none
    std::filesystem::path image; ///< empty: none
};

/// A folder with suite.json and the files that it names; made by
/// resources/models/embedded/training/suite.py.
struct Suite {
    std::vector<SuiteCase> cases;
    /// Worst allowed first figure of a task, in the figure's unit; from floors.json, which may be
    /// missing.
    std::map<std::string, double> floors;
};

/// Throws Error{FileUnreadable} with the file, what is wrong, and how suites are made.
Suite readSuite(const std::filesystem::path& folder);

} // namespace phial::evaluate
