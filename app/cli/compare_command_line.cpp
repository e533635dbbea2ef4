// SPDX-License-Identifier: MIT
#include "app/cli/compare_command_line.h"

#include <CLI/CLI.hpp>

namespace phial::cli {

void CompareWords::addTo(CLI::App& command) {
    command
        .add_option("--reference", m_command.reference,
                    "Model to compare with, such as the unquantized weights")
        ->option_text("DIR");
    command.add_option("--text", m_command.texts, "Text files that both models read")
        ->option_text("FILE...");
    command
        .add_option("--audio", m_command.sounds,
                    "Recordings that both write down; a FILE.txt beside one holds the right words")
        ->option_text("FILE...");
    command.add_option("--images", m_command.pictures, "Pictures that both describe")
        ->option_text("FILE...");
    command
        .add_option("--tokens", m_command.tokens,
                    "Most tokens of a text or an answer that are compared")
        ->check(CLI::Range(2, 131072))
        ->capture_default_str();
}

std::string CompareWords::mistake() const {
    if (m_command.texts.empty() && m_command.sounds.empty() && m_command.pictures.empty()) {
        return "evaluate needs files to read: --text, --audio or --images";
    }
    if (m_command.reference.empty()) {
        return "evaluate needs --reference, the model to compare with";
    }
    return {};
}

} // namespace phial::cli
