// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

#include <array>
#include <vector>

namespace phial::preprocess {

/// Antialiased bilinear resize, 8 bit in and out, equal to Pillow's bit by bit: triangle filter
/// widened by the reduction, weights in 22-bit fixed point, horizontal pass first, each pass
/// rounded to 8 bits; an axis that keeps its size is skipped. `width`, `height` >= 1. Any thread.
/// Throws Error{BadMedia} for an empty image or one whose buffer does not fit its size.
/// Source: specification of the model, section 6.1.
Image resizeBilinear(const Image& source, int width, int height);

/// The model's pixel value of an 8-bit level: (level / 255 - 0.5) / 0.5 in fp32.
std::array<float, 256> normalizedLevels();

/// Plain bicubic resize of the normalised image: planes [3, height, width], fp32. a = -0.75,
/// half-pixel centres, edge pixels repeated, no antialiasing, values not clamped. Throws like
/// resizeBilinear. Source: specification of the model, section 6.2.
std::vector<float> resizeBicubicNormalized(const Image& source, int width, int height);

/// Throws Error{BadMedia} when the image has no pixels or `rgb` is not width x height x 3 bytes.
void checkImage(const Image& image);

} // namespace phial::preprocess
