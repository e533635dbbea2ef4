// SPDX-License-Identifier: MIT
#include "app/meetings/workspace/meeting_sound.h"

#include "app/documents/audio_file_reader.h"
#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace phial::meetings {
namespace {

/// A stretch of a sound file, as if it were all of it.
class StretchReader final : public documents::AudioFileReader {
public:
    StretchReader(std::unique_ptr<documents::AudioFileReader> file, double from, double to)
        : m_file(std::move(file))
        , m_info(m_file->info())
        , m_from(std::llround(from * m_info.sampleRateHz))
        , m_to(std::llround(to * m_info.sampleRateHz)) {
        m_info.seconds = to - from;
        try {
            m_file->seek(m_from);
            m_next = m_from;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::BadMedia) {
                throw;
            } // it can only be read from its beginning: read() leaves out what is before
        }
    }

    const documents::AudioFileInfo& info() const override { return m_info; }

    bool read(std::vector<float>& block) override {
        while (m_next < m_to && m_file->read(block)) {
            const auto frames = static_cast<std::int64_t>(block.size()) / m_info.channels;
            const std::int64_t first = std::clamp<std::int64_t>(m_from - m_next, 0, frames);
            const std::int64_t last = std::clamp<std::int64_t>(m_to - m_next, 0, frames);
            m_next += frames;
            if (first < last) {
                block.erase(block.begin() + last * m_info.channels, block.end());
                block.erase(block.begin(), block.begin() + first * m_info.channels);
                return true;
            }
        }
        return false;
    }

    void seek(std::int64_t frame) override {
        m_next = std::min(m_from + frame, m_to);
        m_file->seek(m_next);
    }

    const std::string& note() const override { return m_file->note(); }

private:
    std::unique_ptr<documents::AudioFileReader> m_file;
    documents::AudioFileInfo m_info;
    std::int64_t m_from; ///< frames of the file
    std::int64_t m_to;
    std::int64_t m_next = 0; ///< where the file is read next
};

/// Opens a sound file of a meeting, or the part of it that the meeting is about.
std::unique_ptr<documents::AudioFileReader>
opened(const MeetingMeta& meta, const std::filesystem::path& file, const std::stop_token& stop) {
    auto reader = documents::openAudioFile(file, stop);
    return meta.isCutWhenRead() ? std::make_unique<StretchReader>(std::move(reader),
                                                                  meta.fromSeconds, meta.toSeconds)
                                : std::move(reader);
}

/// Reads the files of a meeting in order.
class Parts {
public:
    Parts(const MeetingEntry& meeting, std::stop_token stop)
        : m_stop(std::move(stop))
        , m_meta(meeting.meta) {
        for (const std::string& name : meeting.meta.audio) {
            m_files.push_back(meeting.folder / name); // an absolute name replaces the folder
        }
        if (m_files.empty()) {
            throw Error(ErrorCode::FileUnreadable,
                        "The meeting in " + meeting.folder.string() + " has no sound.");
        }
        m_reader = opened(m_meta, m_files[0], m_stop);
        m_form = m_reader->info();
    }

    const documents::AudioFileInfo& form() const { return m_form; }

    const std::string& note() const { return m_note; }

    bool read(std::vector<float>& block) {
        while (m_reader != nullptr) {
            if (m_reader->read(block)) {
                return true;
            }
            m_note += (m_note.empty() || m_reader->note().empty() ? "" : " ") + m_reader->note();
            m_reader.reset();
            if (++m_next < m_files.size()) {
                open(m_files[m_next]);
            }
        }
        return false;
    }

private:
    void open(const std::filesystem::path& file) {
        m_reader = opened(m_meta, file, m_stop);
        const documents::AudioFileInfo& info = m_reader->info();
        if (info.sampleRateHz != m_form.sampleRateHz || info.channels != m_form.channels) {
            throw Error(ErrorCode::BadMedia,
                        file.string() + " has " + std::to_string(info.sampleRateHz) +
                            " Hz, but the part before has " + std::to_string(m_form.sampleRateHz) +
                            " Hz; import it as a meeting of its own.");
        }
    }

    std::stop_token m_stop;
    MeetingMeta m_meta;
    std::vector<std::filesystem::path> m_files;
    std::unique_ptr<documents::AudioFileReader> m_reader;
    documents::AudioFileInfo m_form;
    std::size_t m_next = 0;
    std::string m_note;
};

/// All files of a meeting as one, from any place on.
class Reader final : public audio::SoundReader {
public:
    explicit Reader(const MeetingEntry& meeting)
        : m_meta(meeting.meta) {
        for (const std::string& name : meeting.meta.audio) {
            m_files.push_back(meeting.folder / name);
        }
        if (m_files.empty()) {
            throw Error(ErrorCode::FileUnreadable,
                        "The meeting in " + meeting.folder.string() + " has no sound.");
        }
        m_reader = opened(m_meta, m_files[0], {});
        m_form = m_reader->info();
        m_starts.assign(1, 0);
    }

    int rateHz() const override { return m_form.sampleRateHz; }

    int channels() const override { return m_form.channels; }

    void seek(std::int64_t frame) override {
        std::size_t part = 0;
        while (part + 1 < m_files.size() && startOf(part + 1) <= frame) {
            ++part;
        }
        openPart(part);
        m_reader->seek(frame - m_starts[part]);
    }

    bool read(std::vector<float>& block) override {
        while (!m_reader->read(block)) {
            if (m_part + 1 >= m_files.size()) {
                return false;
            }
            openPart(m_part + 1);
            m_reader->seek(0);
        }
        return true;
    }

private:
    std::int64_t startOf(std::size_t part) {
        while (m_starts.size() <= part) {
            openPart(m_starts.size() - 1);
            m_starts.push_back(m_starts.back() +
                               std::llround(m_reader->info().seconds * m_form.sampleRateHz));
        }
        return m_starts[part];
    }

    void openPart(std::size_t part) {
        if (part != m_part) {
            m_reader = opened(m_meta, m_files[part], {});
            m_part = part;
        }
    }

    MeetingMeta m_meta;
    std::vector<std::filesystem::path> m_files;
    std::vector<std::int64_t> m_starts; ///< frames; of the first files, as far as known
    std::unique_ptr<documents::AudioFileReader> m_reader;
    documents::AudioFileInfo m_form;
    std::size_t m_part = 0;
};

} // namespace

std::unique_ptr<audio::SoundReader> readerOf(const MeetingEntry& meeting) {
    return std::make_unique<Reader>(meeting);
}

tasks::SoundSource soundOf(const MeetingEntry& meeting, const std::stop_token& stop) {
    // Shared because a std::function must be copyable.
    const auto parts = std::make_shared<Parts>(meeting, stop);
    tasks::SoundSource sound;
    sound.sampleRateHz = parts->form().sampleRateHz;
    sound.channels = parts->form().channels;
    sound.seconds = meeting.meta.seconds > 0 ? meeting.meta.seconds : parts->form().seconds;
    sound.next = [parts](std::vector<float>& block) { return parts->read(block); };
    sound.note = [parts] { return parts->note(); };
    return sound;
}

} // namespace phial::meetings
