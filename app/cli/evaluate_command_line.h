// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"

#include <optional>
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

    EvaluateCommand chosen() const;

private:
    EvaluateCommand m_command;
    bool m_full = false;
    bool m_answers = false;
};

} // namespace phial::cli
