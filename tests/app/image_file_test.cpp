// SPDX-License-Identifier: MIT
#include "app/documents/image_file.h"
#include "inference/base/error.h"
#include "tests/app/sample_bytes.h"

#include <QBuffer>
#include <QTemporaryDir>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace phial::documents {
namespace {

using testing::HasSubstr;

QByteArray encoded(const QImage& picture, const char* format) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    picture.save(&buffer, format, 95);
    return bytes;
}

/// Left half red, right half blue, top row green.
QImage flag(int width, int height) {
    QImage picture(width, height, QImage::Format_RGB32);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            picture.setPixel(x, y,
                             y == 0          ? qRgb(0, 255, 0)
                             : x < width / 2 ? qRgb(255, 0, 0)
                                             : qRgb(0, 0, 255));
        }
    }
    return picture;
}

std::array<int, 3> pixel(const Image& image, int x, int y) {
    const std::size_t at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                            static_cast<std::size_t>(x)) *
                           3;
    return {image.rgb.at(at), image.rgb.at(at + 1), image.rgb.at(at + 2)};
}

ErrorCode codeOf(const QByteArray& bytes, std::string* message = nullptr) {
    try {
        decodeImage(bytes, "thing.png");
    } catch (const Error& error) {
        if (message != nullptr) {
            *message = error.what();
        }
        return error.code();
    }
    return ErrorCode::Internal;
}

class ImageKind : public testing::TestWithParam<const char*> {};

TEST_P(ImageKind, DecodesToTheSamePixels) {
    const LoadedImage loaded = decodeImage(encoded(flag(21, 10), GetParam()), "flag");
    ASSERT_EQ(loaded.image.width, 21);
    ASSERT_EQ(loaded.image.height, 10);
    EXPECT_EQ(loaded.image.rgb.size(), 21U * 10U * 3U); // rows without padding
    EXPECT_EQ(loaded.note, "");
    EXPECT_EQ(pixel(loaded.image, 20, 0), (std::array{0, 255, 0}));
    EXPECT_EQ(pixel(loaded.image, 0, 5), (std::array{255, 0, 0}));
    EXPECT_EQ(pixel(loaded.image, 20, 9), (std::array{0, 0, 255}));
}

INSTANTIATE_TEST_SUITE_P(Lossless, ImageKind, testing::Values("png", "bmp", "ppm", "tiff"));

TEST(ImageFile, DecodesLossyKindsClosely) {
    for (const char* format : {"jpg", "webp"}) {
        const LoadedImage loaded = decodeImage(encoded(flag(64, 64), format), "flag");
        EXPECT_NEAR(pixel(loaded.image, 8, 40)[0], 255, 12) << format;
        EXPECT_NEAR(pixel(loaded.image, 56, 40)[2], 255, 12) << format;
    }
}

TEST(ImageFile, TakesTheFirstFrameOfAnAnimation) {
    const LoadedImage loaded = loadImage(dataFile("two_frames.gif"));
    EXPECT_EQ(loaded.image.width, 9);
    EXPECT_EQ(loaded.image.height, 7);
    EXPECT_EQ(pixel(loaded.image, 4, 3), (std::array{255, 0, 0}));
}

TEST(ImageFile, TurnsPhotographsUpright) {
    QByteArray jpeg = encoded(flag(64, 32), "jpg");
    // EXIF with one entry: orientation 6, "turn a quarter clockwise".
    const char exif[] =
        "\xFF\xE1\x00\x22"
        "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    jpeg.insert(2, QByteArray(exif, sizeof(exif) - 1));
    const LoadedImage loaded = decodeImage(jpeg, "photo.jpg");
    ASSERT_EQ(loaded.image.width, 32);
    ASSERT_EQ(loaded.image.height, 64);
    EXPECT_NEAR(pixel(loaded.image, 16, 8)[0], 255, 12); // left became top
    EXPECT_NEAR(pixel(loaded.image, 16, 56)[2], 255, 12);
}

TEST(ImageFile, DropsTransparencyWithoutBlending) {
    QImage picture(2, 1, QImage::Format_ARGB32);
    picture.setPixel(0, 0, qRgba(200, 100, 50, 10));
    picture.setPixel(1, 0, qRgba(10, 20, 30, 0));
    const LoadedImage loaded = decodeImage(encoded(picture, "png"), "alpha.png");
    EXPECT_EQ(pixel(loaded.image, 0, 0), (std::array{200, 100, 50}));
    EXPECT_EQ(pixel(loaded.image, 1, 0), (std::array{10, 20, 30}));
}

