// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace phial::cli {

/// The words of `phial bench` beyond those that every command with a model has.
class BenchWords {
public:
    /// This object outlives `command`.
    void addTo(CLI::App& command);

    /// What is wrong with the words beyond their form; `model` is the folder named, if any. Empty
    /// when nothing is wrong.
    std::string mistake(const std::string& model) const;

    BenchCommand command() const;

private:
    bench::BenchOptions m_options;
    std::vector<bench::Work> m_works;
    std::string m_shape;
    std::string m_format;
    std::string m_picture = "1344x1344";
    bool m_ops = false;
    bool m_tune = false;
};

} // namespace phial::cli
