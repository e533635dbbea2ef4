// SPDX-License-Identifier: MIT
#include "app/meetings/transcript_json.h"

#include "app/meetings/unicode_text.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace phial::meetings {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kFormat = "phial-transcript";

std::string_view kindName(SegmentKind kind) {
    switch (kind) {
    case SegmentKind::Speech:
        return "speech";
    case SegmentKind::Unclear:
        return "unclear";
    case SegmentKind::Gap:
        return "gap";
    }
    return "speech";
}

constexpr std::array<std::pair<std::string_view, UnclearReason>, 4> kReasons{{
    {"repetition", UnclearReason::Repetition},
    {"refusal", UnclearReason::Refusal},
    {"echo", UnclearReason::Echo},
    {"other_language", UnclearReason::OtherLanguage},
}};

std::string_view authorName(Author author) {
    return author == Author::User ? "user" : "model";
}

void putUnlessEmpty(Json& object, const char* key, const std::string& text) {
    if (!text.empty()) {
        object[key] = validUtf8(text);
    }
}

Json jsonOf(const TranscriptSegment& segment, const Transcript& transcript) {
    Json object;
    object["id"] = segment.id;
    object["start_sample"] = segment.startSample;
    object["end_sample"] = segment.endSample;
    object["start"] = transcript.seconds(segment.startSample);
    object["end"] = transcript.seconds(segment.endSample);
    object["kind"] = kindName(segment.kind);
    for (const auto& [name, reason] : kReasons) {
        if (segment.kind == SegmentKind::Unclear && segment.reason == reason) {
            object["reason"] = name;
        }
    }
    object["text"] = validUtf8(segment.text);
    putUnlessEmpty(object, "translation", segment.translation);
    putUnlessEmpty(object, "speaker", segment.speaker);
    putUnlessEmpty(object, "language", segment.language);
    if (segment.confidence >= 0) {
        object["confidence"] = segment.confidence;
    }
    if (segment.editedByUser) {
        object["edited"] = true;
    }
    for (const SegmentVersion& version : segment.versions) {
        Json older;
        older["text"] = validUtf8(version.text);
        putUnlessEmpty(older, "translation", version.translation);
        older["author"] = authorName(version.author);
        object["versions"].push_back(std::move(older));
    }
    return object;
}

/// Reads one file and says what is wrong with it.
class Reader {
public:
    explicit Reader(const std::string& name)
        : m_name(name) {}

    [[noreturn]] void fail(const std::string& what) const {
        throw Error(ErrorCode::FileUnreadable,
                    m_name + " cannot be used as a transcript: " + what + ".");
    }

    std::int64_t integer(const Json& object, const char* key) const {
        const auto found = object.find(key);
        if (found == object.end() || !found->is_number_integer()) {
            fail(std::string("\"") + key + "\" is not a whole number");
        }
        return found->get<std::int64_t>();
    }

    std::string text(const Json& object, const char* key) const {
        const auto found = object.find(key);
        if (found == object.end()) {
            return {};
        }
        if (!found->is_string()) {
            fail(std::string("\"") + key + "\" is not a text");
        }
        return found->get<std::string>();
    }

    const Json& list(const Json& object, const char* key) const {
        static const Json kNone = Json::array();
        const auto found = object.find(key);
        if (found == object.end()) {
            return kNone;
        }
        if (!found->is_array()) {
            fail(std::string("\"") + key + "\" is not a list");
        }
        return *found;
    }

    SegmentVersion version(const Json& object) const {
        demandObject(object);
        return {.text = text(object, "text"),
                .translation = text(object, "translation"),
                .author = text(object, "author") == "user" ? Author::User : Author::Model};
    }

