// SPDX-License-Identifier: MIT
#include "app/meetings/transcript.h"

#include "app/meetings/unicode_text.h"
#include "inference/base/trimmed.h"

#include <algorithm>
#include <map>
#include <utility>

namespace phial::meetings {
namespace {

auto positionOf(Transcript& transcript, std::int64_t id) {
    return std::find_if(transcript.segments.begin(), transcript.segments.end(),
                        [&](const TranscriptSegment& s) { return s.id == id; });
}

void keepVersion(TranscriptSegment& segment) {
    segment.versions.push_back({.text = segment.text,
                                .translation = segment.translation,
                                .author = segment.editedByUser ? Author::User : Author::Model,
                                .kind = segment.kind,
                                .reason = segment.reason});
}

void becomeSpeech(TranscriptSegment& segment) {
    segment.kind = SegmentKind::Speech;
    segment.reason = UnclearReason::NotKnown;
}

bool isBlank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace

TranscriptSegment* findSegment(Transcript& transcript, std::int64_t id) {
    const auto found = positionOf(transcript, id);
    return found == transcript.segments.end() ? nullptr : &*found;
}

const TranscriptSegment* findSegment(const Transcript& transcript, std::int64_t id) {
    const auto found = std::find_if(transcript.segments.begin(), transcript.segments.end(),
                                    [&](const TranscriptSegment& s) { return s.id == id; });
    return found == transcript.segments.end() ? nullptr : &*found;
}

std::int64_t addSegment(Transcript& transcript, TranscriptSegment segment) {
    segment.id = ++transcript.lastId;
    const auto place = std::upper_bound(
        transcript.segments.begin(), transcript.segments.end(), segment.startSample,
        [](std::int64_t start, const TranscriptSegment& s) { return start < s.startSample; });
    return transcript.segments.insert(place, std::move(segment))->id;
}

bool editText(Transcript& transcript, std::int64_t id, std::string text) {
    TranscriptSegment* segment = findSegment(transcript, id);
    if (segment == nullptr || segment->text == text) {
        return false;
    }
    keepVersion(*segment);
    segment->text = std::move(text);
    segment->editedByUser = true;
    becomeSpeech(*segment);
    return true;
}

bool editTranslation(Transcript& transcript, std::int64_t id, std::string translation) {
    TranscriptSegment* segment = findSegment(transcript, id);
    if (segment == nullptr || segment->translation == translation) {
        return false;
    }
    keepVersion(*segment);
    segment->translation = std::move(translation);
    segment->editedByUser = true;
    return true;
}

bool replaceByModel(Transcript& transcript, std::int64_t id, std::string text,
                    std::string translation, double confidence) {
    TranscriptSegment* segment = findSegment(transcript, id);
    if (segment == nullptr) {
        return false;
    }
    if (segment->editedByUser) {
        segment->versions.push_back({.text = std::move(text),
                                     .translation = std::move(translation),
                                     .author = Author::Model});
        return true;
    }
    keepVersion(*segment);
    segment->text = std::move(text);
    segment->translation = std::move(translation);
    segment->confidence = confidence;
    becomeSpeech(*segment);
    return true;
}

bool restoreVersion(Transcript& transcript, std::int64_t id, std::size_t version) {
    TranscriptSegment* segment = findSegment(transcript, id);
    if (segment == nullptr || version >= segment->versions.size()) {
        return false;
    }
    const SegmentVersion wanted = segment->versions[version];
    segment->versions.erase(segment->versions.begin() + static_cast<std::ptrdiff_t>(version));
    keepVersion(*segment);
    segment->text = wanted.text;
    segment->translation = wanted.translation;
    segment->kind = wanted.kind;
    segment->reason = wanted.reason;
    segment->editedByUser = wanted.author == Author::User;
    return true;
}

std::int64_t splitSegment(Transcript& transcript, std::int64_t id, std::size_t offset,
                          std::int64_t at) {
    const auto found = positionOf(transcript, id);
    if (found == transcript.segments.end() || at <= found->startSample || at >= found->endSample ||
        offset >= found->text.size() || isContinuation(found->text[offset])) {
        return 0;
    }
    const std::string_view text = found->text;
    if (isBlank(text.substr(0, offset)) || isBlank(text.substr(offset))) {
        return 0;
    }
    TranscriptSegment second = *found;
    second.id = ++transcript.lastId;
    second.startSample = at;
    second.text = std::string(trimmed(text.substr(offset)));
    second.translation.clear();
    second.versions.clear();
    second.editedByUser = true;
    keepVersion(*found);
    found->endSample = at;
    found->text = std::string(trimmed(text.substr(0, offset)));
    found->editedByUser = true;
    return transcript.segments.insert(found + 1, std::move(second))->id;
}

bool mergeWithNext(Transcript& transcript, std::int64_t id) {
    const auto first = positionOf(transcript, id);
    if (first == transcript.segments.end() || first + 1 == transcript.segments.end()) {
        return false;
    }
    const auto second = first + 1;
    keepVersion(*first);
    first->endSample = second->endSample;
    first->text = joinTexts(first->text, second->text);
    first->translation = joinTexts(first->translation, second->translation);
    first->confidence = std::min(first->confidence, second->confidence);
    first->editedByUser = true;
    becomeSpeech(*first);
    transcript.segments.erase(second);
    return true;
}

int renameSpeaker(Transcript& transcript, std::string_view from, const std::string& to) {
    int count = 0;
    for (TranscriptSegment& segment : transcript.segments) {
        if (segment.speaker == from) {
            segment.speaker = to;
            ++count;
        }
    }
    return count;
}

int replaceEverywhere(Transcript& transcript, std::string_view from, std::string_view to) {
    int count = 0;
    if (from.empty()) {
        return count;
    }
    for (TranscriptSegment& segment : transcript.segments) {
        std::string text;
        std::string_view rest = segment.text;
        for (std::size_t at = rest.find(from); at != std::string_view::npos; at = rest.find(from)) {
            text.append(rest.substr(0, at)).append(to);
            rest.remove_prefix(at + from.size());
            ++count;
        }
        text += rest;
        editText(transcript, segment.id, std::move(text));
    }
    return count;
}

int takeProgress(Transcript& current, const Transcript& ofTheJob) {
    int count = 0;
    const std::int64_t from = current.doneSamples;
    // Two channels may begin a line at the same sample, and lines behind `doneSamples` may be there
    // already when the other channel is not that far; so lines are counted by where they begin.
    std::map<std::int64_t, int> missing;
    for (const TranscriptSegment& segment : current.segments) {
        if (segment.startSample >= from) {
            --missing[segment.startSample];
        }
    }
    for (const TranscriptSegment& segment : ofTheJob.segments) {
        if (segment.startSample >= from && ++missing[segment.startSample] > 0) {
            addSegment(current, segment);
            ++count;
        }
    }
    current.rateHz = ofTheJob.rateHz;
    current.samples = std::max(current.samples, ofTheJob.samples);
    current.doneSamples = std::max(current.doneSamples, ofTheJob.doneSamples);
    if (!ofTheJob.translationLanguage.empty()) {
        current.translationLanguage = ofTheJob.translationLanguage;
    }
    return count;
}

std::string joinTexts(std::string_view before, std::string_view after) {
    if (before.empty() || after.empty()) {
        return std::string(before) + std::string(after);
    }
    const std::vector<char32_t> left = codePoints(before);
    const std::vector<char32_t> right = codePoints(after);
    const bool unspaced = isUnspacedScript(left.back()) && isUnspacedScript(right.front());
    return std::string(before) + (unspaced ? "" : " ") + std::string(after);
}

} // namespace phial::meetings
