// SPDX-License-Identifier: MIT
#include "app/composition/trim_silence.h"

#include <algorithm>
#include <cmath>

namespace phial::app {
namespace {

constexpr double kMarginSeconds = 0.25;
constexpr float kFloor = 0.003F;    // -50 dBFS: quieter is no speech
constexpr float kRelative = 0.02F;  // -34 dB below the loudest sample: noise of a room

} // namespace

AudioClip withoutSilentEnds(const AudioClip& clip) {
    const auto loud = std::max_element(clip.samples.begin(), clip.samples.end(),
                                       [](float a, float b) { return std::fabs(a) < std::fabs(b); });
    if (loud == clip.samples.end() || std::fabs(*loud) < kFloor) {
        return clip;
    }
    const float threshold = std::max(kFloor, kRelative * std::fabs(*loud));
    const auto isLoud = [threshold](float sample) { return std::fabs(sample) >= threshold; };
    const auto first = std::find_if(clip.samples.begin(), clip.samples.end(), isLoud);
    const auto last = std::find_if(clip.samples.rbegin(), clip.samples.rend(), isLoud).base();
    const auto channels = static_cast<std::ptrdiff_t>(clip.channels);
    const auto margin = static_cast<std::ptrdiff_t>(kMarginSeconds * clip.sampleRateHz) * channels;
    const auto size = static_cast<std::ptrdiff_t>(clip.samples.size());
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, (first - clip.samples.begin()) / channels * channels - margin);
    const std::ptrdiff_t to =
        std::min(size, ((last - clip.samples.begin()) + channels - 1) / channels * channels + margin);
    return {.samples = {clip.samples.begin() + from, clip.samples.begin() + to},
            .sampleRateHz = clip.sampleRateHz,
            .channels = clip.channels};
}

} // namespace phial::app
