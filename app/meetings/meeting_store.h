// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/transcript.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phial::meetings {

/// meta.json of a meeting. Paths are relative to the meeting's folder, so that it can be moved to
/// another computer.
struct MeetingMeta {
    std::string id; ///< 8 hexadecimal digits
    std::string title;
    std::string createdUtc; ///< "2026-11-21T05:20:00Z"
    double seconds = 0;
    std::string language;           ///< spoken, English name; empty = any
    std::vector<std::string> audio; ///< sound files, in order; an imported file that stays where it
                                    ///< is has an absolute path
    std::string source;             ///< where the sound was imported from, when `audio` is a copy
    bool copyWanted = false;        ///< of the imported file; not made yet
    double fromSeconds = 0;         ///< the part of its only, imported sound file that the meeting
    double toSeconds = 0;           ///< is about; its times begin there. Equal = all of it
    bool recovered = false;         ///< the recording was interrupted
    /// Who is on which channel of the sound ("Me", "Others"); empty = all channels are mixed.
    std::vector<std::string> channels;

    bool isPart() const { return toSeconds > fromSeconds; }

    /// Its sound file is longer than the meeting. A copy holds the part alone.
    bool isCutWhenRead() const { return isPart() && source.empty(); }

    /// The only sound file, where it lies outside the meeting's folder; else empty.
    std::string outsideFile() const;

    bool operator==(const MeetingMeta&) const = default;
};

struct MeetingEntry {
    std::filesystem::path folder;
    MeetingMeta meta;
};

/// The meetings on the disk: one self-contained folder each, plain files that are the only truth.
/// A meeting's folder: meta.json, audio.wav or imported.*, journal.jsonl, transcript.json,
/// transcript.rev/, notes.md, summary-NAME.md. All writes are atomic. Functions throw
/// Error{FileUnreadable}, Error{FileUnwritable} or Error{DiskFull}. No state besides the root: any
/// thread, but two writers of one meeting must not overlap.
class MeetingStore {
public:
    /// `root` need not exist yet. `elsewhere`: the recorder's fallback folder, where sound of a
    /// meeting lies in a folder of the meeting's name; empty = there is none.
    explicit MeetingStore(std::filesystem::path root, std::filesystem::path elsewhere = {});

    const std::filesystem::path& root() const { return m_root; }

    /// Makes the folder "DATE-SLUG-ID" with its meta.json. Never reuses an existing folder.
    MeetingEntry create(const std::string& title, const std::string& createdUtc);

    /// All meetings, newest first. A folder without a readable meta.json is listed all the same,
    /// with what its name and files tell: nothing disappears because of one damaged file.
    std::vector<MeetingEntry> list() const;

    MeetingMeta readMeta(const std::filesystem::path& folder) const;
    void saveMeta(const MeetingEntry& meeting) const;

    std::optional<Transcript> readTranscript(const std::filesystem::path& folder) const;
    void saveTranscript(const std::filesystem::path& folder, const Transcript& transcript) const;

    /// Keeps the present transcript in transcript.rev/ before all of it is made anew. Returns its
    /// path; empty when there is none.
    std::filesystem::path keepRevision(const std::filesystem::path& folder) const;
    std::vector<std::filesystem::path> revisions(const std::filesystem::path& folder) const;

    std::string readNotes(const std::filesystem::path& folder) const;
    void saveNotes(const std::filesystem::path& folder, const std::string& markdown) const;

    /// Markdown of the summaries, one for each template.
    std::vector<std::filesystem::path> summaries(const std::filesystem::path& folder) const;

    /// Moves a meeting to the trash and returns where it is now. Nothing is deleted.
    std::filesystem::path moveToTrash(const std::filesystem::path& folder) const;

    /// Newest deletion first.
    std::vector<MeetingEntry> trash() const;

    /// Brings a meeting back, under another folder name when the old one is taken.
    std::filesystem::path restore(const std::filesystem::path& trashed) const;

    /// Deletes for good, with the sound that was recorded elsewhere; imported files stay. Refuses
    /// (Error{InvalidArgument}) what does not lie in the trash.
    void deleteForever(const std::filesystem::path& trashed) const;

    /// Deletes for good what was put into the trash longer ago than `age`; returns how many.
    int emptyTrash(std::chrono::hours age) const;

private:
    std::filesystem::path trashFolder() const;
    void deleteSoundElsewhere(const std::filesystem::path& trashed) const;
    std::vector<MeetingEntry> listIn(const std::filesystem::path& folder) const;

    std::filesystem::path m_root;
    std::filesystem::path m_elsewhere;
};

/// Lower-case ASCII letters, digits and single hyphens, at most 40 characters; "meeting" when
/// nothing of a title remains.
std::string slugOf(std::string_view title);

} // namespace phial::meetings
