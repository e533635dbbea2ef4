// SPDX-License-Identifier: MIT
#include "app/settings/setting_fields.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <sstream>
#include <utility>

namespace phial::settings {
namespace {

using Json = nlohmann::ordered_json;

template <typename Value>
using Names = std::vector<std::pair<std::string_view, Value>>;

/// One of a few words.
template <typename Value>
Field wordField(Key key, std::string_view name, Value Settings::*member, Names<Value> names) {
    return {key, name,
            [member, names](const Settings& settings) {
                const auto found = std::find_if(names.begin(), names.end(), [&](const auto& entry) {
                    return entry.second == settings.*member;
                });
                return std::string(found->first);
            },
            [member, names](const std::string& text, Settings& settings) {
                const auto found = std::find_if(names.begin(), names.end(),
                                                [&](const auto& e) { return e.first == text; });
                if (found != names.end()) {
                    settings.*member = found->second;
                }
                return found != names.end();
            }};
}

Field switchField(Key key, std::string_view name, bool Settings::*member) {
    return wordField<bool>(key, name, member, {{"no", false}, {"yes", true}});
}

template <typename Text>
Field textField(Key key, std::string_view name, Text Settings::*member) {
    return {key, name,
            [member](const Settings& settings) {
                if constexpr (std::is_same_v<Text, std::filesystem::path>) {
                    return (settings.*member).string();
                } else {
                    return settings.*member;
                }
            },
            [member](const std::string& text, Settings& settings) {
                settings.*member = text;
                return true;
            }};
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

enum class MayBeEmpty { No, Yes };

Field languageField(Key key, std::string_view name, std::string Settings::*member,
                    MayBeEmpty empty) {
    return {key, name, [member](const Settings& settings) { return settings.*member; },
            [member, empty](const std::string& text, Settings& settings) {
                const bool good = text.size() == 2 || (text.empty() && empty == MayBeEmpty::Yes);
                if (good) {
                    settings.*member = text;
                }
                return good;
            }};
}

template <typename Number>
bool readNumber(const std::string& text, Number& value) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    return problem == std::errc() && end == text.data() + text.size();
}

struct Range {
    int least;
    int most;
    bool orZero = false;
};

Field numberField(Key key, std::string_view name, int Settings::*member, Range range) {
    return {key, name,
            [member](const Settings& settings) { return std::to_string(settings.*member); },
            [member, range](const std::string& text, Settings& settings) {
                int number = 0;
                const bool good =
                    readNumber(text, number) && ((number == 0 && range.orZero) ||
                                                 (number >= range.least && number <= range.most));
                if (good) {
                    settings.*member = number;
                }
                return good;
            }};
}

Field temperatureField() {
    return {Key::Temperature, "temperature",
            [](const Settings& settings) {
                std::ostringstream text;
                text.imbue(std::locale::classic());
                text << settings.temperature;
                return text.str();
            },
            [](const std::string& text, Settings& settings) {
                double number = 0;
                const bool good = readNumber(text, number) && number >= 0 && number <= 2;
                if (good) {
                    settings.temperature = number;
                }
                return good;
            }};
}

std::vector<Field> makeFields() {
    using S = Settings;
    return {
        textField(Key::Model, "model", &S::model),
        {Key::Models, "models", [](const Settings& all) { return modelsText(all.models); },
         [](const std::string& text, Settings& all) { return parseModels(text, all.models); }},
        textField(Key::Device, "device", &S::device),
        wordField<gpu::SoftwareDevices>(
            Key::SoftwareDevice, "software-device", &S::software,
            {{"refuse", gpu::SoftwareDevices::Refuse}, {"allow", gpu::SoftwareDevices::Allow}}),
        wordField<phial::Precision>(Key::Precision, "precision", &S::precision,
                                    {{"auto", phial::Precision::Auto},
                                     {"fp32", phial::Precision::Fp32},
                                     {"fp16", phial::Precision::Fp16}}),
        wordField<KvCacheFormat>(Key::KvCache, "kv-cache", &S::kvCache,
                                 {{"plain", KvCacheFormat::Plain},
                                  {"k8v4", KvCacheFormat::K8V4},
                                  {"turbo4", KvCacheFormat::Tq4}}),
        numberField(Key::UnloadMinutes, "unload-minutes", &S::unloadMinutes,
                    {.least = 1, .most = 1440, .orZero = true}),
        numberField(Key::ContextTokens, "context-tokens", &S::contextTokens,
                    {.least = 256, .most = 131072, .orZero = true}),
        textField(Key::Microphone, "microphone", &S::microphone),
        switchField(Key::SystemAudio, "system-audio", &S::systemAudio),
        switchField(Key::ConsentReminder, "consent-reminder", &S::consentReminder),
        languageField(Key::SpokenLanguage, "spoken-language", &S::spokenLanguage, MayBeEmpty::Yes),
        languageField(Key::TranslateTo, "translate-to", &S::translateTo, MayBeEmpty::No),
        switchField(Key::TranscribeRecordings, "transcribe-recordings", &S::transcribeRecordings),
        wordField<std::string>(Key::SummarizeWith, "summarize-with", &S::summarizeWith,
                               {{"", ""},
                                {"minutes", "minutes"},
                                {"decisions", "decisions"},
                                {"actions", "actions"},
                                {"questions", "questions"},
                                {"paragraph", "paragraph"}}),
        languageField(Key::SummaryLanguage, "summary-language", &S::summaryLanguage,
                      MayBeEmpty::Yes),
        numberField(Key::QuietMinutes, "quiet-minutes", &S::quietMinutes,
                    {.least = 1, .most = 600, .orZero = true}),
        switchField(Key::KeepImportedSound, "keep-imported-sound", &S::keepImportedSound),
        numberField(Key::TrashDays, "trash-days", &S::trashDays,
                    {.least = 1, .most = 3650, .orZero = true}),
        textField(Key::Instructions, "instructions", &S::instructions),
        numberField(Key::AnswerTokens, "answer-tokens", &S::answerTokens,
                    {.least = 16, .most = 32768}),
        temperatureField(),
        wordField<phial::settings::SendKey>(
            Key::SendKey, "send-key", &S::sendKey,
            {{"enter", SendKey::Enter}, {"ctrl-enter", SendKey::CtrlEnter}}),
        wordField<phial::settings::Theme>(
            Key::Theme, "theme", &S::theme,
            {{"system", Theme::System}, {"light", Theme::Light}, {"dark", Theme::Dark}}),
        switchField(Key::Notifications, "notifications", &S::notifications),
        numberField(Key::FontPercent, "font-percent", &S::fontPercent, {.least = 80, .most = 200}),
    };
}

const Field& fieldOf(Key key) {
    return *std::find_if(fields().begin(), fields().end(),
                         [key](const Field& field) { return field.key == key; });
}

} // namespace

const std::vector<Field>& fields() {
    static const std::vector<Field> all = makeFields();
    return all;
}

std::string valueOf(const Settings& settings, Key key) {
    return fieldOf(key).write(settings);
}

bool setValue(Settings& settings, Key key, const std::string& value) {
    return fieldOf(key).read(value, settings);
}

} // namespace phial::settings
