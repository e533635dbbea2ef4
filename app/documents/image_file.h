// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

#include <QByteArray>
#include <QImage>

#include <filesystem>
#include <string>
#include <string_view>

namespace phial::documents {

struct LoadedImage {
    Image image;      ///< upright, 8-bit RGB
    std::string note; ///< one sentence when something was changed on the way ("... was scaled to
                      ///< ..."), else empty
};

/// Pictures above this many pixels are refused before a single one is decoded.
inline constexpr std::int64_t kMostPixels = 200'000'000;
/// Pictures above this many pixels are decoded at a smaller size; the model sees at most 7.2
/// million pixels anyway.
inline constexpr std::int64_t kMostDecodedPixels = 40'000'000;

/// Decodes a picture file: the first frame, turned upright by its EXIF orientation. Transparency is
/// dropped, not blended, as the model was trained; only drawings (SVG) are put on white, because
/// they have no pixels behind. Any thread, but a QGuiApplication must exist (drawings may need
/// fonts). Throws Error{FileUnreadable} or Error{BadMedia} with the file, the reason and what can
/// be read.
LoadedImage loadImage(const std::filesystem::path& path);

/// The same for bytes; `name` stands for the file in messages ("standard input").
LoadedImage decodeImage(const QByteArray& bytes, std::string_view name);

/// Pixels of a picture from the clipboard or a drag. Throws Error{BadMedia} when it is empty or has
/// more than kMostPixels.
Image toImage(const QImage& picture);

} // namespace phial::documents
