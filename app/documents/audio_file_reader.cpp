// SPDX-License-Identifier: MIT
// Long because decoding, placing on the file's clock and jumping share one decoder's state.
#include "app/documents/audio_file_reader.h"

#include "app/documents/byte_source.h"
#include "app/documents/ffmpeg.h"
#include "app/documents/sample_timeline.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libswresample/swresample.h>
}

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <optional>
#include <utility>

namespace phial::documents {
namespace {

constexpr const char* kReadable =
    "Phial reads WAV, FLAC, MP3, AAC/M4A, Ogg, Opus and the sound of MP4, MKV and WebM videos.";
/// Sound between this much less than claimed and the claim is not worth a word: encoders round.
constexpr double kClaimTolerance = 0.5;
constexpr int kMostChannels = 64;
/// Decoding begins this much before a place that is jumped to: compressed formats need what came
/// before to be exact.
constexpr double kSeekLead = 0.3;

template <auto& Free>
struct FreeByAddress {
    template <typename T>
    void operator()(T* object) const {
        Free(&object);
    }
};

using Format = std::unique_ptr<AVFormatContext, FreeByAddress<avformat_close_input>>;
using Codec = std::unique_ptr<AVCodecContext, FreeByAddress<avcodec_free_context>>;
using Frame = std::unique_ptr<AVFrame, FreeByAddress<av_frame_free>>;
using Packet = std::unique_ptr<AVPacket, FreeByAddress<av_packet_free>>;
using Converter = std::unique_ptr<SwrContext, FreeByAddress<swr_free>>;

std::string inQuotes(const std::string& name) {
    return "\"" + name + "\"";
}

std::string reasonOf(int code) {
    std::array<char, AV_ERROR_MAX_STRING_SIZE> text{};
    av_strerror(code, text.data(), text.size());
    return text.data();
}

/// Length that a WAV header claims, or 0. FFmpeg goes by the size of the file instead and so never
/// misses the rest of a recording.
double claimedWavSeconds(AVIOContext* io) {
    std::array<unsigned char, 4096> head{};
    const int count = avio_read(io, head.data(), static_cast<int>(head.size()));
    avio_seek(io, 0, SEEK_SET);
    const auto number = [&head](std::size_t at) {
        return head[at] | head[at + 1] << 8U | head[at + 2] << 16U |
               static_cast<std::uint32_t>(head[at + 3]) << 24U;
    };
    const auto is = [&head](std::size_t at, const char* tag) {
        return std::memcmp(head.data() + at, tag, 4) == 0;
    };
    const auto end = static_cast<std::size_t>(std::max(count, 0));
    if (end < 12 || !is(0, "RIFF") || !is(8, "WAVE")) {
        return 0;
    }
    std::uint32_t bytesPerSecond = 0;
    for (std::size_t at = 12; at + 20 <= end;) {
        const std::uint32_t size = number(at + 4);
        if (is(at, "fmt ")) {
            bytesPerSecond = number(at + 16);
        } else if (is(at, "data")) {
            // Programs that cannot go back to the header write zero or a number near the largest.
            const bool known = size > 0 && size < 0x7FFF0000U && bytesPerSecond > 0;
            return known ? static_cast<double>(size) / bytesPerSecond : 0;
        }
        at += 8 + static_cast<std::size_t>(size) + size % 2;
    }
    return 0;
}

/// A container may name other files or network addresses. Phial never follows them.
int refuseToOpen(AVFormatContext* /*format*/, AVIOContext** /*io*/, const char* /*url*/,
                 int /*flags*/, AVDictionary** /*options*/) {
    return AVERROR(EACCES);
}

/// Decodes with FFmpeg's libraries (5.1 and later).
class FfmpegReader final : public AudioFileReader {
public:
    FfmpegReader(std::unique_ptr<ByteSource> source, std::string name, std::stop_token stop)
        : m_source(std::move(source))
        , m_name(std::move(name))
        , m_stop(std::move(stop)) {
        openContainer();
        openDecoder();
    }

    const AudioFileInfo& info() const override { return m_info; }

    const std::string& note() const override { return m_note; }

    bool read(std::vector<float>& block) override {
        if (!m_first.empty()) {
            block = std::exchange(m_first, {});
            return true;
        }
        return decodeNext(block);
    }

