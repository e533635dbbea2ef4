// SPDX-License-Identifier: MIT
#include "app/recorder/recovery.h"

#include <algorithm>
#include <utility>

namespace phial::recorder {
namespace {

/// A journal of a day with a bookmark every second stays far below this; a larger one is no
/// journal.
constexpr std::uint64_t kLargestJournal = 64U << 20U;

std::string readAll(RecordingFile& file) {
    std::string text(std::min(file.size(), kLargestJournal), '\0');
    text.resize(file.readAt(0, std::as_writable_bytes(std::span(text))));
    return text;
}

} // namespace

std::optional<RecoveredRecording> recoverRecording(RecordingFiles& files,
                                                   const std::filesystem::path& folder) {
    std::error_code error;
    const std::unique_ptr<RecordingFile> file =
        files.open(folder / "journal.jsonl", OpenMode::Existing, error);
    if (file == nullptr || !file->lock()) {
        return std::nullopt;
    }
    const std::string text = readAll(*file);
    RecoveredRecording found{.folder = folder, .journal = parseJournal(text)};
    if (hasEnd(found.journal)) {
        return std::nullopt;
    }
    std::int64_t frames = 0;
    for (const JournalEntry& entry : found.journal.entries) {
        if (entry.kind != EntryKind::Part) {
            continue;
        }
        // The name comes from a file; it must not lead out of the folder.
        const std::filesystem::path name = std::filesystem::path(entry.text).filename();
        const std::unique_ptr<RecordingFile> sound =
            files.open(folder / name, OpenMode::Existing, error);
        if (sound == nullptr) {
            continue; // it stayed in the folder that the recording was moved from
        }
        const SoundFormat expected{.rateHz = entry.rateHz, .channels = entry.channels};
        const std::optional<WavState> state = repairWav(*sound, expected);
        if (!state) {
            found.problem = (folder / name).string() + " cannot be repaired; it was left as it is.";
            continue;
        }
        const auto held = static_cast<std::int64_t>(state->frames());
        frames += held;
        found.parts.push_back({.file = folder / name, .format = state->format, .frames = held});
    }
    const JournalEntry note{.kind = EntryKind::Recovered,
                            .part = std::max(static_cast<int>(found.parts.size()) - 1, 0),
                            .frame = found.parts.empty() ? 0 : found.parts.back().frames,
                            .count = frames,
                            .text = found.problem};
    const std::string line = (text.empty() || text.back() == '\n' ? "" : "\n") + journalLine(note);
    file->append(std::as_bytes(std::span(line)));
    file->sync();
    found.journal.entries.push_back(note);
    return found;
}

std::optional<Journal> endedRecording(RecordingFiles& files, const std::filesystem::path& folder) {
    std::error_code error;
    const std::unique_ptr<RecordingFile> file =
        files.open(folder / "journal.jsonl", OpenMode::Existing, error);
    if (file == nullptr) {
        return std::nullopt;
    }
    Journal journal = parseJournal(readAll(*file));
    return hasEnd(journal) ? std::optional(std::move(journal)) : std::nullopt;
}

std::vector<RecoveredRecording> recoverRecordings(RecordingFiles& files,
                                                  const std::filesystem::path& root) {
    std::vector<RecoveredRecording> all;
    for (const std::filesystem::path& folder : files.subfolders(root)) {
        if (std::optional<RecoveredRecording> one = recoverRecording(files, folder)) {
            all.push_back(std::move(*one));
        }
    }
    return all;
}

} // namespace phial::recorder
