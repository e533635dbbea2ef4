// SPDX-License-Identifier: MIT
#include "app/documents/image_file.h"

#include "inference/base/error.h"

#include <QBuffer>
#include <QFile>
#include <QImageReader>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

namespace phial::documents {
namespace {

constexpr const char* kReadable = "Phial reads PNG, JPEG, WebP, GIF, BMP, TIFF and SVG pictures.";
/// Drawings have no size of their own worth keeping; small ones are drawn this large.
constexpr int kDrawingSide = 1024;

std::string inQuotes(std::string_view name) {
    return "\"" + std::string(name) + "\"";
}

std::string megapixels(QSize size) {
    const auto pixels = static_cast<std::int64_t>(size.width()) * size.height();
    return std::to_string(size.width()) + " x " + std::to_string(size.height()) + ", " +
           std::to_string(std::llround(static_cast<double>(pixels) / 1e6)) + " megapixels";
}

/// Qt refuses pictures above 256 MB by default, in one setting for the whole process. Ours is
/// checked per picture before decoding; this only has to be above it.
void raiseQtLimit() {
    static std::once_flag once;
    std::call_once(once, [] {
        QImageReader::setAllocationLimit(static_cast<int>(kMostPixels * 8 / 1'000'000));
    });
}

QImage onWhite(const QImage& drawing) {
    QImage canvas(drawing.size(), QImage::Format_RGB32);
    canvas.fill(Qt::white);
    QPainter painter(&canvas);
    painter.drawImage(0, 0, drawing);
    return canvas;
}

QSize withinPixels(QSize size, std::int64_t pixels) {
    const double factor = std::sqrt(static_cast<double>(pixels) /
                                    (static_cast<double>(size.width()) * size.height()));
    return {std::max(1, static_cast<int>(size.width() * factor)),
            std::max(1, static_cast<int>(size.height() * factor))};
}

LoadedImage decode(QIODevice& device, std::string_view name) {
    raiseQtLimit();
    QImageReader reader(&device);
    reader.setAutoTransform(true);
    reader.setDecideFormatFromContent(true);
    if (!reader.canRead()) {
        throw Error(ErrorCode::BadMedia, "The picture " + inQuotes(name) +
                                             " is of an unknown kind or damaged. " + kReadable);
    }
    const bool drawing = reader.format().startsWith("svg");
    const QSize size = reader.size();
    LoadedImage result;
    if (size.isValid()) {
        const auto pixels = static_cast<std::int64_t>(size.width()) * size.height();
        if (drawing) {
            const int side = std::max(size.width(), size.height());
            if (side > 0 && (side < kDrawingSide || pixels > kMostDecodedPixels)) {
                reader.setScaledSize(size.scaled(kDrawingSide, kDrawingSide, Qt::KeepAspectRatio)
                                         .expandedTo({1, 1}));
            }
        } else if (pixels > kMostPixels) {
            throw Error(ErrorCode::BadMedia,
                        "The picture " + inQuotes(name) + " is too large (" + megapixels(size) +
                            "; at most 200 megapixels). Crop it or save it smaller.");
        } else if (pixels > kMostDecodedPixels) {
            const QSize smaller = withinPixels(size, kMostDecodedPixels);
            reader.setScaledSize(smaller);
            result.note = "The picture " + inQuotes(name) + " (" + megapixels(size) +
                          ") was scaled to " + std::to_string(smaller.width()) + " x " +
                          std::to_string(smaller.height()) + ".";
        }
    }
    const QImage picture = reader.read();
    if (picture.isNull()) {
        throw Error(ErrorCode::BadMedia, "The picture " + inQuotes(name) + " cannot be decoded (" +
                                             reader.errorString().toStdString() + "). " +
                                             kReadable);
    }
    try {
        result.image = toImage(drawing ? onWhite(picture) : picture);
    } catch (const Error& error) {
        throw error.with("the picture " + inQuotes(name));
    }
    return result;
}

} // namespace

LoadedImage loadImage(const std::filesystem::path& path) {
    std::error_code problem;
    if (std::filesystem::is_directory(path, problem)) {
        throw Error(ErrorCode::FileUnreadable,
                    inQuotes(path.string()) + " is a folder; expected a picture file.");
    }
    QFile file(QString::fromStdString(path.string()));
    if (!file.open(QIODevice::ReadOnly)) {
        throw Error(ErrorCode::FileUnreadable,
                    "The picture " + inQuotes(path.string()) + " cannot be read (" +
                        file.errorString().toStdString() + "); check its name and permissions.");
    }
    return decode(file, path.filename().string());
}

LoadedImage decodeImage(const QByteArray& bytes, std::string_view name) {
    QBuffer buffer;
    buffer.setData(bytes);
    buffer.open(QIODevice::ReadOnly);
    return decode(buffer, name);
}

Image toImage(const QImage& picture) {
    const auto pixels = static_cast<std::int64_t>(picture.width()) * picture.height();
    if (pixels == 0) {
        throw Error(ErrorCode::BadMedia, "The picture is empty (no pixels); choose another one.");
    }
    if (pixels > kMostPixels) {
        throw Error(ErrorCode::BadMedia,
                    "The picture is too large (" + megapixels(picture.size()) +
                        "; at most 200 megapixels). Crop it or save it smaller.");
    }
    // By way of a format that keeps colour and transparency apart: Qt would blend premultiplied
    // pixels onto black.
    const QImage plain =
        picture.hasAlphaChannel() ? picture.convertToFormat(QImage::Format_RGBA8888) : picture;
    const QImage rgb = plain.convertToFormat(QImage::Format_RGB888);
    Image image;
    image.width = rgb.width();
    image.height = rgb.height();
    const std::size_t row = static_cast<std::size_t>(rgb.width()) * 3;
    image.rgb.resize(row * static_cast<std::size_t>(rgb.height()));
    for (int y = 0; y < rgb.height(); ++y) {
        std::memcpy(image.rgb.data() + row * static_cast<std::size_t>(y), rgb.constScanLine(y),
                    row);
    }
    return image;
}

} // namespace phial::documents
