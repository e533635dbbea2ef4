// SPDX-License-Identifier: MIT
#include "app/settings/settings.h"

#include "app/settings/setting_fields.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

namespace phial::settings {
namespace {

/// Raise it when a key changes its meaning, and translate the old one in load(). A file without a
/// number was written by hand.
constexpr int kVersion = 1;

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    return first == std::string::npos
               ? ""
               : text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// A value must stay on its line.
std::string onOneLine(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

[[noreturn]] void throwUnwritable(const std::filesystem::path& path, int error) {
    throw Error(ErrorCode::FileUnwritable,
                "The settings file \"" + path.string() + "\" cannot be written (" +
                    std::generic_category().message(error) +
                    "); check the folder's permissions and the free space.");
}

} // namespace

SettingsFile::SettingsFile(std::filesystem::path path)
    : m_path(std::move(path)) {}

std::filesystem::path SettingsFile::standardPath() {
    const char* const config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && *config == '/') { // the standard: relative paths are to be ignored
        return std::filesystem::path(config) / "phial/settings.conf";
    }
    const char* const home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr ? home : "/") / ".config/phial/settings.conf";
}

Settings SettingsFile::load() {
    m_unknown.clear();
    m_problems.clear();
    m_version = 0;
    Settings settings;
    std::error_code ignored;
    if (!std::filesystem::exists(m_path, ignored)) {
        return settings;
    }
    std::ifstream file(m_path);
    if (!file || std::filesystem::is_directory(m_path, ignored)) {
        throw Error(ErrorCode::FileUnreadable,
                    "The settings file \"" + m_path.string() +
                        "\" cannot be read; check its permissions, or remove it to start afresh.");
    }
    std::map<std::string, std::string, std::less<>> values;
    for (std::string line; std::getline(file, line);) {
        const std::size_t equals = line.find('=');
        if (trimmed(line).starts_with('#') || equals == std::string::npos) {
            continue;
        }
        values[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
    }
    if (const auto version = values.find("version"); version != values.end()) {
        const std::string& text = version->second;
        std::from_chars(text.data(), text.data() + text.size(), m_version);
        values.erase(version);
    }
    for (const Field& field : fields()) {
        const auto value = values.find(field.name);
        if (value == values.end()) {
            continue;
        }
        if (!field.read(value->second, settings)) {
            m_problems.push_back(
                "The setting \"" + std::string(field.name) + "\" has the value \"" + value->second +
                "\", which cannot be used; \"" + field.write(settings) + "\" is used instead.");
        }
        values.erase(value);
    }
    m_unknown = std::move(values);
    return settings;
}

void SettingsFile::save(const Settings& settings) {
    std::error_code error;
    std::filesystem::create_directories(m_path.parent_path(), error);
    if (m_version > kVersion) {
        std::filesystem::copy_file(m_path, m_path.string() + ".v" + std::to_string(m_version),
                                   std::filesystem::copy_options::overwrite_existing, error);
        if (error) {
            throwUnwritable(m_path, error.value());
        }
    }
    std::ostringstream text;
    text << "# Settings of Phial. Change them here while Phial is not running, or in its window.\n";
    text << "version = " << kVersion << '\n';
    for (const Field& field : fields()) {
        text << field.name << " = " << onOneLine(field.write(settings)) << '\n';
    }
    for (const auto& [key, value] : m_unknown) {
        text << key << " = " << value << '\n';
    }
    writeAtomically(m_path, text.str());
    m_version = kVersion;
}

void SettingsFile::putAway() {
    std::error_code error;
    if (std::filesystem::exists(m_path, error)) {
        std::filesystem::rename(m_path, m_path.string() + ".old", error);
    }
    if (error) {
        throwUnwritable(m_path, error.value());
    }
}

} // namespace phial::settings
