// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/preprocess/image_pixels.h"
#include "inference/preprocess/resize.h"
#include "inference/weights/checkpoint.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

namespace phial::preprocess {
namespace {

using test::GoldenFile;

struct Case {
    const char* stem;
    int maxCrops;
    std::vector<int> stageCrops; ///< crops whose patch embeddings are stored
};

std::vector<Case> stagedCases() {
    return {{"image_low", 36, {1}}, {"image_wide", 36, {0, 2}}, {"image_odd", 36, {2}}};
}

std::vector<Case> allCases() {
    std::vector<Case> cases = stagedCases();
    cases.push_back({"image_square", 36, {}});
    cases.push_back({"image_ratio", 2, {}});
    return cases;
}

Image goldenImage(const GoldenFile& golden) {
    const Shape shape = golden.shape("image_u8");
    Image image{.width = static_cast<int>(shape[1]), .height = static_cast<int>(shape[0])};
    for (const std::int64_t level : golden.integers("image_u8")) {
        image.rgb.push_back(static_cast<std::uint8_t>(level));
    }
    return image;
}

Image noise(int width, int height, unsigned seed) {
    std::mt19937 random(seed);
    Image image{.width = width, .height = height};
    for (int i = 0; i < width * height * 3; ++i) {
        image.rgb.push_back(static_cast<std::uint8_t>(random() % 256));
    }
    return image;
}

std::vector<float> cropPixels(const ImageCrops& crops, int crop) {
    const auto side = static_cast<std::size_t>(crops.plan().rules.cropSize);
    std::vector<float> pixels(3 * side * side);
    crops.pixels(crop, pixels);
    return pixels;
}

class ImageGolden : public testing::TestWithParam<Case> {
protected:
    GoldenFile m_golden{GetParam().stem};
    ImageCrops m_crops{goldenImage(m_golden), {.maxCrops = GetParam().maxCrops}};
};

class StagedImageGolden : public ImageGolden {};

// One level of 255 is two levels of 1/127.5 apart in pixel values; the golden data allows one
// level, because another resizer may round differently. Ours is the same arithmetic, so nothing is
// allowed where Pillow made the golden data.
TEST_P(ImageGolden, TilesEqualTheReference) {
    const CropPlan& plan = m_crops.plan();
    const std::vector<float> samples = m_golden.floats("pixels_sample_7");
    const Shape shape = m_golden.shape("pixels_sample_7");
    ASSERT_EQ(shape[1], (plan.tiledHeight() + 6) / 7);
    ASSERT_EQ(shape[2], (plan.tiledWidth() + 6) / 7);
    const int side = plan.rules.cropSize;
    std::vector<std::vector<float>> tiles;
    for (int crop = 1; crop < plan.cropCount(); ++crop) {
        tiles.push_back(cropPixels(m_crops, crop));
    }
    std::size_t i = 0;
    for (int channel = 0; channel < 3; ++channel) {
        for (int y = 0; y < plan.tiledHeight(); y += 7) {
            for (int x = 0; x < plan.tiledWidth(); x += 7) {
                const auto tile = static_cast<std::size_t>(y / side * plan.columns + x / side);
                const auto pixel =
                    static_cast<std::size_t>((channel * side + y % side) * side + x % side);
                ASSERT_NEAR(tiles[tile][pixel], samples[i++], 1e-6)
                    << channel << " " << y << " " << x;
            }
        }
    }
}

TEST(ImageGoldenWide, PaddedLevelsEqualTheReference) {
    const GoldenFile golden("image_wide");
    const ImageCrops crops(goldenImage(golden), {});
    const std::vector<std::int64_t> expected = golden.integers("padded_u8");
    const Image& tiled = crops.tiled();
    const auto plane =
        static_cast<std::size_t>(tiled.width) * static_cast<std::size_t>(tiled.height);
    ASSERT_EQ(expected.size(), 3 * plane);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_EQ(tiled.rgb[i % plane * 3 + i / plane], expected[i]) << i;
    }
}

TEST_P(ImageGolden, GlobalViewEqualsTheReference) {
    const std::vector<float> view = cropPixels(m_crops, 0);
    const int side = m_crops.plan().rules.cropSize;
    for (const int step : {7, 3}) {
        const std::string name = "global_sample_" + std::to_string(step);
        if (!m_golden.has(name)) {
            continue;
        }
        const std::vector<float> samples = m_golden.floats(name);
        std::size_t i = 0;
        for (int channel = 0; channel < 3; ++channel) {
            for (int y = 0; y < side; y += step) {
                for (int x = 0; x < side; x += step) {
                    // fp32 rounding of sixteen products of size up to 2
                    ASSERT_NEAR(view[static_cast<std::size_t>((channel * side + y) * side + x)],
                                samples[i++], 2e-5);
                }
            }
        }
        EXPECT_EQ(i, samples.size());
    }
}

TEST_P(ImageGolden, TokenCountEqualsTheReference) {
    EXPECT_EQ(m_crops.plan().tokens, m_golden.shape("projected")[0]);
    EXPECT_EQ(hdSequence(m_crops.plan()).size(), static_cast<std::size_t>(m_crops.plan().tokens));
}

TEST_P(ImageGolden, PatchMasksEqualTheReference) {
    const std::vector<std::int64_t> expected = m_golden.integers("patch_mask");
    std::vector<std::int64_t> masks;
    for (int crop = 0; crop < m_crops.plan().cropCount(); ++crop) {
        const std::vector<std::int32_t> mask = patchMask(m_crops.plan(), crop);
        masks.insert(masks.end(), mask.begin(), mask.end());
    }
    EXPECT_EQ(masks, expected);
}

// Patch embedding = linear map of the pixels + the table row named by the position id: computed
// here from the tiny model's weights, it judges pixels, their order and the ids together.
TEST_P(StagedImageGolden, PixelsAndPositionsGiveTheReferencePatchEmbeddings) {
    const weights::Checkpoint checkpoint(test::goldenFolder());
    const std::string prefix = "model.embed_tokens_extend.image_embed.img_processor.embeddings.";
    const auto load = [&](const std::string& name) {
        return weights::Checkpoint::readAll(*checkpoint.find(prefix + name));
    };
    const std::vector<float> weight = load("patch_embedding.weight");
    const std::vector<float> bias = load("patch_embedding.bias");
    const std::vector<float> table = load("position_embedding.weight");
    const std::vector<float> expected = m_golden.floats("patch_pos_embed_s8");
    const std::size_t width = bias.size();
    const std::size_t side = 448;
    std::size_t row = 0;
    for (const int crop : GetParam().stageCrops) {
        const std::vector<float> pixels = cropPixels(m_crops, crop);
        const std::vector<std::int32_t> ids = positionIds(m_crops.plan(), crop);
        for (std::size_t patch = 0; patch < 1024; patch += 8, ++row) {
            const std::size_t top = patch / 32 * 14;
            const std::size_t left = patch % 32 * 14;
            for (std::size_t d = 0; d < width; ++d) {
                double sum = bias[d] + table[static_cast<std::size_t>(ids[patch]) * width + d];
                for (std::size_t k = 0; k < 588; ++k) {
                    const std::size_t y = top + k / 14 % 14;
                    const std::size_t x = left + k % 14;
                    sum += static_cast<double>(weight[d * 588 + k]) *
                           static_cast<double>(pixels[(k / 196 * side + y) * side + x]);
                }
                // 1e-4 of values of size one, as stated beside the golden data
                ASSERT_NEAR(sum, expected[row * width + d], 2e-4)
                    << "crop " << crop << " patch " << patch;
            }
        }
    }
    EXPECT_EQ(row * width, expected.size());
}

// The stored sequence is looked up in the stored pooled features: judges order and separators.
TEST_P(StagedImageGolden, SequenceOrdersFeaturesAndSeparators) {
    const std::vector<HdToken> sequence = hdSequence(m_crops.plan());
    const weights::Checkpoint checkpoint(test::goldenFolder());
    const std::string prefix = "model.embed_tokens_extend.image_embed.";
    const auto rowSeparator = weights::Checkpoint::readAll(*checkpoint.find(prefix + "sub_GN"));
    const auto globalSeparator = weights::Checkpoint::readAll(*checkpoint.find(prefix + "glb_GN"));
    const std::vector<float> expected = m_golden.floats("hd_sequence");
    const std::vector<float> pooled = m_golden.floats("pooled");
    const std::size_t width = rowSeparator.size();
    int compared = 0;
    for (std::size_t i = 0; i < sequence.size(); ++i) {
        const float* source = nullptr;
        if (sequence[i].source == HdToken::Source::RowSeparator) {
            source = rowSeparator.data();
        } else if (sequence[i].source == HdToken::Source::GlobalSeparator) {
            source = globalSeparator.data();
        } else {
            const auto& stored = GetParam().stageCrops;
            const auto found = std::find(stored.begin(), stored.end(), sequence[i].crop);
            if (found == stored.end()) {
                continue;
            }
            const auto crop = static_cast<std::size_t>(found - stored.begin());
            source =
                pooled.data() + (crop * 256 + static_cast<std::size_t>(sequence[i].cell)) * width;
        }
        ++compared;
        for (std::size_t d = 0; d < width; ++d) {
            ASSERT_NEAR(source[d], expected[i * width + d], 1e-5) << "token " << i;
        }
    }
    EXPECT_GT(compared, 40);
}

INSTANTIATE_TEST_SUITE_P(Images, StagedImageGolden, testing::ValuesIn(stagedCases()),
                         [](const auto& instance) { return std::string(instance.param.stem); });

INSTANTIATE_TEST_SUITE_P(Images, ImageGolden, testing::ValuesIn(allCases()),
                         [](const auto& instance) { return std::string(instance.param.stem); });

TEST(ImagePixels, SequenceUsesEveryKeptCellOnceInOrder) {
    for (const auto& [width, height] : {std::pair(1000, 700), {460, 448}, {300, 2000}, {50, 50}}) {
        const CropPlan plan = planCrops(width, height, {.cropSize = 224, .maxCrops = 9});
        std::set<std::pair<int, int>> seen;
        int separators = 0;
        for (const HdToken& token : hdSequence(plan)) {
            if (token.source == HdToken::Source::Feature) {
                ASSERT_TRUE(token.crop >= 0 && token.crop < plan.cropCount());
                ASSERT_TRUE(token.cell >= 0 && token.cell < 64);
                EXPECT_TRUE(seen.emplace(token.crop, token.cell).second);
            } else {
                ++separators;
            }
        }
        EXPECT_EQ(separators, plan.keptRows() + 1 + 8);
        EXPECT_EQ(seen.size(), static_cast<std::size_t>(plan.keptRows() * plan.keptColumns() + 64));
    }
}

TEST(ImagePixels, PositionsOfAFullCropAreTheRaster) {
    const CropPlan plan = planCrops(448, 448, {});
    const std::vector<std::int32_t> ids = positionIds(plan, 1);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ASSERT_EQ(ids[i], static_cast<std::int32_t>(i));
    }
}

