// SPDX-License-Identifier: MIT
#include "app/cli/evaluate_command_line.h"

#include <CLI/CLI.hpp>

namespace phial::cli {

void EvaluateWords::addTo(CLI::App& command) {
    command
        .add_option("--suite", m_command.suite,
                    "Questions with right answers: embedded (what the shipped small model was made "
                    "for; without --model its 4-bit package beside its own weights), or a folder "
                    "with suite.json")
        ->option_text("NAME|DIR");
    command.add_flag("--full", m_full,
                     "With embedded: the whole held-out suite instead of the shipped sample");
    command
        .add_option("--reference", m_command.reference,
                    "Model to compare with, such as the unquantized weights")
        ->option_text("DIR");
    command.add_flag("--answers", m_answers, "Write every answer beside the right one");
    m_files.addTo(command);
}

std::string EvaluateWords::mistake() const {
    const bool suite = !m_command.suite.empty();
    if (suite && m_files.given()) {
        return "evaluate takes either --suite or files (--text, --audio, --images), not both";
    }
    if (suite && m_files.layers()) {
        return "--layers compares matrices on files (--text, --audio, --images), not on a suite";
    }
    if (!suite && !m_files.given()) {
        return "evaluate needs --suite, or files to read: --text, --audio or --images";
    }
    if (!suite && m_command.reference.empty()) {
        return "evaluate needs --reference, the model to compare with";
    }
    return {};
}

Command EvaluateWords::chosen() const {
    if (m_command.suite.empty()) {
        return m_files.chosen(m_command.reference);
    }
    EvaluateCommand command = m_command;
    command.extent = m_full ? SuiteExtent::Full : SuiteExtent::Sample;
    command.answers = m_answers ? ShowAnswers::Yes : ShowAnswers::No;
    return command;
}

} // namespace phial::cli