TEST(ImageFile, KeepsGreyPalettesAndDeepColour) {
    QImage grey(3, 3, QImage::Format_Grayscale8);
    grey.fill(77);
    EXPECT_EQ(pixel(decodeImage(encoded(grey, "png"), "grey").image, 1, 1),
              (std::array{77, 77, 77}));
    QImage deep(3, 3, QImage::Format_RGBA64);
    deep.fill(QColor(255, 128, 0));
    EXPECT_EQ(pixel(decodeImage(encoded(deep, "png"), "deep").image, 1, 1),
              (std::array{255, 128, 0}));
    QImage one(8, 1, QImage::Format_Mono);
    one.fill(1);
    EXPECT_EQ(pixel(decodeImage(encoded(one, "png"), "mono").image, 3, 0),
              (std::array{255, 255, 255}));
}

TEST(ImageFile, PutsDrawingsOnWhiteAtAReadableSize) {
    const QByteArray svg =
        R"(<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20">)"
        R"(<rect x="20" width="20" height="20" fill="#000"/><text x="1" y="9">a</text></svg>)";
    const LoadedImage loaded = decodeImage(svg, "drawing.svg");
    EXPECT_EQ(loaded.image.width, 1024);
    EXPECT_EQ(loaded.image.height, 512);
    EXPECT_EQ(pixel(loaded.image, 2, 500), (std::array{255, 255, 255}));
    EXPECT_EQ(pixel(loaded.image, 1000, 500), (std::array{0, 0, 0}));
}

TEST(ImageFile, ScalesVeryLargePicturesAndSaysSo) {
    QImage picture(8000, 5200, QImage::Format_Grayscale8); // 41.6 megapixels
    picture.fill(90);
    const LoadedImage loaded = decodeImage(encoded(picture, "jpg"), "large.jpg");
    EXPECT_LE(std::int64_t{loaded.image.width} * loaded.image.height, kMostDecodedPixels);
    EXPECT_NEAR(static_cast<double>(loaded.image.width) / loaded.image.height, 8000.0 / 5200.0,
                0.01);
    EXPECT_THAT(loaded.note, testing::AllOf(HasSubstr("large.jpg"), HasSubstr("8000 x 5200"),
                                            HasSubstr("scaled")));
}

TEST(ImageFile, RefusesGiganticPicturesBeforeDecoding) {
    // A bitmap header alone: there is nothing that could be decoded.
    QByteArray bitmap = encoded(flag(4, 4), "bmp");
    const std::int32_t side = 15000;
    std::memcpy(bitmap.data() + 18, &side, 4);
    std::memcpy(bitmap.data() + 22, &side, 4);
    std::string message;
    EXPECT_EQ(codeOf(bitmap, &message), ErrorCode::BadMedia);
    EXPECT_THAT(message, testing::AllOf(HasSubstr("15000 x 15000"), HasSubstr("200 megapixels")));
}

TEST(ImageFile, NamesTheFileAndWhatCanBeRead) {
    std::string message;
    EXPECT_EQ(codeOf("not a picture at all", &message), ErrorCode::BadMedia);
    EXPECT_THAT(message, testing::AllOf(HasSubstr("thing.png"), HasSubstr("PNG, JPEG")));
    EXPECT_EQ(codeOf("", nullptr), ErrorCode::BadMedia);
    QByteArray half = encoded(flag(64, 64), "png");
    half.truncate(60);
    EXPECT_EQ(codeOf(half, nullptr), ErrorCode::BadMedia);
}

TEST(ImageFile, SaysWhyAFileCannotBeOpened) {
    const QTemporaryDir folder;
    for (const std::string& path :
         {folder.path().toStdString(), folder.filePath(QStringLiteral("no.png")).toStdString()}) {
        try {
            loadImage(path);
            FAIL() << path;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
            EXPECT_THAT(error.what(), HasSubstr(path));
        }
    }
}

TEST(ImageFile, GivesAPictureOrAnErrorForDamagedFiles) {
    std::vector<QByteArray> originals;
    for (const char* format : {"png", "jpg", "bmp", "webp", "tiff", "ppm"}) {
        originals.push_back(encoded(flag(37, 23), format));
    }
    const std::vector<std::byte> gif = bytesOf(dataFile("two_frames.gif"));
    originals.emplace_back(reinterpret_cast<const char*>(gif.data()),
                           static_cast<qsizetype>(gif.size()));
    int errors = 0;
    for (unsigned seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const QByteArray& original = originals[seed % originals.size()];
        std::vector<std::byte> bytes(static_cast<std::size_t>(original.size()));
        std::memcpy(bytes.data(), original.data(), bytes.size());
        bytes = mutated(std::move(bytes), random);
        const QByteArray damaged(reinterpret_cast<const char*>(bytes.data()),
                                 static_cast<qsizetype>(bytes.size()));
        try {
            const Image image = decodeImage(damaged, "damaged").image;
            EXPECT_EQ(image.rgb.size(), static_cast<std::size_t>(image.width) *
                                            static_cast<std::size_t>(image.height) * 3);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::BadMedia);
            ++errors;
        }
    }
    EXPECT_GT(errors, 20);
    EXPECT_LT(errors, 200);
}

} // namespace
} // namespace phial::documents
