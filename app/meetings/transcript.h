// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

enum class SegmentKind {
    Speech,
    Unclear, ///< somebody speaks, but no text could be made that is worth showing
    Gap,     ///< speech without text: the model was asked twice and gave nothing
};

/// What was wrong with both answers about an Unclear line.
enum class UnclearReason {
    NotKnown,
    Repetition,    ///< the same words over and over
    Refusal,       ///< about the model or the sound instead of what is said
    Echo,          ///< the instruction
    OtherLanguage, ///< in none of those that were asked for; kept as a version
};

enum class Author { Model, User };

/// What a segment said before it was changed.
struct SegmentVersion {
    std::string text;
    std::string translation;
    Author author = Author::Model;
    SegmentKind kind = SegmentKind::Speech;
    UnclearReason reason = UnclearReason::NotKnown; ///< of an Unclear one

    bool operator==(const SegmentVersion&) const = default;
};

/// One line of a transcript. Times are on the sample clock of the recording and are never changed
/// by editing text.
struct TranscriptSegment {
    std::int64_t id = 0; ///< > 0, unique in its transcript, never used again
    std::int64_t startSample = 0;
    std::int64_t endSample = 0; ///< exclusive
    SegmentKind kind = SegmentKind::Speech;
    UnclearReason reason = UnclearReason::NotKnown; ///< of an Unclear line
    std::string text;                               ///< UTF-8
    std::string translation; ///< into Transcript::translationLanguage; empty = none
    std::string speaker;     ///< empty = not known
    std::string language;    ///< spoken, English name; empty = not known
    double confidence = -1;  ///< mean token probability in [0, 1]; negative = not known
    bool editedByUser = false;
    std::vector<SegmentVersion> versions; ///< older ones, oldest first

    bool operator==(const TranscriptSegment&) const = default;
};

/// What is said in a recording. A value: copying it is taking a snapshot, for undo as well.
/// Segments are in order of their beginnings. Those of one speaker do not overlap; people who are
/// recorded on different channels may speak at the same time.
struct Transcript {
    int rateHz = 0;               ///< of the sample clock, > 0
    std::int64_t samples = 0;     ///< length of the recording
    std::int64_t doneSamples = 0; ///< everything before was listened to; a job goes on from here
    std::string translationLanguage;
    std::int64_t lastId = 0;
    std::vector<TranscriptSegment> segments;

    double seconds(std::int64_t sample) const {
        return static_cast<double>(sample) / static_cast<double>(rateHz);
    }

    bool operator==(const Transcript&) const = default;
};

/// Null when there is none.
TranscriptSegment* findSegment(Transcript& transcript, std::int64_t id);
const TranscriptSegment* findSegment(const Transcript& transcript, std::int64_t id);

/// Adds a segment with the next id at its place in time and returns the id.
std::int64_t addSegment(Transcript& transcript, TranscriptSegment segment);

/// The user wrote something else. The old text becomes a version. False when there is no such
/// segment or nothing changes.
bool editText(Transcript& transcript, std::int64_t id, std::string text);
bool editTranslation(Transcript& transcript, std::int64_t id, std::string translation);

/// A new answer of the model for a segment. Text that the user wrote stays; the answer then becomes
/// a version, to be looked at. False when there is no such segment.
bool replaceByModel(Transcript& transcript, std::int64_t id, std::string text,
                    std::string translation, double confidence);

/// Exchanges what is there with version `version`: text, translation, and whether it is unclear.
/// False when there is none.
bool restoreVersion(Transcript& transcript, std::int64_t id, std::size_t version);

/// Divides a segment at byte `offset` of its text, at sample `at` (the playback position: words
/// have no times of their own). The translation stays with the first half. Returns the id of the
/// second half; 0 when offset is inside a letter or either half would be empty or without length.
std::int64_t splitSegment(Transcript& transcript, std::int64_t id, std::size_t offset,
                          std::int64_t at);

/// Joins a segment with the next one. False when there is no next one.
bool mergeWithNext(Transcript& transcript, std::int64_t id);

/// Number of segments of that speaker, who now has another name.
int renameSpeaker(Transcript& transcript, std::string_view from, const std::string& to);

/// Replaces exact occurrences in all texts, as edits by the user. Returns how many there were.
int replaceEverywhere(Transcript& transcript, std::string_view from, std::string_view to);

/// Takes over what a transcription did since: the lines behind `current.doneSamples`, under new
/// ids. What the user changed meanwhile stays. Returns how many lines came.
int takeProgress(Transcript& current, const Transcript& ofTheJob);

/// Joins two pieces of text with a space unless Chinese or Japanese meet there.
std::string joinTexts(std::string_view before, std::string_view after);

} // namespace phial::meetings
