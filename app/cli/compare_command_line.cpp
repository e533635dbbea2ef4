// SPDX-License-Identifier: MIT
#include "app/cli/compare_command_line.h"

#include <CLI/CLI.hpp>

namespace phial::cli {

void CompareWords::addTo(CLI::App& command) {
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

bool CompareWords::given() const {
    return !m_command.texts.empty() || !m_command.sounds.empty() || !m_command.pictures.empty();
}

CompareCommand CompareWords::chosen(const std::filesystem::path& reference) const {
    CompareCommand command = m_command;
    command.reference = reference;
    return command;
}

} // namespace phial::cli
