// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/journal.h"
#include "app/recorder/recording_files.h"
#include "app/recorder/wav_file.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace phial::recorder {

inline constexpr std::chrono::milliseconds kWriteEvery{100};
inline constexpr std::chrono::seconds kSyncEvery{2};
inline constexpr std::chrono::seconds kLookAtDiskEvery{5};
inline constexpr double kWarnSecondsLeft = 30 * 60;
inline constexpr std::uint64_t kStopAtFreeBytes = 200'000'000;

/// What befell the disk. None of them loses sound that was written.
enum class DiskEvent {
    LittleLeft, ///< room for less than 30 minutes
    Moved,      ///< could not go on where it was; goes on in the fallback folder
    Ended,      ///< could not go on anywhere; what was recorded is whole
};

struct WriterOptions {
    std::filesystem::path folder;       ///< of this recording; made here
    std::filesystem::path fallbackRoot; ///< a folder of the same name is made in it when `folder`
                                        ///< fails; empty = none
    SoundFormat format;
    std::string device;
    std::string startedUtc; ///< "2026-11-21T05:20:00Z"
};

/// A part of a recording: one sound file.
struct RecordingPart {
    std::filesystem::path file;
    SoundFormat format;
    std::int64_t frames = 0;
};

/// Brings sound to the disk so that whatever happens to this process or computer, all but the last
/// moments is there: written every 100 ms, on the disk every 2 s, with a header that fits. No
/// thread and no clock of its own: tick() is called a few times between two writes. Memory is
/// bounded. One thread.
class SessionWriter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using OnDisk = std::function<void(DiskEvent, const std::string& sentence)>;

    /// Makes the folder, the journal and the first sound file. `files` must outlive the writer.
    /// Throws Error{FileUnwritable} or Error{DiskFull} when neither folder can be used.
    SessionWriter(RecordingFiles& files, WriterOptions options, TimePoint now, OnDisk onDisk);
    ~SessionWriter();

    SessionWriter(const SessionWriter&) = delete;
    SessionWriter& operator=(const SessionWriter&) = delete;

    /// Takes sound, channels interleaved, in [-1, 1); louder is limited.
    void add(std::span<const float> interleaved);

    /// Notes something at the current position; `part` and `frame` are filled in.
    void note(JournalEntry entry);

    /// Writes, syncs and looks at the disk when it is time.
    void tick(TimePoint now);

    /// Brings what was added to the file at once, before something that may block.
    void flush();

    /// The microphone came back at another rate: a new part in the same folder.
    void changeFormat(const SoundFormat& format);

    /// Writes everything and closes. Nothing may be added afterwards.
    void finish(const std::string& reason);

    /// False after finish() or when the disk ended the recording.
    bool isOpen() const { return m_open; }

    /// All finished parts and the current one.
    std::vector<RecordingPart> parts() const;

    const std::filesystem::path& folder() const { return m_folder; }

    double recordedSeconds() const;

    /// How long the disk lasts; negative while unknown.
    double secondsLeft() const { return m_secondsLeft; }

private:
    /// Sound of a deleted folder that can still be read through the open file.
    struct Salvage {
        std::unique_ptr<RecordingFile> from;
        std::unique_ptr<RecordingFile> to;
        std::uint64_t offset = 0;
        std::uint64_t size = 0;
    };

    std::error_code openFolder(const std::filesystem::path& folder);
    std::error_code openPart(const std::filesystem::path& folder);
    void closePart();
    void patchHeader();
    void handleFailure(std::error_code error);
    bool moveTo(const std::filesystem::path& folder, const std::string& why);
    void writeJournal(const JournalEntry& entry);
    void stepSalvage();
    void watchDisk();
    void end(const std::string& reason);
    std::int64_t frameInPart() const;

    RecordingFiles& m_files;
    WriterOptions m_options;
    OnDisk m_onDisk;
    std::filesystem::path m_folder;
    std::unique_ptr<RecordingFile> m_journal;
    std::vector<JournalEntry> m_history; ///< repeated in the journal of a fallback folder
    std::unique_ptr<RecordingFile> m_sound;
    std::vector<Salvage> m_salvage;
    std::vector<RecordingPart> m_parts;
    std::vector<std::int16_t> m_pending;
    std::uint64_t m_dataBytes = 0; ///< of sound in the current file
    double m_secondsLeft = -1;
    TimePoint m_lastWrite;
    TimePoint m_lastSync;
    TimePoint m_lastLook;
    bool m_warned = false;
    bool m_usingFallback = false;
    bool m_open = true;
};

} // namespace phial::recorder
