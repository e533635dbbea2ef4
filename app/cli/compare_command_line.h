// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"

#include <string>

namespace CLI {
class App;
}

namespace phial::cli {

/// The words of `phial evaluate` that compare two models on files.
class CompareWords {
public:
    /// This object outlives `command`.
    void addTo(CLI::App& command);

    /// What is wrong with the words given, or empty.
    std::string mistake() const;

    const CompareCommand& chosen() const { return m_command; }

private:
    CompareCommand m_command;
};

} // namespace phial::cli
