// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"
#include "app/cli/compare_command_line.h"

#include <string>

namespace CLI {
class App;
}

namespace phial::cli {

/// The words of `phial evaluate` beyond those of every subcommand with a model.
class EvaluateWords {
public:
    /// This object outlives `command`.
    void addTo(CLI::App& command);

    /// What is wrong with the words given, or empty.
    std::string mistake() const;

    /// Only when there is no mistake: the suite's command, or the comparison on files.
    Command chosen() const;

private:
    EvaluateCommand m_command;
    CompareWords m_files;
    bool m_full = false;
    bool m_answers = false;
};

} // namespace phial::cli
