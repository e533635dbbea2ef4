// SPDX-License-Identifier: MIT
// Meetings from files, and where their sound lies.
#include "app/documents/audio_file_reader.h"
#include "app/meetings/workspace/sound_copy.h"
#include "app/meetings/workspace/workspace.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace phial::meetings {
namespace {

/// Lengths of the same sound in two formats differ by less: encoders pad, and round what they say.
constexpr double kSameLength = 2;

} // namespace

MeetingEntry Workspace::import(const std::filesystem::path& file, const std::string& createdUtc,
                               double from, double to, std::optional<double> seconds) {
    // Opening refuses what is no sound, before anything is made; 0 = the file does not say.
    const double all = seconds ? *seconds : documents::openAudioFile(file)->info().seconds;
    std::string title = file.stem().string();
    if (to > from) {
        to = all > 0 ? std::min(to, all) : to;
        if (to <= from) {
            throw Error(ErrorCode::InvalidArgument, file.string() + " is only " + clockText(all) +
                                                        " long; there is nothing from " +
                                                        clockText(from) + " on.");
        }
        title += " (" + clockText(from) + "–" + clockText(to) + ")";
    }
    MeetingEntry meeting = m_store.create(title, createdUtc);
    meeting.meta.audio = {std::filesystem::absolute(file).string()};
    meeting.meta.seconds = all;
    if (to > from) {
        meeting.meta.fromSeconds = from;
        meeting.meta.toSeconds = to;
        meeting.meta.seconds = to - from;
    }
    m_store.saveMeta(meeting);
    return meeting;
}

std::optional<MeetingEntry> Workspace::importedFrom(const std::filesystem::path& file) const {
    const std::string path = std::filesystem::absolute(file).string();
    for (MeetingEntry& meeting : m_store.list()) {
        const MeetingMeta& meta = meeting.meta;
        if (!meta.isPart() && (meta.outsideFile() == path || meta.source == path)) {
            return std::move(meeting);
        }
    }
    return std::nullopt;
}

std::optional<MeetingEntry> Workspace::wantCopy(const std::string& meeting, bool wanted) {
    MeetingEntry entry = entryOf(meeting);
    if (entry.meta.outsideFile().empty()) {
        return std::nullopt;
    }
    if (entry.meta.copyWanted != wanted) {
        entry.meta.copyWanted = wanted;
        m_store.saveMeta(entry);
    }
    return entry;
}

MeetingEntry Workspace::takeCopy(const std::string& meeting, const std::string& copy) {
    MeetingEntry entry = entryOf(meeting);
    const std::string file = entry.meta.outsideFile();
    if (!file.empty()) {
        entry.meta.source = file;
        entry.meta.audio = {copy};
        entry.meta.copyWanted = false;
        m_store.saveMeta(entry);
    }
    return entry;
}

MeetingEntry Workspace::locateSound(const std::string& meeting, const std::filesystem::path& file) {
    MeetingEntry entry = entryOf(meeting);
    MeetingMeta& meta = entry.meta;
    const double length = documents::openAudioFile(file)->info().seconds; // 0 = it does not say
    const bool fits = meta.isPart() ? length >= meta.toSeconds - kSameLength
                                    : std::abs(length - meta.seconds) <= kSameLength;
    if (length > 0 && meta.seconds > 0 && !fits) {
        throw Error(ErrorCode::InvalidArgument,
                    file.string() + " is " + clockText(length) + " long, but the sound of \"" +
                        meta.title + "\" " + clockText(std::max(meta.seconds, meta.toSeconds)) +
                        "; choose the file that it was made from.");
    }
    meta.audio = {std::filesystem::absolute(file).string()};
    meta.source.clear();
    m_store.saveMeta(entry);
    return entry;
}

} // namespace phial::meetings
