// SPDX-License-Identifier: MIT
// What becomes of a recording in the library: begun, ended, recovered.
#include "app/meetings/workspace/workspace.h"
#include "inference/base/error.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace phial::meetings {
namespace {

/// Takes over the parts of a recording; those outside the folder by their absolute names.
void setSound(MeetingEntry& meeting, const std::vector<recorder::RecordingPart>& parts) {
    meeting.meta.audio.clear();
    meeting.meta.seconds = 0;
    for (const recorder::RecordingPart& part : parts) {
        const bool inside = part.file.parent_path() == meeting.folder;
        meeting.meta.audio.push_back(inside ? part.file.filename().string() : part.file.string());
        meeting.meta.seconds += static_cast<double>(part.frames) / part.format.rateHz;
    }
    // The recorder makes two channels only of two devices: microphone and loudspeakers.
    if (!parts.empty() && parts[0].format.channels == 2) {
        meeting.meta.channels = {"Me", "Others"};
    }
}

} // namespace

recorder::RecorderOptions Workspace::beginRecording(const std::string& title,
                                                    const std::string& startedUtc,
                                                    const std::string& device) {
    const MeetingEntry meeting = m_store.create(title, startedUtc);
    return {.folder = meeting.folder,
            .fallbackRoot = {},
            .startedUtc = startedUtc,
            .device = device,
            .secondDevice = {}};
}

EndedRecording Workspace::endRecording(const recorder::FinishedRecording& recording) {
    const std::string name = recording.folder.filename().string();
    const std::filesystem::path folder = m_store.root() / name;
    EndedRecording ended{.meeting = {.folder = folder, .meta = m_store.readMeta(folder)},
                         .problem = {}};
    setSound(ended.meeting, recording.parts);
    try {
        entryFor(name); // makes the folder anew when it vanished meanwhile
        m_store.saveMeta(ended.meeting);
        update(name, [](Transcript&) { return false; });
    } catch (const Error& error) {
        ended.problem = error.what();
    }
    return ended;
}

std::vector<recorder::RecordingPart>
Workspace::partsOf(recorder::RecordingFiles& files, const recorder::Journal& journal,
                   const std::filesystem::path& own, const std::filesystem::path& fallback) const {
    std::vector<recorder::RecordingPart> parts;
    for (const recorder::JournalEntry& entry : journal.entries) {
        if (entry.kind != recorder::EntryKind::Part) {
            continue;
        }
        const std::filesystem::path name = std::filesystem::path(entry.text).filename();
        for (const std::filesystem::path& folder : {fallback, own}) {
            std::error_code error;
            const auto file = files.open(folder / name, recorder::OpenMode::Existing, error);
            const auto state = file == nullptr ? std::nullopt : recorder::inspectWav(*file);
            if (state) {
                parts.push_back({.file = folder / name,
                                 .format = state->format,
                                 .frames = static_cast<std::int64_t>(state->frames())});
                break;
            }
        }
    }
    return parts;
}

std::vector<MeetingEntry> Workspace::recoverAll(recorder::RecordingFiles& files,
                                                const std::filesystem::path& fallbackRoot) {
    std::vector<recorder::RecoveredRecording> found =
        recorder::recoverRecordings(files, m_store.root());
    if (!fallbackRoot.empty()) {
        for (recorder::RecoveredRecording& one : recorder::recoverRecordings(files, fallbackRoot)) {
            found.push_back(std::move(one));
        }
    }
    const auto more = untold(files, fallbackRoot);
    std::copy_if(more.begin(), more.end(), std::back_inserter(found), [&](const auto& one) {
        return std::none_of(found.begin(), found.end(), [&](const auto& other) {
            return other.folder.filename() == one.folder.filename();
        });
    });
    std::vector<MeetingEntry> all;
    for (const recorder::RecoveredRecording& one : found) {
        try {
            MeetingEntry meeting = entryFor(one.folder.filename().string());
            setSound(meeting, partsOf(files, one.journal, meeting.folder, one.folder));
            const auto& lines = one.journal.entries;
            meeting.meta.recovered = std::any_of(lines.begin(), lines.end(), [](const auto& line) {
                return line.kind == recorder::EntryKind::Recovered;
            });
            if (meeting.meta.seconds == 0 && !meeting.meta.recovered) {
                continue; // ended before the first sound: there is nothing to tell
            }
            all.push_back(meeting);
            m_store.saveMeta(meeting);
        } catch (const Error&) {
            continue; // the sound is there, and the next start tries again
        }
    }
    return all;
}

std::vector<recorder::RecoveredRecording>
Workspace::untold(recorder::RecordingFiles& files, const std::filesystem::path& fallbackRoot) {
    std::vector<recorder::RecoveredRecording> found;
    // The journal in the fallback folder is the longer one, so it comes first.
    for (const std::filesystem::path& root : {fallbackRoot, m_store.root()}) {
        for (const std::filesystem::path& folder : files.subfolders(root)) {
            const std::filesystem::path meeting = m_store.root() / folder.filename();
            const bool known = std::any_of(found.begin(), found.end(), [&](const auto& one) {
                return one.folder.filename() == folder.filename();
            });
            std::error_code ignored; // one that was deleted does not come back
            if (known || !std::filesystem::is_directory(meeting, ignored)) {
                continue;
            }
            if (const MeetingMeta meta = m_store.readMeta(meeting);
                meta.seconds > 0 || meta.recovered) {
                continue;
            }
            if (std::optional<recorder::Journal> journal =
                    recorder::endedRecording(files, folder)) {
                found.push_back(
                    {.folder = folder, .parts = {}, .journal = std::move(*journal), .problem = {}});
            }
        }
    }
    return found;
}

} // namespace phial::meetings
