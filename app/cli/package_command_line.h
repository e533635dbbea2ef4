// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/command_line.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace phial::cli {

/// The words of the commands on model folders: quantize, verify, info.
class PackageCommands {
public:
    /// The flags --json and --quiet go to `json` and `quiet`; this object and they outlive `app`.
    /// `addDevice` adds the words of commands with a device, --quiet among them.
    void addTo(CLI::App& app, bool& json, bool& quiet,
               const std::function<void(CLI::App&)>& addDevice);

    /// What is wrong with the words of the subcommand `name` beyond their form; empty when nothing.
    std::string mistake(const std::string& name) const;

    /// The command that was asked for, or nothing when `name` is none of these.
    std::optional<Command> chosen(const std::string& name) const;

private:
    QuantizeCommand m_quantize;
    VerifyCommand m_verify;
    InfoCommand m_info;
    std::vector<std::string> m_calibrate;
    bool m_dryRun = false;
    bool m_tensors = false;
};

} // namespace phial::cli