    void seek(std::int64_t frame) override {
        frame = std::max<std::int64_t>(frame, 0);
        const std::int64_t lead = std::llround(kSeekLead * m_info.sampleRateHz);
        m_seekTo = frame;
        m_first.clear();
        m_converter.reset();
        m_inputRate = 0;
        m_silence = 0;
        m_skip = 0;
        m_held = false;
        m_ended = false;
        if (frame <= lead) {
            // Encoders' run-in is only left out exactly when a file is read from its beginning.
            m_fromStart = true;
            m_jumped = false;
            m_frames = 0;
            m_timeline.reset();
            m_codec.reset();
            m_format.reset();
            avio_seek(m_source->context(), 0, SEEK_SET);
            openContainer();
            openDecoder();
            return;
        }
        const std::int64_t time = origin() + av_rescale_q(frame - lead, {1, m_info.sampleRateHz},
                                                          m_format->streams[m_stream]->time_base);
        // Some formats stamp no packet behind a jump, so there FFmpeg has to say where it is.
        m_format->flags &= ~AVFMT_FLAG_NOFILLIN;
        if (const int result = av_seek_frame(m_format.get(), m_stream, time, AVSEEK_FLAG_BACKWARD);
            result < 0) {
            throwIfStopped();
            fail("can only be played from its beginning (" + reasonOf(result) + ").");
        }
        avcodec_flush_buffers(m_codec.get());
        m_fromStart = false;
        m_jumped = true;
    }

private:
    /// Cuts off what lies before the place that was jumped to; `block` ends at the timeline's next.
    void skipTo(std::vector<float>& block) {
        const auto channels = static_cast<std::size_t>(m_info.channels);
        const auto frames = static_cast<std::int64_t>(block.size() / channels);
        const std::int64_t begin = m_timeline->next() - frames;
        const std::int64_t before = std::clamp<std::int64_t>(m_seekTo - begin, 0, frames);
        block.erase(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(before) *
                                                       static_cast<std::ptrdiff_t>(channels));
        if (!block.empty()) {
            m_seekTo = -1;
        }
    }

    bool decodeNext(std::vector<float>& block) {
        block.clear();
        while (block.empty() && !m_ended) {
            if (m_stop.stop_requested()) {
                throw Error(ErrorCode::Cancelled, "Reading " + inQuotes(m_name) + " was stopped.");
            }
            if (m_silence > 0) {
                giveSilence(block);
                continue;
            }
            if (std::exchange(m_held, false)) {
                convert(block);
                continue;
            }
            const int received = avcodec_receive_frame(m_codec.get(), m_frame.get());
            if (received == 0) {
                place(block);
            } else if (received == AVERROR(EAGAIN)) {
                feed();
            } else if (received == AVERROR_EOF) {
                drain(block);
                end();
            } else {
                ++m_damaged;
                feed();
            }
        }
        return !block.empty();
    }

    [[noreturn]] void fail(const std::string& why) const {
        throw Error(ErrorCode::BadMedia, "The file " + inQuotes(m_name) + " " + why);
    }

