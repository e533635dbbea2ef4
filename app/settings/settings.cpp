// SPDX-License-Identifier: MIT
#include "app/settings/settings.h"

#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>
#include <system_error>
#include <utility>

namespace phial::settings {
namespace {

using Json = nlohmann::ordered_json;

/// Raise it when a key changes its meaning, and translate the old one in load(). A file without a
/// number was written by hand.
constexpr int kVersion = 1;

template <typename Value>
using Names = std::initializer_list<std::pair<std::string_view, Value>>;

const Names<gpu::SoftwareDevices> kSoftwareNames = {{"refuse", gpu::SoftwareDevices::Refuse},
                                                    {"allow", gpu::SoftwareDevices::Allow}};
const Names<Precision> kPrecisionNames = {
    {"auto", Precision::Auto}, {"fp32", Precision::Fp32}, {"fp16", Precision::Fp16}};
const Names<Theme> kThemeNames = {
    {"system", Theme::System}, {"light", Theme::Light}, {"dark", Theme::Dark}};

template <typename Value>
std::string nameOf(const Names<Value>& names, Value value) {
    const auto* const found = std::find_if(
        names.begin(), names.end(), [value](const auto& entry) { return entry.second == value; });
    return std::string(found->first);
}

template <typename Value>
bool parse(const Names<Value>& names, const std::string& text, Value& value) {
    const auto* const found = std::find_if(
        names.begin(), names.end(), [&text](const auto& entry) { return entry.first == text; });
    if (found != names.end()) {
        value = found->second;
    }
    return found != names.end();
}

bool parse(const std::string& text, int& value) {
    int number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) {
        return false;
    }
    value = number;
    return true;
}

/// A JSON list on one line, since a path may hold any character.
std::string modelsText(const std::vector<ListedModel>& models) {
    Json list = Json::array();
    for (const ListedModel& model : models) {
        Json entry = {{"folder", model.folder.string()}};
        if (model.unfinished()) {
            entry["source"] = model.source.string();
            entry["plan"] = model.plan;
        }
        list.push_back(std::move(entry));
    }
    // Names that are no UTF-8 cannot stand in JSON; such a folder is listed until the program ends.
    return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool parseModels(const std::string& text, std::vector<ListedModel>& models) {
    const Json list = Json::parse(text, nullptr, false);
    if (!list.is_array()) {
        return false;
    }
    std::vector<ListedModel> found;
    for (const Json& entry : list) {
        const auto word = [&entry](const char* key) {
            const auto value = entry.find(key);
            return value != entry.end() && value->is_string() ? value->get<std::string>()
                                                              : std::string();
        };
        if (!entry.is_object() || word("folder").empty()) {
            return false;
        }
        found.push_back({.folder = word("folder"), .source = word("source"), .plan = word("plan")});
    }
    models = std::move(found);
    return true;
}

/// One line of the file: how a setting is written and read. read() returns false for a value that
/// cannot be used.
struct Field {
    std::string_view key;
    std::function<std::string(const Settings&)> write;
    std::function<bool(const std::string&, Settings&)> read;
};

const std::array<Field, 10>& fields() {
    static const std::array<Field, 10> all = {{
        {"model", [](const Settings& s) { return s.model.string(); },
         [](const std::string& text, Settings& s) {
             s.model = text;
             return true;
         }},
        {"models", [](const Settings& s) { return modelsText(s.models); },
         [](const std::string& text, Settings& s) { return parseModels(text, s.models); }},
        {"device", [](const Settings& s) { return s.device; },
         [](const std::string& text, Settings& s) {
             s.device = text;
             return true;
         }},
        {"software-device", [](const Settings& s) { return nameOf(kSoftwareNames, s.software); },
         [](const std::string& text, Settings& s) {
             return parse(kSoftwareNames, text, s.software);
         }},
        {"precision", [](const Settings& s) { return nameOf(kPrecisionNames, s.precision); },
         [](const std::string& text, Settings& s) {
             return parse(kPrecisionNames, text, s.precision);
         }},
        {"context-tokens", [](const Settings& s) { return std::to_string(s.contextTokens); },
         [](const std::string& text, Settings& s) {
             int number = 0;
             const bool good =
                 parse(text, number) && (number == 0 || (number >= 256 && number <= 131072));
             s.contextTokens = good ? number : s.contextTokens;
             return good;
         }},
        {"microphone", [](const Settings& s) { return s.microphone; },
         [](const std::string& text, Settings& s) {
             s.microphone = text;
             return true;
         }},
        {"translate-to", [](const Settings& s) { return s.translateTo; },
         [](const std::string& text, Settings& s) {
             const bool good = text.size() == 2;
             s.translateTo = good ? text : s.translateTo;
             return good;
         }},
        {"theme", [](const Settings& s) { return nameOf(kThemeNames, s.theme); },
         [](const std::string& text, Settings& s) { return parse(kThemeNames, text, s.theme); }},
        {"font-percent", [](const Settings& s) { return std::to_string(s.fontPercent); },
         [](const std::string& text, Settings& s) {
             int number = 0;
             const bool good = parse(text, number) && number >= 80 && number <= 200;
             s.fontPercent = good ? number : s.fontPercent;
             return good;
         }},
    }};
    return all;
}

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
        parse(version->second, m_version);
        values.erase(version);
    }
    for (const Field& field : fields()) {
        const auto value = values.find(field.key);
        if (value == values.end()) {
            continue;
        }
        if (!field.read(value->second, settings)) {
            m_problems.push_back("The setting \"" + std::string(field.key) + "\" has the value \"" +
                                 value->second + "\", which cannot be used; \"" +
                                 field.write(settings) + "\" is used instead.");
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
        text << field.key << " = " << onOneLine(field.write(settings)) << '\n';
    }
    for (const auto& [key, value] : m_unknown) {
        text << key << " = " << value << '\n';
    }
    writeAtomically(m_path, text.str());
    m_version = kVersion;
}

} // namespace phial::settings