    TranscriptSegment segment(const Json& object) const {
        demandObject(object);
        TranscriptSegment segment;
        segment.id = integer(object, "id");
        segment.startSample = integer(object, "start_sample");
        segment.endSample = integer(object, "end_sample");
        if (segment.startSample < 0 || segment.endSample < segment.startSample) {
            fail("segment " + std::to_string(segment.id) + " ends before it begins");
        }
        const std::string kind = text(object, "kind");
        segment.kind = kind == "unclear" ? SegmentKind::Unclear
                       : kind == "gap"   ? SegmentKind::Gap
                                         : SegmentKind::Speech;
        const std::string why = text(object, "reason");
        for (const auto& [name, reason] : kReasons) {
            if (segment.kind == SegmentKind::Unclear && why == name) {
                segment.reason = reason;
            }
        }
        segment.text = text(object, "text");
        segment.translation = text(object, "translation");
        segment.speaker = text(object, "speaker");
        segment.language = text(object, "language");
        const auto confidence = object.find("confidence");
        if (confidence != object.end() && confidence->is_number()) {
            segment.confidence = confidence->get<double>();
        }
        const auto edited = object.find("edited");
        segment.editedByUser =
            edited != object.end() && edited->is_boolean() && edited->get<bool>();
        for (const Json& older : list(object, "versions")) {
            segment.versions.push_back(version(older));
        }
        return segment;
    }

    void demandObject(const Json& value) const {
        if (!value.is_object()) {
            fail("an object is missing");
        }
    }

private:
    const std::string& m_name;
};

} // namespace

std::string toJson(const Transcript& transcript) {
    Json root;
    root["format"] = kFormat;
    root["schema"] = kTranscriptSchema;
    root["rate"] = transcript.rateHz;
    root["samples"] = transcript.samples;
    root["done_samples"] = transcript.doneSamples;
    root["last_id"] = transcript.lastId;
    putUnlessEmpty(root, "translation_language", transcript.translationLanguage);
    root["segments"] = Json::array();
    // Line by line, as objects of a whole day's lines would take several times the memory of their
    // text, at every save.
    constexpr std::string_view kEnd = "]\n}";
    std::string json = root.dump(1);
    json.resize(json.size() - kEnd.size());
    const char* before = "\n  ";
    for (const TranscriptSegment& segment : transcript.segments) {
        json += before;
        before = ",\n  ";
        for (const char letter : jsonOf(segment, transcript).dump(1)) {
            json += letter;
            json += letter == '\n' ? "  " : ""; // texts have none: it is escaped
        }
    }
    json += transcript.segments.empty() ? "" : "\n ";
    return json.append(kEnd) + '\n';
}

Transcript transcriptFromJson(std::string_view json, const std::string& name) {
    const Reader reader(name);
    const Json root = Json::parse(json, nullptr, false);
    if (!root.is_object() || reader.text(root, "format") != kFormat) {
        reader.fail("it is not JSON of the format \"phial-transcript\"");
    }
    const std::int64_t schema = reader.integer(root, "schema");
    if (schema < 1 || schema > kTranscriptSchema) {
        reader.fail("it is of version " + std::to_string(schema) + ", and this Phial knows up to " +
                    std::to_string(kTranscriptSchema) + "; use a newer Phial");
    }
    Transcript transcript;
    constexpr std::int64_t kHighestRate = 1000000;
    const std::int64_t rate = reader.integer(root, "rate");
    if (rate <= 0 || rate > kHighestRate) {
        reader.fail("its sample rate is impossible");
    }
    transcript.rateHz = static_cast<int>(rate);
    transcript.samples = reader.integer(root, "samples");
    transcript.doneSamples =
        root.contains("done_samples") ? reader.integer(root, "done_samples") : transcript.samples;
    transcript.translationLanguage = reader.text(root, "translation_language");
    std::set<std::int64_t> ids;
    for (const Json& object : reader.list(root, "segments")) {
        TranscriptSegment segment = reader.segment(object);
        if (!ids.insert(segment.id).second) {
            reader.fail("two segments have the number " + std::to_string(segment.id));
        }
        transcript.lastId = std::max(transcript.lastId, segment.id);
        transcript.segments.push_back(std::move(segment));
    }
    if (root.contains("last_id")) {
        transcript.lastId = std::max(transcript.lastId, reader.integer(root, "last_id"));
    }
    std::stable_sort(transcript.segments.begin(), transcript.segments.end(),
                     [](const TranscriptSegment& a, const TranscriptSegment& b) {
                         return a.startSample < b.startSample;
                     });
    return transcript;
}

void saveTranscript(const Transcript& transcript, const std::filesystem::path& path) {
    writeAtomically(path, toJson(transcript));
}

Transcript loadTranscript(const std::filesystem::path& path) {
    return transcriptFromJson(readFile(path), path.string());
}

} // namespace phial::meetings
