// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace phial::settings {

enum class Theme { System, Light, Dark };

/// What the Enter key does in a message; the other one begins a new line.
enum class SendKey { Enter, CtrlEnter };

/// One line of the list of models. A value.
struct ListedModel {
    std::filesystem::path folder; ///< of a checkpoint or package; referenced, never moved
    std::filesystem::path
        source;       ///< unfinished package (`folder` ends in ".partial"): made from it
    std::string plan; ///< unfinished package: the shipped plan it is made with

    bool unfinished() const { return !source.empty(); }

    bool operator==(const ListedModel&) const = default;
};

/// Everything that Phial remembers between starts, with its defaults. A value. Languages are ISO
/// 639-1 codes.
struct Settings {
    std::filesystem::path model;     ///< folder of a checkpoint; empty = the shipped one
    std::vector<ListedModel> models; ///< those that the user added, in their order
    std::string device;              ///< UUID of the graphics device; empty = choose
    gpu::SoftwareDevices software =
        gpu::SoftwareDevices::Refuse; ///< the user agreed to a software device
    Precision precision = Precision::Auto;
    KvCacheFormat kvCache = KvCacheFormat::Plain;
    int unloadMinutes = 10;      ///< without use, until the model's memory is freed; 0 = never
    int contextTokens = 0;       ///< 0 = as much as fits; else 256 to 131072
    std::string microphone;      ///< id of the input device; empty = the system's default
    bool systemAudio = false;    ///< meetings are recorded with what the loudspeakers play
    bool consentReminder = true; ///< to tell everyone that a meeting is recorded; until it is read
    std::string spokenLanguage;  ///< of meetings; empty = automatic
    std::string translateTo = "de";    ///< offered first
    bool transcribeRecordings = false; ///< as soon as a recording has ended
    std::string summarizeWith;         ///< template, once a transcript is complete; empty = none
    std::string summaryLanguage;       ///< empty = as spoken
    int quietMinutes = 15; ///< of a recording, until it is asked whether it is over; 0 = never
    bool keepImportedSound = true; ///< a copy of it, in the meeting's folder
    int trashDays = 30;            ///< what is deleted stays for; 0 = until it is deleted by hand
    std::string instructions;      ///< stand before every chat; empty = none
    int answerTokens = 1024;       ///< longest answer; 16 to 32768
    double temperature = 0;        ///< of chats; 0 = always the most likely word, at most 2
    SendKey sendKey = SendKey::Enter;
    Theme theme = Theme::System;
    int fontPercent = 100;     ///< 80 to 200
    bool notifications = true; ///< of the desktop, about what ends while the window is away

    bool operator==(const Settings&) const = default;
};

/// The members of Settings.
enum class Key {
    Model,
    Models,
    Device,
    SoftwareDevice,
    Precision,
    KvCache,
    UnloadMinutes,
    ContextTokens,
    Microphone,
    SystemAudio,
    ConsentReminder,
    SpokenLanguage,
    TranslateTo,
    TranscribeRecordings,
    SummarizeWith,
    SummaryLanguage,
    QuietMinutes,
    KeepImportedSound,
    TrashDays,
    Instructions,
    AnswerTokens,
    Temperature,
    SendKey,
    Theme,
    Notifications,
    FontPercent,
};

/// A setting as it stands in the file.
std::string valueOf(const Settings& settings, Key key);

/// The opposite. False, and nothing is changed, for a value that cannot be used.
bool setValue(Settings& settings, Key key, const std::string& value);

/// The settings file: plain text, one "key = value" a line, readable and editable by hand. Values
/// out of range fall back to the default and are named in `problems`. Lines that this version does
/// not know are kept when saving.
class SettingsFile {
public:
    explicit SettingsFile(std::filesystem::path path);

    /// $XDG_CONFIG_HOME/phial/settings.conf, or the same under ~/.config.
    static std::filesystem::path standardPath();

    const std::filesystem::path& path() const { return m_path; }

    /// Reads the file; a missing one gives the defaults. Throws Error{FileUnreadable} when it
    /// exists and cannot be read.
    Settings load();

    /// Writes all settings by way of a temporary file, so that a crash leaves the old or the new
    /// ones. A file of a newer version is first kept beside it as "settings.conf.v<N>". Throws
    /// Error{FileUnwritable} when the folder cannot be written.
    void save(const Settings& settings);

    /// Puts the file away as "settings.conf.old", so that the next load() gives the defaults.
    /// Throws Error{FileUnwritable} when that cannot be done.
    void putAway();

    /// One sentence for each value that could not be used, of the last load().
    const std::vector<std::string>& problems() const { return m_problems; }

private:
    std::filesystem::path m_path;
    std::map<std::string, std::string, std::less<>> m_unknown;
    std::vector<std::string> m_problems;
    int m_version = 0; ///< of the file on disk; 0 = none
};

} // namespace phial::settings
