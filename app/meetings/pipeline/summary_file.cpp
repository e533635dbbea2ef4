// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summary_file.h"

#include "app/meetings/meeting_store.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>
#include <vector>

namespace phial::meetings {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "phial-summary";
constexpr std::string_view kPrefix = "summary-";
constexpr std::string_view kMissing = "**Missing:** ";

constexpr std::array<std::pair<LineKind, std::string_view>, 3> kKinds{{
    {LineKind::Heading, "heading"},
    {LineKind::Bullet, "bullet"},
    {LineKind::Paragraph, "paragraph"},
}};

constexpr std::array<std::pair<Support, std::string_view>, 5> kSupports{{
    {Support::None, "none"},
    {Support::Unlikely, "unlikely"},
    {Support::Found, "found"},
    {Support::Supported, "named"},
    {Support::NotNeeded, "not_needed"},
}};

template <typename Names, typename Value>
std::string_view nameOf(const Names& names, Value value) {
    return std::find_if(names.begin(), names.end(),
                        [value](const auto& one) { return one.first == value; })
        ->second;
}

template <typename Names, typename Value>
Value valueOf(const Names& names, std::string_view name, Value other) {
    const auto found = std::find_if(names.begin(), names.end(),
                                    [name](const auto& one) { return one.second == name; });
    return found == names.end() ? other : found->first;
}

Json jsonOf(const LinkedSentence& sentence) {
    Json object{{"text", validUtf8(sentence.text)},
                {"support", nameOf(kSupports, sentence.support)}};
    for (const Source& source : sentence.sources) {
        Json line;
        if (source.id != 0) {
            line["id"] = source.id;
        }
        line["start"] = source.seconds;
        object["sources"].push_back(std::move(line));
    }
    return object;
}

void put(Json& object, const Summary& summary) {
    if (!summary.note.empty()) {
        object["note"] = validUtf8(summary.note);
    }
    for (const std::string& problem : summary.problems) {
        object["missing"].push_back(validUtf8(problem));
    }
    if (summary.editedByUser) {
        object["edited"] = true;
    }
    object["lines"] = Json::array();
    for (const SummaryLine& line : summary.lines) {
        Json one{{"kind", nameOf(kKinds, line.kind)}};
        if (line.editedByUser) {
            one["edited"] = true;
        }
        for (const LinkedSentence& sentence : line.sentences) {
            one["sentences"].push_back(jsonOf(sentence));
        }
        object["lines"].push_back(std::move(one));
    }
}

std::string textIn(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t integerIn(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
}

bool flagIn(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// Objects of a list; what is none is skipped.
std::vector<const Json*> objectsIn(const Json& object, const char* key) {
    std::vector<const Json*> objects;
    const auto found = object.find(key);
    if (found != object.end() && found->is_array()) {
        for (const Json& one : *found) {
            if (one.is_object()) {
                objects.push_back(&one);
            }
        }
    }
    return objects;
}

LinkedSentence sentenceOf(const Json& object) {
    LinkedSentence sentence{.text = textIn(object, "text"),
                            .support =
                                valueOf(kSupports, textIn(object, "support"), Support::NotNeeded)};
    for (const Json* source : objectsIn(object, "sources")) {
        const auto start = source->find("start");
        const double seconds =
            start != source->end() && start->is_number() ? start->get<double>() : -1;
        if (seconds >= 0 && seconds < 1e9) {
            sentence.sources.push_back({.id = integerIn(*source, "id"), .seconds = seconds});
        }
    }
    return sentence;
}

Summary summaryOf(const Json& object) {
    Summary summary{.note = textIn(object, "note"), .editedByUser = flagIn(object, "edited")};
    const auto missing = object.find("missing");
    if (missing != object.end() && missing->is_array()) {
        for (const Json& problem : *missing) {
            if (problem.is_string()) {
                summary.problems.push_back(problem.get<std::string>());
            }
        }
    }
    for (const Json* one : objectsIn(object, "lines")) {
        SummaryLine line{.kind = valueOf(kKinds, textIn(*one, "kind"), LineKind::Paragraph),
                         .editedByUser = flagIn(*one, "edited")};
        for (const Json* sentence : objectsIn(*one, "sentences")) {
            line.sentences.push_back(sentenceOf(*sentence));
        }
        if (!line.sentences.empty()) {
            summary.lines.push_back(std::move(line));
        }
    }
    return summary;
}

/// "[1:02](#t=62)" at the beginning of `text`: takes it off and returns the seconds; negative when
/// there is none.
double takeLink(std::string_view& text) {
    const std::size_t middle =
        text.empty() || text.front() != '[' ? std::string_view::npos : text.find("](#t=");
    if (middle == std::string_view::npos || text.find_first_not_of("0123456789:", 1) != middle) {
        return -1;
    }
    const char* const digits = text.data() + middle + 5;
    const char* const end = text.data() + text.size();
    long long seconds = 0;
    const auto [next, error] = std::from_chars(digits, end, seconds);
    if (error != std::errc() || next == end || *next != ')' || seconds < 0) {
        return -1;
    }
    text.remove_prefix(static_cast<std::size_t>(next + 1 - text.data()));
    return static_cast<double>(seconds);
}

std::string_view withoutSpaces(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r"), text.size()));
    return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

/// The sentences of a line of Markdown: they end where links or a mark stand behind them.
std::vector<LinkedSentence> linkedSentencesOf(std::string_view text) {
    std::vector<LinkedSentence> sentences;
    LinkedSentence sentence;
    const auto close = [&] {
        sentence.text = withoutSpaces(sentence.text);
        if (!sentence.text.empty()) {
            sentences.push_back(std::exchange(sentence, {}));
        }
    };
    bool ended = false;
    while (!text.empty()) {
        if (const double seconds = takeLink(text); seconds >= 0) {
            sentence.sources.push_back({.seconds = seconds});
            if (!sentence.isDoubtful()) {
                sentence.support = Support::Supported;
            }
            ended = true;
        } else if (text.substr(0, kNoSource.size()) == kNoSource) {
            sentence.support = sentence.sources.empty() ? Support::None : Support::Unlikely;
            text.remove_prefix(kNoSource.size());
            ended = true;
        } else {
            if (ended && text.front() != ' ') {
                close();
                ended = false;
            }
            sentence.text += text.front();
            text.remove_prefix(1);
        }
    }
    close();
    return sentences;
}

bool isRecord(const Json& root) {
    return root.is_object() && textIn(root, "format") == kFormat;
}

std::string fileOf(const std::string& name, std::string_view extension) {
    return std::string(kPrefix) + slugOf(name) + std::string(extension);
}

} // namespace

std::string toJson(const SummaryRecord& record) {
    Json root{{"format", kFormat}, {"schema", kSummarySchema}};
    root["changed"] = record.changedUtc;
    if (!record.instruction.empty()) {
        root["instruction"] = validUtf8(record.instruction);
    }
    if (!record.language.empty()) {
        root["language"] = validUtf8(record.language);
    }
    put(root, record.summary);
    root["last_version"] = record.lastVersion;
    for (const SummaryVersion& version : record.versions) {
        Json older{{"number", version.number}, {"changed", version.changedUtc}};
        put(older, version.summary);
        root["versions"].push_back(std::move(older));
    }
    return root.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

SummaryRecord summaryFromJson(std::string_view json, const std::string& name) {
    const Json root = Json::parse(json, nullptr, false);
    const auto fail = [&name](const std::string& what) {
        throw Error(ErrorCode::FileUnreadable,
                    name + " cannot be used as a summary: " + what + ".");
    };
    if (!isRecord(root)) {
        fail("it is damaged or something else");
    }
    if (integerIn(root, "schema") > kSummarySchema) {
        fail("it was written by a newer Phial");
    }
    SummaryRecord record{.instruction = textIn(root, "instruction"),
                         .language = textIn(root, "language"),
                         .changedUtc = textIn(root, "changed"),
                         .summary = summaryOf(root),
                         .lastVersion = integerIn(root, "last_version")};
    for (const Json* version : objectsIn(root, "versions")) {
        record.versions.push_back({.number = integerIn(*version, "number"),
                                   .changedUtc = textIn(*version, "changed"),
                                   .summary = summaryOf(*version)});
        record.lastVersion = std::max(record.lastVersion, record.versions.back().number);
    }
    return record;
}

Summary summaryFromMarkdown(std::string_view markdown) {
    Summary summary;
    bool title = true; // of the meeting, above everything else
    while (!markdown.empty()) {
        const std::size_t end = markdown.find('\n');
        std::string text(withoutSpaces(markdown.substr(0, end)));
        markdown.remove_prefix(end == std::string_view::npos ? markdown.size() : end + 1);
        if (text.empty()) {
            continue;
        }
        if (std::exchange(title, false) && text.rfind("# ", 0) == 0) {
            continue;
        }
        if (text.rfind("> ", 0) == 0) {
            text.erase(0, 2);
            if (text.rfind(kMissing, 0) == 0) {
                summary.problems.push_back(text.substr(kMissing.size()));
            } else {
                summary.note = text;
            }
            continue;
        }
        SummaryLine line{.kind = takeKind(text)};
        line.sentences = linkedSentencesOf(text);
        if (!line.sentences.empty()) {
            summary.lines.push_back(std::move(line));
        }
    }
    return summary;
}

SummaryRecord readSummary(const fs::path& folder, const std::string& name) {
    const fs::path json = folder / fileOf(name, ".json");
    const fs::path markdown = folder / fileOf(name, ".md");
    std::error_code ignored;
    const bool readable = fs::exists(markdown, ignored);
    if (fs::exists(json, ignored)) {
        const std::string text = readFile(json);
        if (!readable || isRecord(Json::parse(text, nullptr, false))) {
            return summaryFromJson(text, json.string());
        }
    }
    return {.summary = readable ? summaryFromMarkdown(readFile(markdown)) : Summary()};
}

void saveSummary(const fs::path& folder, const std::string& name, const SummaryRecord& record,
                 const std::string& title) {
    writeAtomically(folder / fileOf(name, ".json"), toJson(record));
    writeAtomically(folder / fileOf(name, ".md"), summaryMarkdown(record.summary, title));
}

} // namespace phial::meetings
