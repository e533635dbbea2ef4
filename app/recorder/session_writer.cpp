// SPDX-License-Identifier: MIT
#include "app/recorder/session_writer.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <utility>

namespace phial::recorder {
namespace {

constexpr std::size_t kSalvageBytes = std::size_t{4} << 20U; ///< a step takes a few milliseconds

std::string fileNameOfPart(std::size_t part) {
    return part == 0 ? "audio.wav" : "audio-" + std::to_string(part + 1) + ".wav";
}

std::int16_t toPcm(float sample) {
    // NaN compares false both ways and would be undefined to convert.
    const float scaled = std::isfinite(sample) ? sample * 32768.0F : 0.0F;
    return static_cast<std::int16_t>(std::lrint(std::clamp(scaled, -32768.0F, 32767.0F)));
}

bool isFull(std::error_code error) {
    return error == std::errc::no_space_on_device || error.value() == EDQUOT;
}

} // namespace

SessionWriter::SessionWriter(RecordingFiles& files, WriterOptions options, TimePoint now,
                             OnDisk onDisk)
    : m_files(files)
    , m_options(std::move(options))
    , m_onDisk(std::move(onDisk))
    , m_lastWrite(now)
    , m_lastSync(now)
    , m_lastLook(now) {
    m_history.push_back({.kind = EntryKind::Start, .text = m_options.startedUtc});
    m_history.push_back({.kind = EntryKind::Device, .text = m_options.device});
    if (const std::error_code error = openFolder(m_options.folder)) {
        if (!moveTo(m_options.fallbackRoot, error.message())) {
            throw Error(isFull(error) ? ErrorCode::DiskFull : ErrorCode::FileUnwritable,
                        "Cannot record into " + m_options.folder.string() + ": " + error.message() +
                            "; choose another folder for recordings.");
        }
    }
    watchDisk();
    if (!m_open) {
        throw Error(ErrorCode::DiskFull,
                    "The disk of " + m_options.folder.string() + " has less than " +
                        std::to_string(kStopAtFreeBytes / 1'000'000) +
                        " MB left; free some room or choose another folder for recordings.");
    }
}

SessionWriter::~SessionWriter() {
    if (m_open) {
        finish("closed");
    }
}

std::error_code SessionWriter::openFolder(const std::filesystem::path& folder) {
    if (const std::error_code error = m_files.makeFolder(folder)) {
        return error;
    }
    std::error_code error;
    std::unique_ptr<RecordingFile> journal =
        m_files.open(folder / "journal.jsonl", OpenMode::Create, error);
    if (journal == nullptr) {
        return error;
    }
    journal->lock(); // tells a second Phial that this recording is not a wreck to be repaired
    std::string lines;
    for (const JournalEntry& entry : m_history) {
        lines += journalLine(entry);
    }
    if (const WriteResult wrote = journal->append(std::as_bytes(std::span(lines))); wrote.error) {
        return wrote.error;
    }
    std::swap(m_journal, journal);
    const std::filesystem::path before = std::exchange(m_folder, folder);
    error = openPart(folder);
    if (error) {
        std::swap(m_journal, journal);
        m_folder = before;
    }
    return error;
}

std::error_code SessionWriter::openPart(const std::filesystem::path& folder) {
    const std::string name = fileNameOfPart(m_parts.size());
    std::error_code error;
    std::unique_ptr<RecordingFile> sound = m_files.open(folder / name, OpenMode::Create, error);
    if (sound == nullptr) {
        return error;
    }
    const auto header = wavHeader(m_options.format, 0);
    if (const WriteResult wrote = sound->append(header); wrote.error) {
        return wrote.error;
    }
    m_sound = std::move(sound);
    m_dataBytes = 0;
    m_parts.push_back({.file = folder / name, .format = m_options.format});
    const JournalEntry part{.kind = EntryKind::Part,
                            .part = static_cast<int>(m_parts.size()) - 1,
                            .rateHz = m_options.format.rateHz,
                            .channels = m_options.format.channels,
                            .text = name};
    m_history.push_back(part);
    writeJournal(part);
    // Both must be on the disk before the first sound is, or a power cut leaves sound without form.
    m_sound->sync();
    m_journal->sync();
    return {};
}

void SessionWriter::add(std::span<const float> interleaved) {
    if (!m_open) {
        return;
    }
    const std::size_t before = m_pending.size();
    m_pending.resize(before + interleaved.size());
    std::transform(interleaved.begin(), interleaved.end(),
                   m_pending.begin() + static_cast<std::ptrdiff_t>(before), toPcm);
}

std::int64_t SessionWriter::frameInPart() const {
    const auto channels = static_cast<std::size_t>(m_options.format.channels);
    return static_cast<std::int64_t>(m_dataBytes / m_options.format.bytesPerFrame() +
                                     m_pending.size() / channels);
}

void SessionWriter::note(JournalEntry entry) {
    if (!m_open) {
        return;
    }
    entry.part = static_cast<int>(m_parts.size()) - 1;
    entry.frame = frameInPart();
    m_history.push_back(entry);
    writeJournal(entry);
}

void SessionWriter::writeJournal(const JournalEntry& entry) {
    // A line that cannot be written is not lost: m_history brings it to the fallback folder, to
    // which the failing sound file leads within moments.
    const std::string line = journalLine(entry);
    if (m_journal != nullptr) {
        m_journal->append(std::as_bytes(std::span(line)));
    }
}

void SessionWriter::tick(TimePoint now) {
    if (!m_open) {
        return;
    }
    if (now - m_lastWrite >= kWriteEvery) {
        m_lastWrite = now;
        flush();
        stepSalvage();
    }
    if (m_open && now - m_lastSync >= kSyncEvery) {
        m_lastSync = now;
        patchHeader();
        if (const std::error_code error = m_sound->sync()) {
            handleFailure(error);
        } else {
            m_journal->sync();
        }
    }
    if (m_open && now - m_lastLook >= kLookAtDiskEvery) {
        m_lastLook = now;
        watchDisk();
    }
}

void SessionWriter::flush() {
    // Every failure either opens a new file or ends the recording, so this ends.
    while (m_open && !m_pending.empty()) {
        const WriteResult wrote = m_sound->append(std::as_bytes(std::span(m_pending)));
        const std::uint64_t frame = m_options.format.bytesPerFrame();
        const std::uint64_t whole = wrote.written / frame * frame;
        m_dataBytes += whole;
        m_pending.erase(m_pending.begin(),
                        m_pending.begin() + static_cast<std::ptrdiff_t>(whole / 2));
        if (wrote.error) {
            if (whole != wrote.written) {
                m_sound->truncate(kWavHeaderBytes + m_dataBytes);
            }
            handleFailure(wrote.error);
        }
    }
}

void SessionWriter::patchHeader() {
    // A header that cannot be patched is repaired from the length at the next start.
    m_sound->writeAt(0, wavHeader(m_options.format, m_dataBytes));
}

void SessionWriter::closePart() {
    if (m_sound == nullptr) {
        return;
    }
    patchHeader();
    m_sound->sync();
    m_parts.back().frames =
        static_cast<std::int64_t>(m_dataBytes / m_options.format.bytesPerFrame());
    m_sound.reset();
    m_dataBytes = 0;
}

void SessionWriter::handleFailure(std::error_code error) {
    if (error == std::errc::file_too_large) {
        // A file system with small files (FAT): the disk is well, only this file is full.
        closePart();
        if (!openPart(m_folder)) {
            return;
        }
    }
    if (!moveTo(m_options.fallbackRoot, error.message())) {
        end(error.message());
    }
}

bool SessionWriter::moveTo(const std::filesystem::path& root, const std::string& why) {
    if (root.empty() || m_usingFallback) {
        return false;
    }
    m_usingFallback = true;
    const std::filesystem::path folder = root / m_options.folder.filename();
    const std::filesystem::path before = m_folder;
    m_files.makeFolder(root);
    if (const auto free = m_files.freeBytes(root); free && *free < kStopAtFreeBytes) {
        return false;
    }
    if (m_journal != nullptr) {
        writeJournal({.kind = EntryKind::Moved, .text = folder.string()});
        writeJournal({.kind = EntryKind::End, .text = "moved: " + why});
        m_journal->sync();
    }
    closePart();
    if (openFolder(folder)) {
        return false;
    }
    if (m_onDisk) {
        m_onDisk(DiskEvent::Moved, "Recording goes on in " + folder.string() + " because " +
                                       m_options.folder.string() + " cannot be written: " + why +
                                       ".");
    }
    return true;
}

void SessionWriter::stepSalvage() {
    for (Salvage& salvage : m_salvage) {
        std::vector<std::byte> block(
            std::min<std::uint64_t>(kSalvageBytes, salvage.size - salvage.offset));
        const std::size_t count = salvage.from->readAt(salvage.offset, block);
        const WriteResult wrote = salvage.to->append(std::span(block).first(count));
        salvage.offset += wrote.written;
        if (count < block.size() || wrote.error) {
            salvage.size = salvage.offset;
        }
        if (salvage.offset == salvage.size) {
            repairWav(*salvage.to, m_options.format);
        }
    }
    std::erase_if(m_salvage, [](const Salvage& s) { return s.offset == s.size; });
}

void SessionWriter::watchDisk() {
    if (!m_sound->isStillAt(m_parts.back().file)) {
        // What was recorded lives on in the open file; it is copied while the recording goes on.
        std::unique_ptr<RecordingFile> lost = std::move(m_sound);
        const std::size_t part = m_parts.size() - 1;
        const std::uint64_t size = kWavHeaderBytes + m_dataBytes;
        m_parts.back().frames =
            static_cast<std::int64_t>(m_dataBytes / m_options.format.bytesPerFrame());
        lost->writeAt(0, wavHeader(m_options.format, m_dataBytes));
        if (!moveTo(m_options.fallbackRoot, "it is gone")) {
            m_sound = std::move(lost);
            end("the folder is gone");
            return;
        }
        std::error_code error;
        const std::filesystem::path copy = m_folder / fileNameOfPart(part);
        if (auto to = m_files.open(copy, OpenMode::Create, error)) {
            m_parts[part].file = copy;
            m_salvage.push_back({.from = std::move(lost), .to = std::move(to), .size = size});
        }
        return;
    }
    const std::optional<std::uint64_t> free = m_files.freeBytes(m_folder);
    if (!free) {
        return;
    }
    const std::uint64_t usable = *free > kStopAtFreeBytes ? *free - kStopAtFreeBytes : 0;
    m_secondsLeft =
        static_cast<double>(usable) / static_cast<double>(m_options.format.bytesPerSecond());
    if (usable == 0) {
        flush();
        if (m_open && !moveTo(m_options.fallbackRoot, "its disk is nearly full")) {
            end("disk nearly full");
        }
    } else if (m_secondsLeft < kWarnSecondsLeft && !m_warned) {
        m_warned = true;
        if (m_onDisk) {
            m_onDisk(DiskEvent::LittleLeft,
                     "The disk has room for about " +
                         std::to_string(static_cast<int>(m_secondsLeft / 60)) +
                         " more minutes of recording.");
        }
    }
}

void SessionWriter::changeFormat(const SoundFormat& format) {
    flush();
    if (!m_open || format == m_options.format) {
        return;
    }
    closePart();
    m_options.format = format;
    if (const std::error_code error = openPart(m_folder)) {
        handleFailure(error);
    }
}

void SessionWriter::end(const std::string& reason) {
    m_open = false;
    m_pending.clear();
    const JournalEntry last{.kind = EntryKind::End,
                            .part = static_cast<int>(m_parts.size()) - 1,
                            .frame = frameInPart(),
                            .text = reason};
    closePart();
    while (!m_salvage.empty()) {
        stepSalvage();
    }
    writeJournal(last);
    if (m_journal != nullptr) {
        m_journal->sync();
    }
    m_journal.reset();
    if (m_onDisk) {
        m_onDisk(DiskEvent::Ended, "The recording ended (" + reason +
                                       "). Everything up to then is in " + m_folder.string() + ".");
    }
}

void SessionWriter::finish(const std::string& reason) {
    flush();
    if (!m_open) {
        return;
    }
    m_onDisk = nullptr; // an end that was asked for is no trouble
    end(reason);
}

std::vector<RecordingPart> SessionWriter::parts() const {
    std::vector<RecordingPart> parts = m_parts;
    if (m_sound != nullptr) {
        parts.back().frames = frameInPart();
    }
    return parts;
}

double SessionWriter::recordedSeconds() const {
    double seconds = 0;
    for (const RecordingPart& part : parts()) {
        seconds += static_cast<double>(part.frames) / part.format.rateHz;
    }
    return seconds;
}

} // namespace phial::recorder