    void openContainer() {
        AVFormatContext* raw = avformat_alloc_context();
        if (raw == nullptr) {
            throw Error(ErrorCode::OutOfHostMemory,
                        "There is no memory left to open " + inQuotes(m_name) + ".");
        }
        raw->pb = m_source->context();
        const double wavSeconds = claimedWavSeconds(raw->pb);
        raw->io_open = &refuseToOpen;
        raw->interrupt_callback = {
            .callback =
                [](void* self) {
                    return static_cast<FfmpegReader*>(self)->m_stop.stop_requested() ? 1 : 0;
                },
            .opaque = this};
        AVDictionary* options = nullptr;
        av_dict_set(&options, "protocol_whitelist", "none", 0);
        // The name stays empty, so that no format can be guessed from an address. On failure `raw`
        // is freed.
        const int opened = avformat_open_input(&raw, "", nullptr, &options);
        av_dict_free(&options);
        if (opened < 0) {
            throwIfStopped();
            fail("is not a sound or video file that can be read (" + reasonOf(opened) + "). " +
                 kReadable);
        }
        m_format.reset(raw);
        m_info.seconds = wavSeconds;
        if (const int found = avformat_find_stream_info(raw, nullptr); found < 0) {
            throwIfStopped();
            fail("is damaged: its streams cannot be read (" + reasonOf(found) + ").");
        }
        // From here on stamps come from the file or not at all: those that FFmpeg makes up are
        // wrong behind a change of rate.
        raw->flags |= AVFMT_FLAG_NOFILLIN;
        m_stream = av_find_best_stream(raw, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
        if (m_stream < 0) {
            fail("has no sound track.");
        }
        for (unsigned i = 0; i < raw->nb_streams; ++i) {
            if (static_cast<int>(i) != m_stream) {
                raw->streams[i]->discard = AVDISCARD_ALL; // pictures of a video are not decoded
            }
        }
    }

    void openDecoder() {
        const AVStream* const stream = m_format->streams[m_stream];
        const AVCodecParameters* const parameters = stream->codecpar;
        m_info.codec = avcodec_get_name(parameters->codec_id);
        const AVCodec* const decoder = avcodec_find_decoder(parameters->codec_id);
        if (decoder == nullptr) {
            fail("has sound in a format that cannot be decoded (" + m_info.codec +
                 "; it may be copy-protected). " + kReadable);
        }
        m_codec.reset(avcodec_alloc_context3(decoder));
        m_frame.reset(av_frame_alloc());
        m_packet.reset(av_packet_alloc());
        if (m_codec == nullptr || m_frame == nullptr || m_packet == nullptr) {
            throw Error(ErrorCode::OutOfHostMemory,
                        "There is no memory left to open " + inQuotes(m_name) + ".");
        }
        m_codec->thread_count = 1;
        m_codec->pkt_timebase = stream->time_base;
        int result = avcodec_parameters_to_context(m_codec.get(), parameters);
        if (result >= 0) {
            result = avcodec_open2(m_codec.get(), decoder, nullptr);
        }
        if (result < 0) {
            fail("has sound that cannot be decoded (" + m_info.codec + ": " + reasonOf(result) +
                 "). " + kReadable);
        }
        m_info.sampleRateHz = m_codec->sample_rate;
        m_info.channels = m_codec->ch_layout.nb_channels;
        const bool measured = m_format->duration_estimation_method != AVFMT_DURATION_FROM_BITRATE;
        m_sureOfLength = m_info.seconds > 0 || measured;
        if (m_info.seconds == 0 && m_format->duration > 0) {
            m_info.seconds = static_cast<double>(m_format->duration) / AV_TIME_BASE;
        }
        // Some formats tell rate and channels only in the first frame; and a file without any must
        // fail here.
        decodeNext(m_first);
    }

    void throwIfStopped() const {
        if (m_stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "Reading " + inQuotes(m_name) + " was stopped.");
        }
    }

    void feed() {
        av_packet_unref(m_packet.get());
        const int got = av_read_frame(m_format.get(), m_packet.get());
        if (got < 0) {
            if (got != AVERROR_EOF && got != AVERROR_EXIT) {
                ++m_damaged;
            }
            avcodec_send_packet(m_codec.get(),
                                nullptr); // the decoder gives out what it still holds
            return;
        }
        if (m_packet->stream_index == m_stream &&
            avcodec_send_packet(m_codec.get(), m_packet.get()) < 0) {
            ++m_damaged;
        }
    }

    /// Finds out where a decoded frame belongs; one that belongs later is held until then.
    void place(std::vector<float>& block) {
        const AVFrame& frame = *m_frame;
        if (frame.sample_rate <= 0 || frame.ch_layout.nb_channels <= 0 || frame.nb_samples <= 0) {
            ++m_damaged;
            return;
        }
        if (!m_timeline) {
            m_info.sampleRateHz = frame.sample_rate;
            m_info.channels = frame.ch_layout.nb_channels;
            m_timeline.emplace(m_info.sampleRateHz, m_sureOfLength ? m_info.seconds : 0);
        }
        const bool stamped = frame.best_effort_timestamp != AV_NOPTS_VALUE;
        if (m_jumped && !stamped) {
            restartTimeline(m_seekTo);
        }
        if (stamped) {
            const AVRational rate{1, m_info.sampleRateHz};
            const AVRational clock = m_format->streams[m_stream]->time_base;
            const std::int64_t stamp =
                av_rescale_q(frame.best_effort_timestamp - origin(), clock, rate);
            if (m_jumped) {
                restartTimeline(stamp);
            }
            const Placement placement = m_timeline->place(
                stamp, av_rescale_q(frame.nb_samples, {1, frame.sample_rate}, rate));
            m_silence = placement.silence;
            m_skip = placement.skip;
        }
        if (m_silence > 0) {
            m_held = true;
        } else {
            convert(block);
        }
    }

