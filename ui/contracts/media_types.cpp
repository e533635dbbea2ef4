// SPDX-License-Identifier: MIT
#include "ui/contracts/media_types.h"

#include <QCoreApplication>
#include <QFileInfo>

namespace phial::ui {

QStringList imageSuffixes() {
    return QStringLiteral(
               "png jpg jpeg jpe webp gif bmp tif tiff svg svgz avif heic ppm pgm pbm ico")
        .split(u' ');
}

QStringList audioSuffixes() {
    return QStringLiteral(
               "wav wave flac mp3 ogg oga opus m4a m4b aac aif aiff wma amr ac3 mka weba "
               "mp4 m4v mkv webm mov avi mpg mpeg 3gp")
        .split(u' ');
}

QStringList recordingFilters() {
    const QString sounds = QStringLiteral("*.") + audioSuffixes().join(QStringLiteral(" *."));
    return {QCoreApplication::translate("MediaTypes", "Recordings and videos (%1)").arg(sounds),
            QCoreApplication::translate("MediaTypes", "All files (*)")};
}

std::optional<AttachmentKind> kindOfFile(const QString& path) {
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (imageSuffixes().contains(suffix)) {
        return AttachmentKind::Image;
    }
    if (audioSuffixes().contains(suffix)) {
        return AttachmentKind::Audio;
    }
    return std::nullopt;
}

} // namespace phial::ui
