// SPDX-License-Identifier: MIT
#include "app/cli/compare_command_line.h"

#include <CLI/CLI.hpp>

namespace phial::cli {

void CompareWords::addTo(CLI::App& command) {
    command.add_option("--text", m_command.files.texts, "Text files that both models read")
        ->option_text("FILE...");
    command
        .add_option("--audio", m_command.files.sounds,
                    "Recordings that both write down; a FILE.txt beside one holds the right words")
        ->option_text("FILE...");
    command.add_option("--images", m_command.files.pictures, "Pictures that both describe")
        ->option_text("FILE...");
    command
        .add_option("--tokens", m_command.tokens,
                    "Most tokens of a text or an answer that are compared")
        ->check(CLI::Range(2, 131072))
        ->capture_default_str();
    command.add_flag(
        "--layers", m_layers,
        "Instead: what each matrix of the model loses against the reference's, on what "
        "it reads of the files");
    command
        .add_option("--samples", m_samples, "With --layers: positions of the files that are used")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
}

bool CompareWords::given() const {
    return !m_command.files.empty();
}

Command CompareWords::chosen(const std::filesystem::path& reference) const {
    if (m_layers) {
        return LayersCommand{.reference = reference,
                             .files = m_command.files,
                             .tokens = m_command.tokens,
                             .samples = m_samples};
    }
    CompareCommand command = m_command;
    command.reference = reference;
    return command;
}

} // namespace phial::cli