// Ids rise along valid rows, stay in the table, reach towards its end, and are 0 where masked.
TEST(ImagePixels, PositionsStretchOverTheTable) {
    for (int valid = 1; valid <= 32; ++valid) {
        CropPlan plan = planCrops(448, 448, {});
        plan.validColumns = valid;
        const std::vector<std::int32_t> ids = positionIds(plan, 1);
        for (int x = 0; x < 32; ++x) {
            const auto id = ids[static_cast<std::size_t>(x)];
            // Exact arithmetic: floor(x * 32 / valid); only exact bucket borders may fall either
            // way in fp32.
            const int exact = x * 32 / valid;
            const bool border = x * 32 % valid == 0;
            if (x >= valid) {
                ASSERT_EQ(id, 0);
            } else {
                ASSERT_TRUE(id == exact || (border && id == exact - 1)) << valid << " " << x;
            }
        }
    }
}

TEST(ImagePixels, WorksWithSmallCrops) {
    const ImageCrops crops(noise(300, 200, 3), {.cropSize = 224, .maxCrops = 1});
    EXPECT_EQ(crops.plan().cropCount(), 2);
    EXPECT_EQ(positionIds(crops.plan(), 1).size(), 256U);
    EXPECT_EQ(cropPixels(crops, 0).size(), 3U * 224 * 224);
}

