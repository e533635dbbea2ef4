// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace phial::settings {

enum class Theme { System, Light, Dark };

/// One line of the list of models. A value.
struct ListedModel {
    std::filesystem::path folder; ///< of a checkpoint or package; referenced, never moved
    std::filesystem::path
        source;       ///< unfinished package (`folder` ends in ".partial"): made from it
    std::string plan; ///< unfinished package: the shipped plan it is made with

    bool unfinished() const { return !source.empty(); }

    bool operator==(const ListedModel&) const = default;
};

/// Everything that Phial remembers between starts, with its defaults. A value.
struct Settings {
    std::filesystem::path model;     ///< folder of a checkpoint; empty = the shipped one
    std::vector<ListedModel> models; ///< those that the user added, in their order
    std::string device;              ///< UUID of the graphics device; empty = choose
    gpu::SoftwareDevices software =
        gpu::SoftwareDevices::Refuse; ///< the user agreed to a software device
    Precision precision = Precision::Auto;
    int contextTokens = 0;          ///< 0 = as much as fits; else 256 to 131072
    std::string microphone;         ///< id of the input device; empty = the system's default
    std::string translateTo = "de"; ///< language code offered first
    Theme theme = Theme::System;
    int fontPercent = 100; ///< 80 to 200

    bool operator==(const Settings&) const = default;
};

/// The settings file: plain text, one "key = value" a line, readable and editable by hand. Values
/// out of range fall back to the default and are named in `problems`. Lines that this version does
/// not know are kept when saving.
class SettingsFile {
public:
    explicit SettingsFile(std::filesystem::path path);

    /// $XDG_CONFIG_HOME/phial/settings.conf, or the same under ~/.config.
    static std::filesystem::path standardPath();

    /// Reads the file; a missing one gives the defaults. Throws Error{FileUnreadable} when it
    /// exists and cannot be read.
    Settings load();

    /// Writes all settings by way of a temporary file, so that a crash leaves the old or the new
    /// ones. A file of a newer version is first kept beside it as "settings.conf.v<N>". Throws
    /// Error{FileUnwritable} when the folder cannot be written.
    void save(const Settings& settings);

    /// One sentence for each value that could not be used, of the last load().
    const std::vector<std::string>& problems() const { return m_problems; }

private:
    std::filesystem::path m_path;
    std::map<std::string, std::string, std::less<>> m_unknown;
    std::vector<std::string> m_problems;
    int m_version = 0; ///< of the file on disk; 0 = none
};

} // namespace phial::settings
