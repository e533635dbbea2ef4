// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace phial::ops {

/// Which frames of a recording the views of a strided convolution over time hold. A long recording
/// is worked through in windows; frames in front of the recording and behind its end count as
/// zeros, frames inside it that the convolution needs must be in the input view (checked).
struct ConvFrames {
    std::int64_t total = 0;       ///< input frames of the whole recording
    std::int64_t inputFirst = 0;  ///< frame that the first row of the input view holds
    std::int64_t outputFirst = 0; ///< output frame that the first row of the output view holds
};

/// Length of an axis behind a convolution with kernel 3, stride 2, padding 1: ceil(length / 2).
constexpr std::int64_t halved(std::int64_t length) {
    return (length + 1) / 2;
}

/// Output frequencies that one invocation works out, which share what they read.
inline constexpr std::uint32_t kConvRun = 4;

/// Throws Error{Internal} unless `inputFrames` frames are all that `outputFrames` output frames
/// need.
void expectFrames(std::string_view op, const ConvFrames& frames, std::int64_t inputFrames,
                  std::int64_t outputFrames);

} // namespace phial::ops