TEST(ImagePixels, RefusesBrokenImages) {
    const auto codeOf = [](const Image& image) {
        try {
            const ImageCrops crops(image, {});
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    EXPECT_EQ(codeOf({}), ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.rgb = std::vector<std::uint8_t>(300), .width = 10, .height = 11}),
              ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.rgb = std::vector<std::uint8_t>(301), .width = 10, .height = 10}),
              ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.rgb = std::vector<std::uint8_t>(300), .width = -10, .height = -10}),
              ErrorCode::BadMedia);
    EXPECT_EQ(codeOf({.rgb = {}, .width = 65536, .height = 65536}), ErrorCode::BadMedia);
    const ImageCrops crops(noise(20, 20, 1), {});
    std::vector<float> pixels(3 * 448 * 448);
    EXPECT_THROW(crops.pixels(2, pixels), Error);
    EXPECT_THROW(crops.pixels(0, std::span(pixels).first(7)), Error);
}

TEST(Resize, KeepsAFlatImageFlatAndAnEqualSizeUntouched) {
    Image flat{.rgb = std::vector<std::uint8_t>(31 * 17 * 3, 77), .width = 31, .height = 17};
    for (const auto& [width, height] : {std::pair(7, 5), {31, 40}, {100, 17}, {1, 1}, {200, 3}}) {
        const Image resized = resizeBilinear(flat, width, height);
        EXPECT_EQ(resized.width, width);
        EXPECT_EQ(resized.height, height);
        EXPECT_TRUE(std::all_of(resized.rgb.begin(), resized.rgb.end(),
                                [](std::uint8_t level) { return level == 77; }));
    }
    const Image image = noise(13, 9, 2);
    EXPECT_EQ(resizeBilinear(image, 13, 9).rgb, image.rgb);
}

