// SPDX-License-Identifier: MIT
#include "app/meetings/transcript_json.h"

#include "app/meetings/unicode_text.h"
#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <fstream>
#include <functional>
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

void putReason(Json& object, SegmentKind kind, UnclearReason reason) {
    for (const auto& [name, known] : kReasons) {
        if (kind == SegmentKind::Unclear && reason == known) {
            object["reason"] = name;
        }
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
    putReason(object, segment.kind, segment.reason);
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
        if (version.kind != SegmentKind::Speech) {
            older["kind"] = kindName(version.kind);
            putReason(older, version.kind, version.reason);
        }
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
        const SegmentKind what = kind(object);
        return {.text = text(object, "text"),
                .translation = text(object, "translation"),
                .author = text(object, "author") == "user" ? Author::User : Author::Model,
                .kind = what,
                .reason = reason(object, what)};
    }

    SegmentKind kind(const Json& object) const {
        const std::string name = text(object, "kind");
        return name == "unclear" ? SegmentKind::Unclear
               : name == "gap"   ? SegmentKind::Gap
                                 : SegmentKind::Speech;
    }

    UnclearReason reason(const Json& object, SegmentKind what) const {
        const std::string why = text(object, "reason");
        for (const auto& [name, reason] : kReasons) {
            if (what == SegmentKind::Unclear && why == name) {
                return reason;
            }
        }
        return UnclearReason::NotKnown;
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
        segment.kind = kind(object);
        segment.reason = reason(object, segment.kind);
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

/// Takes the lines of a transcript out of the JSON while it is being read, so that there never are
/// objects of more than one of them: those of a whole day would take ten times its memory.
class Lines {
public:
    explicit Lines(const Reader& reader)
        : m_reader(reader) {}

    /// For Json::parse(). False for what was taken and shall not be kept.
    bool take(int depth, Json::parse_event_t event, const Json& parsed) {
        using Event = Json::parse_event_t;
        if (depth == 1 && event == Event::key) {
            m_named = parsed == "segments";
            m_countNamed = parsed == "last_id";
            return true;
        }
        if (depth == 1 && event == Event::value && m_countNamed && parsed.is_number_integer()) {
            // Written before the lines: about as many as there are.
            m_expected = std::clamp<std::int64_t>(parsed.get<std::int64_t>(), 0, kMostExpected);
            return true;
        }
        if (depth == 1 && m_named && event == Event::array_start) {
            m_inside = true;
            // Room for some more, as a transcription is about to add them.
            m_segments.reserve(static_cast<std::size_t>(m_expected + m_expected / 8));
            m_segments.clear(); // the last of several lists counts, as for other keys
            m_problem = nullptr;
            return true;
        }
        if (depth == 1 && event == Event::array_end) {
            m_inside = false;
            return true;
        }
        const bool whole =
            event == Event::object_end || event == Event::array_end || event == Event::value;
        if (!m_inside || depth != 2 || !whole) {
            return true;
        }
        try {
            if (m_problem == nullptr) {
                m_segments.push_back(m_reader.segment(parsed));
            }
        } catch (const Error&) {
            m_problem = std::current_exception(); // told when it is known to be a transcript at all
        }
        return false;
    }

    std::vector<TranscriptSegment> taken() {
        if (m_problem != nullptr) {
            std::rethrow_exception(m_problem);
        }
        return std::move(m_segments);
    }

private:
    const Reader& m_reader;
    static constexpr std::int64_t kMostExpected = 20000; ///< whatever a damaged file says

    std::int64_t m_expected = 0; ///< lines
    bool m_countNamed = false;
    bool m_named = false;  ///< the key that was read last, in the outermost object
    bool m_inside = false; ///< in the list of lines
    std::vector<TranscriptSegment> m_segments;
    std::exception_ptr m_problem;
};

void demandDifferentIds(const Reader& reader, const std::vector<TranscriptSegment>& segments) {
    std::vector<std::int64_t> ids;
    ids.reserve(segments.size());
    for (const TranscriptSegment& segment : segments) {
        ids.push_back(segment.id);
    }
    std::sort(ids.begin(), ids.end());
    const auto twice = std::adjacent_find(ids.begin(), ids.end());
    if (twice != ids.end()) {
        reader.fail("two segments have the number " + std::to_string(*twice));
    }
}

/// `input`: whatever Json::parse() takes.
template <typename Input>
Transcript transcriptFrom(Input&& input, const std::string& name) {
    const Reader reader(name);
    Lines lines(reader);
    const Json root = Json::parse(
        std::forward<Input>(input),
        [&](int depth, Json::parse_event_t event, Json& parsed) {
            return lines.take(depth, event, parsed);
        },
        false);
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
    reader.list(root, "segments");
    transcript.segments = lines.taken();
    demandDifferentIds(reader, transcript.segments);
    for (const TranscriptSegment& segment : transcript.segments) {
        transcript.lastId = std::max(transcript.lastId, segment.id);
    }
    if (root.contains("last_id")) {
        transcript.lastId = std::max(transcript.lastId, reader.integer(root, "last_id"));
    }
    const auto earlier = [](const TranscriptSegment& a, const TranscriptSegment& b) {
        return a.startSample < b.startSample;
    };
    // Sorting takes room for all of them once more.
    if (!std::is_sorted(transcript.segments.begin(), transcript.segments.end(), earlier)) {
        std::stable_sort(transcript.segments.begin(), transcript.segments.end(), earlier);
    }
    return transcript;
}

/// Gives the JSON of a transcript in pieces, each of a line or so.
void writeJson(const Transcript& transcript, const std::function<void(std::string_view)>& write) {
    Json root;
    root["format"] = kFormat;
    root["schema"] = kTranscriptSchema;
    root["rate"] = transcript.rateHz;
    root["samples"] = transcript.samples;
    root["done_samples"] = transcript.doneSamples;
    root["last_id"] = transcript.lastId;
    putUnlessEmpty(root, "translation_language", transcript.translationLanguage);
    root["segments"] = Json::array();
    constexpr std::string_view kEnd = "]\n}";
    std::string piece = root.dump(1);
    piece.resize(piece.size() - kEnd.size());
    write(piece);
    const char* before = "\n  ";
    for (const TranscriptSegment& segment : transcript.segments) {
        piece = before;
        before = ",\n  ";
        for (const char letter : jsonOf(segment, transcript).dump(1)) {
            piece += letter;
            piece += letter == '\n' ? "  " : ""; // texts have none: it is escaped
        }
        write(piece);
    }
    write(transcript.segments.empty() ? "" : "\n ");
    write(kEnd);
    write("\n");
}

} // namespace

std::string toJson(const Transcript& transcript) {
    std::string json;
    writeJson(transcript, [&](std::string_view piece) { json += piece; });
    return json;
}

Transcript transcriptFromJson(std::string_view json, const std::string& name) {
    return transcriptFrom(json, name);
}

void saveTranscript(const Transcript& transcript, const std::filesystem::path& path) {
    constexpr std::size_t kPiece = 1 << 16;
    AtomicFile file(path);
    std::string waiting;
    waiting.reserve(kPiece);
    writeJson(transcript, [&](std::string_view piece) {
        if (waiting.size() + piece.size() > kPiece) {
            file.write(waiting);
            waiting.clear();
        }
        waiting += piece;
    });
    file.write(waiting);
    file.commit();
}

Transcript loadTranscript(const std::filesystem::path& path) {
    try {
        std::ifstream in(path, std::ios::binary);
        if (in.is_open()) {
            return transcriptFrom(in, path.string());
        }
    } catch (const std::ios_base::failure&) {
        // a folder, or a disk that fails
    }
    throw Error(ErrorCode::FileUnreadable, "Cannot read " + path.string() + ".");
}

} // namespace phial::meetings