    void restartTimeline(std::int64_t next) {
        m_timeline.emplace(m_info.sampleRateHz, m_sureOfLength ? m_info.seconds : 0);
        m_timeline->advance(next);
        m_jumped = false;
    }

    /// Time zero of the file on the clock of the sound track: the beginning of the earliest track.
    std::int64_t origin() const {
        const AVStream& stream = *m_format->streams[m_stream];
        if (m_format->start_time != AV_NOPTS_VALUE) {
            return av_rescale_q(m_format->start_time, {1, AV_TIME_BASE}, stream.time_base);
        }
        return stream.start_time == AV_NOPTS_VALUE ? 0 : stream.start_time;
    }

    /// At most a second at once: a hole may be hours long.
    void giveSilence(std::vector<float>& block) {
        const std::int64_t count = std::min<std::int64_t>(m_silence, m_info.sampleRateHz);
        block.assign(static_cast<std::size_t>(count) * static_cast<std::size_t>(m_info.channels),
                     0.0F);
        m_silence -= count;
        m_timeline->advance(count);
        if (m_seekTo >= 0) {
            skipTo(block);
        }
    }

    /// What the resampler still holds, when the rate changed in mid-file.
    void drain(std::vector<float>& block) {
        if (m_converter == nullptr || m_inputRate == m_info.sampleRateHz) {
            return;
        }
        constexpr int kRoom = 4096;
        const auto channels = static_cast<std::size_t>(m_info.channels);
        const std::size_t before = block.size();
        block.resize(before + kRoom * channels);
        auto* out = reinterpret_cast<std::uint8_t*>(block.data() + before);
        const int made = std::max(swr_convert(m_converter.get(), &out, kRoom, nullptr, 0), 0);
        block.resize(before + static_cast<std::size_t>(made) * channels);
        m_timeline->advance(made);
    }

    void convert(std::vector<float>& block) {
        const AVFrame& frame = *m_frame;
        if (frame.ch_layout.nb_channels > kMostChannels) {
            fail("has " + std::to_string(frame.ch_layout.nb_channels) +
                 " channels; at most 64 are possible.");
        }
        prepareConverter(frame, block);
        // A change of rate in mid-file makes more frames out of fewer.
        const int room = swr_get_out_samples(m_converter.get(), frame.nb_samples);
        if (room < 0) {
            ++m_damaged;
            return;
        }
        const auto channels = static_cast<std::size_t>(m_info.channels);
        const std::size_t before = block.size();
        block.resize(before + static_cast<std::size_t>(room) * channels);
        // swresample's generic sample pointer
        auto* out = reinterpret_cast<std::uint8_t*>(block.data() + before);
        const int made =
            swr_convert(m_converter.get(), &out, room,
                        const_cast<const std::uint8_t**>(frame.extended_data), frame.nb_samples);
        block.resize(before + static_cast<std::size_t>(std::max(made, 0)) * channels);
        const auto skip =
            std::min<std::size_t>(static_cast<std::size_t>(m_skip), block.size() / channels);
        block.erase(block.begin(), block.begin() + static_cast<std::ptrdiff_t>(skip * channels));
        m_skip -= static_cast<std::int64_t>(skip);
        m_timeline->advance(std::max(made, 0) - static_cast<std::int64_t>(skip));
        std::replace_if(
            block.begin(), block.end(), [](float sample) { return !std::isfinite(sample); }, 0.0F);
        m_frames += std::max(made, 0);
        if (m_seekTo >= 0) {
            skipTo(block);
        }
    }

