// SPDX-License-Identifier: MIT
#include "app/cli/evaluate_command_line.h"

#include <CLI/CLI.hpp>

namespace phial::cli {

void EvaluateWords::addTo(CLI::App& command) {
    command
        .add_option("--suite", m_command.suite,
                    "Questions with right answers: embedded (what the shipped small model was made "
                    "for), or a folder with suite.json")
        ->required()
        ->option_text("NAME|DIR");
    command.add_flag("--full", m_full,
                     "With embedded: the whole held-out suite instead of the shipped sample");
    command
        .add_option("--reference", m_command.reference,
                    "Model to compare with, such as the unquantized weights")
        ->option_text("DIR");
    command.add_flag("--answers", m_answers, "Write every answer beside the right one");
}

EvaluateCommand EvaluateWords::chosen() const {
    EvaluateCommand command = m_command;
    command.extent = m_full ? SuiteExtent::Full : SuiteExtent::Sample;
    command.answers = m_answers ? ShowAnswers::Yes : ShowAnswers::No;
    return command;
}

} // namespace phial::cli
