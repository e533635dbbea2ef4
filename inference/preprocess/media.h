// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

namespace phial {

/// Decoded sound. Interleaved float samples in [-1, 1); at least one channel. A value type.
struct AudioClip {
    std::vector<float> samples; ///< frames x channels, interleaved
    int sampleRateHz = 16000;
    int channels = 1;
};

/// Decoded picture, 8-bit RGB, rows top to bottom without padding; already turned upright (EXIF). A
/// value type.
struct Image {
    std::vector<std::uint8_t> rgb; ///< height x width x 3
    int width = 0;
    int height = 0;
};

} // namespace phial