    void prepareConverter(const AVFrame& frame, std::vector<float>& block) {
        const bool same = m_converter != nullptr && m_inputRate == frame.sample_rate &&
                          m_inputFormat == frame.format &&
                          m_inputChannels == frame.ch_layout.nb_channels;
        if (same) {
            return;
        }
        drain(block);
        AVChannelLayout out{};
        AVChannelLayout in{};
        av_channel_layout_default(&out, m_info.channels);
        // A plain layout of that many channels: files often carry none or a wrong one.
        av_channel_layout_default(&in, frame.ch_layout.nb_channels);
        SwrContext* raw = nullptr;
        int result = swr_alloc_set_opts2(&raw, &out, AV_SAMPLE_FMT_FLT, m_info.sampleRateHz, &in,
                                         static_cast<AVSampleFormat>(frame.format),
                                         frame.sample_rate, 0, nullptr);
        m_converter.reset(raw);
        if (result >= 0) {
            result = swr_init(raw);
        }
        if (result < 0) {
            fail("has sound that cannot be converted (" + reasonOf(result) + ").");
        }
        m_inputRate = frame.sample_rate;
        m_inputFormat = frame.format;
        m_inputChannels = frame.ch_layout.nb_channels;
    }

    void end() {
        m_ended = true;
        throwIfStopped();
        if (m_frames == 0) {
            fail(m_damaged > 0 ? "has sound that cannot be decoded (" + m_info.codec +
                                     "; damaged or copy-protected)."
                               : "has a sound track of zero length.");
        }
        const double seconds = static_cast<double>(m_timeline->next()) / m_info.sampleRateHz;
        if (m_fromStart && m_sureOfLength && m_info.seconds - seconds > kClaimTolerance) {
            m_note = "The file " + inQuotes(m_name) + " is cut short: readable up to " +
                     clockText(seconds) + " of " + clockText(m_info.seconds) + ".";
        } else if (m_damaged > 0) {
            m_note = "The file " + inQuotes(m_name) + " is damaged in " +
                     (m_damaged == 1 ? std::string("one place")
                                     : std::to_string(m_damaged) + " places") +
                     "; what could be read was used.";
        }
    }

    std::unique_ptr<ByteSource> m_source; ///< before m_format, which reads from it
    std::string m_name;
    std::stop_token m_stop;
    Format m_format;
    Codec m_codec;
    Frame m_frame;
    Packet m_packet;
    Converter m_converter;
    int m_stream = -1;
    int m_inputRate = 0;
    int m_inputFormat = -1;
    int m_inputChannels = 0;
    std::int64_t m_frames = 0;
    std::int64_t m_seekTo = -1; ///< frame that was jumped to and has not been reached; -1 = none
    bool m_jumped = false;      ///< the next decoded frame says where reading goes on
    bool m_fromStart = true;    ///< nothing was left out by a jump
    std::optional<SampleTimeline> m_timeline; ///< set with the first frame
    std::int64_t m_silence = 0;               ///< still to be given out before m_frame
    std::int64_t m_skip = 0;                  ///< still to be left out
    bool m_held = false;                      ///< m_frame waits for the silence before it
    int m_damaged = 0;
    bool m_ended = false;
    bool m_sureOfLength = false;
    AudioFileInfo m_info;
    std::string m_note;
    std::vector<float> m_first; ///< decoded while opening, given out by the first read()
};

} // namespace

std::unique_ptr<AudioFileReader> openAudioFile(const std::filesystem::path& path,
                                               std::stop_token stop) {
    const std::string name = path.filename().string();
    return std::make_unique<FfmpegReader>(ByteSource::fromFile(path), name, std::move(stop));
}

std::unique_ptr<AudioFileReader> openAudioBytes(std::vector<std::byte> bytes,
                                                const std::string& name, std::stop_token stop) {
    return std::make_unique<FfmpegReader>(ByteSource::fromMemory(std::move(bytes), name), name,
                                          std::move(stop));
}

LoadedAudio readWholeClip(AudioFileReader& reader, const std::string& name) {
    LoadedAudio loaded;
    loaded.clip.sampleRateHz = reader.info().sampleRateHz;
    loaded.clip.channels = reader.info().channels;
    const double perSecond = static_cast<double>(loaded.clip.sampleRateHz) * loaded.clip.channels;
    std::vector<float> block;
    while (reader.read(block)) {
        loaded.clip.samples.insert(loaded.clip.samples.end(), block.begin(), block.end());
        if (static_cast<double>(loaded.clip.samples.size()) > kLongestClipSeconds * perSecond) {
            throw Error(ErrorCode::BadMedia,
                        "The sound of " + inQuotes(name) +
                            " is longer than 30 minutes, the most the model takes in one piece. "
                            "Transcribe it instead, or cut it.");
        }
    }
    loaded.note = reader.note();
    return loaded;
}

} // namespace phial::documents