// The definition in floating point without the fixed point and the rounding between the passes: at
// most one level away.
TEST(Resize, StaysWithinOneLevelOfTheIdealFilter) {
    const Image image = noise(41, 29, 9);
    const auto weights = [](int in, int out, int i) {
        const double scale = static_cast<double>(in) / out;
        const double support = std::max(scale, 1.0);
        std::vector<double> list;
        double sum = 0;
        for (int x = 0; x < in; ++x) {
            list.push_back(std::max(0.0, 1 - std::abs((x + 0.5 - (i + 0.5) * scale) / support)));
            sum += list.back();
        }
        for (double& value : list) {
            value /= sum;
        }
        return list;
    };
    for (const auto& [width, height] : {std::pair(17, 11), {83, 60}, {41, 7}, {5, 29}, {64, 13}}) {
        const Image resized = resizeBilinear(image, width, height);
        for (int y = 0; y < height; ++y) {
            const std::vector<double> down = weights(29, height, y);
            for (int x = 0; x < width; ++x) {
                const std::vector<double> across = weights(41, width, x);
                double sum = 0;
                for (std::size_t j = 0; j < 29; ++j) {
                    for (std::size_t i = 0; i < 41; ++i) {
                        sum += down[j] * across[i] * image.rgb[(j * 41 + i) * 3 + 1];
                    }
                }
                const int level = resized.rgb[static_cast<std::size_t>((y * width + x) * 3 + 1)];
                ASSERT_NEAR(level, sum, 1.01) << width << " x " << height;
            }
        }
    }
}

} // namespace
} // namespace phial::preprocess
