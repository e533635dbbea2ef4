// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"

#include <filesystem>

namespace CLI {
class App;
}

namespace phial::cli {

/// The words of `phial evaluate` that compare two models on files.
class CompareWords {
public:
    /// This object outlives `command`.
    void addTo(CLI::App& command);

    /// Were files to compare on named?
    bool given() const;

    /// Was the report on single matrices asked for?
    bool layers() const { return m_layers; }

    Command chosen(const std::filesystem::path& reference) const;

private:
    CompareCommand m_command;
    bool m_layers = false;
    int m_samples = LayersCommand{}.samples;
};

} // namespace phial::cli
