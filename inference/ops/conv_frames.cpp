// SPDX-License-Identifier: MIT
#include "inference/ops/conv_frames.h"

#include "inference/base/error.h"

#include <algorithm>
#include <string>

namespace phial::ops {

void expectFrames(std::string_view op, const ConvFrames& frames, std::int64_t inputFrames,
                  std::int64_t outputFrames) {
    const std::int64_t outputEnd = frames.outputFirst + outputFrames;
    const std::int64_t inputEnd = frames.inputFirst + inputFrames;
    check(frames.inputFirst >= 0 && inputEnd <= frames.total && frames.outputFirst >= 0 &&
              outputEnd <= halved(frames.total),
          std::string(op) + ": input frames up to " + std::to_string(inputEnd) +
              " and output frames up to " + std::to_string(outputEnd) +
              " do not lie in a recording of " + std::to_string(frames.total) + " frames");
    const std::int64_t neededFirst = std::max<std::int64_t>(0, 2 * frames.outputFirst - 1);
    const std::int64_t neededEnd = std::min(frames.total, 2 * outputEnd);
    check(frames.inputFirst <= neededFirst && neededEnd <= inputEnd,
          std::string(op) + ": the output needs input frames [" + std::to_string(neededFirst) +
              ", " + std::to_string(neededEnd) + "), the input holds [" +
              std::to_string(frames.inputFirst) + ", " + std::to_string(inputEnd) + ")");
}

} // namespace phial::ops
