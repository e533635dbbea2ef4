// SPDX-License-Identifier: MIT
#include "inference/preprocess/resample.h"

#include "inference/base/error.h"

#include <samplerate.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace phial::preprocess {

namespace {

// Frames handed to the resampler at once: small enough to notice a stop request within
// milliseconds.
constexpr std::size_t kBlockFrames = 8192;

void checkRate(int rateHz) {
    if (rateHz < kTelephoneRateHz || rateHz > kLargestRateHz) {
        throw Error(ErrorCode::BadMedia, "the recording has a sample rate of " +
                                             std::to_string(rateHz) + " Hz; " +
                                             std::to_string(kTelephoneRateHz) + " to " +
                                             std::to_string(kLargestRateHz) + " Hz can be used");
    }
}

void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, "reading the recording was stopped");
    }
}

/// Mean of the channels, written over the front of the same buffer.
void mixDown(AudioClip& clip) {
    const auto channels = static_cast<std::size_t>(clip.channels);
    const std::size_t frames = clip.samples.size() / channels;
    for (std::size_t i = 0; i < frames; ++i) {
        double sum = 0;
        for (std::size_t c = 0; c < channels; ++c) {
            sum += static_cast<double>(clip.samples[i * channels + c]);
        }
        if (!std::isfinite(sum)) {
            throw Error(ErrorCode::BadMedia, "the recording holds a sample that is not a finite "
                                             "number, at frame " +
                                                 std::to_string(i));
        }
        if (channels > 1) {
            clip.samples[i] = static_cast<float>(sum / static_cast<double>(channels));
        }
    }
    clip.samples.resize(frames);
    clip.channels = 1;
}

struct ResamplerDeleter {
    void operator()(SRC_STATE* state) const { src_delete(state); }
};

class Resampler {
public:
    Resampler(int fromHz, int toHz)
        : m_ratio(static_cast<double>(toHz) / static_cast<double>(fromHz)) {
        // The best filter passes up to 7.76 kHz; the next one ends at 7.2 kHz, below the highest
        // mel channels.
        int problem = 0;
        m_state.reset(src_new(SRC_SINC_BEST_QUALITY, 1, &problem));
        if (!m_state) {
            throw Error(ErrorCode::OutOfHostMemory,
                        std::string("cannot start the resampler: ") + src_strerror(problem));
        }
    }

    /// Feeds all of `in` and appends what comes out to `out`, which never grows beyond `wanted`.
    void feed(std::span<const float> in, std::vector<float>& out, std::size_t wanted) {
        while (out.size() < wanted) {
            const std::size_t before = out.size();
            const std::size_t room = std::min(wanted - before, 2 * kBlockFrames);
            out.resize(before + room);
            SRC_DATA data = {};
            data.data_in = in.data();
            data.input_frames = static_cast<long>(in.size());
            data.data_out = out.data() + before;
            data.output_frames = static_cast<long>(room);
            data.src_ratio = m_ratio;
            const int problem = src_process(m_state.get(), &data);
            check(problem == 0, problem == 0 ? "" : src_strerror(problem));
            out.resize(before + static_cast<std::size_t>(data.output_frames_gen));
            in = in.subspan(static_cast<std::size_t>(data.input_frames_used));
            if (in.empty() && data.output_frames_gen == 0) {
                return;
            }
        }
    }

private:
    double m_ratio;
    std::unique_ptr<SRC_STATE, ResamplerDeleter> m_state;
};

} // namespace

std::int64_t modelSamples(std::int64_t frames, int rateHz) {
    checkRate(rateHz);
    check(frames >= 0, "a clip cannot have a negative length");
    if (rateHz == kWideRateHz || rateHz == kTelephoneRateHz) {
        return frames;
    }
    // Whole seconds first, so that no product overflows.
    const std::int64_t seconds = frames / rateHz;
    const std::int64_t rest = frames % rateHz;
    return seconds * kWideRateHz + (2 * rest * kWideRateHz + rateHz) / (2 * std::int64_t{rateHz});
}

MonoSound toModelRate(AudioClip clip, const std::stop_token& stop) {
    checkRate(clip.sampleRateHz);
    if (clip.channels < 1) {
        throw Error(ErrorCode::BadMedia, "the recording has " + std::to_string(clip.channels) +
                                             " channels; at least one is needed");
    }
    if (clip.samples.size() % static_cast<std::size_t>(clip.channels) != 0) {
        throw Error(ErrorCode::BadMedia,
                    "the recording ends inside a frame: " + std::to_string(clip.samples.size()) +
                        " samples for " + std::to_string(clip.channels) + " channels");
    }
    throwIfStopped(stop);
    mixDown(clip);
    if (clip.sampleRateHz == kWideRateHz || clip.sampleRateHz == kTelephoneRateHz) {
        return {std::move(clip.samples), clip.sampleRateHz};
    }

    MonoSound sound;
    const auto wanted = static_cast<std::size_t>(
        modelSamples(static_cast<std::int64_t>(clip.samples.size()), clip.sampleRateHz));
    sound.samples.reserve(wanted);
    Resampler resampler(clip.sampleRateHz, kWideRateHz);
    for (std::size_t i = 0; i < clip.samples.size(); i += kBlockFrames) {
        throwIfStopped(stop);
        const std::size_t count = std::min(kBlockFrames, clip.samples.size() - i);
        resampler.feed(std::span<const float>(clip.samples).subspan(i, count), sound.samples,
                       wanted);
    }
    // Silence after the end pushes the last samples out of the filter.
    const std::vector<float> silence(kBlockFrames, 0.0F);
    while (sound.samples.size() < wanted) {
        throwIfStopped(stop);
        resampler.feed(silence, sound.samples, wanted);
    }
    return sound;
}

} // namespace phial::preprocess
