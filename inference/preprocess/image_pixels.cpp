// SPDX-License-Identifier: MIT
#include "inference/preprocess/image_pixels.h"

#include "inference/base/error.h"
#include "inference/preprocess/resize.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace phial::preprocess {

namespace {

struct Tile {
    int row = 0;
    int column = 0;
};

Tile tileOf(const CropPlan& plan, int crop) {
    return {(crop - 1) / plan.columns, (crop - 1) % plan.columns};
}

void checkCrop(const CropPlan& plan, int crop) {
    check(crop >= 0 && crop < plan.cropCount(), "a crop outside the plan");
}

/// Row or column of the position table for each of `side` patches of which `valid` count.
std::vector<std::int32_t> stretchedBuckets(int side, int valid) {
    const float reciprocal = 1.0F / static_cast<float>(valid);
    constexpr float kBelowOne = 1.0F - 1e-6F;
    std::vector<std::int32_t> buckets(static_cast<std::size_t>(side), 0);
    for (int i = 0; i < side; ++i) {
        const float fraction = std::min(static_cast<float>(i) * reciprocal, kBelowOne);
        std::int32_t bucket = 0;
        while (bucket + 1 < side &&
               static_cast<float>(bucket + 1) / static_cast<float>(side) <= fraction) {
            ++bucket;
        }
        buckets[static_cast<std::size_t>(i)] = bucket;
    }
    return buckets;
}

/// The picture at the top left of a white canvas.
Image padWhite(Image picture, int width, int height) {
    if (picture.width == width && picture.height == height) {
        return picture;
    }
    Image canvas{.rgb = {}, .width = width, .height = height};
    const std::size_t canvasRow = static_cast<std::size_t>(width) * 3;
    const std::size_t pictureRow = static_cast<std::size_t>(picture.width) * 3;
    canvas.rgb.assign(canvasRow * static_cast<std::size_t>(height), 255);
    for (std::size_t y = 0; y < static_cast<std::size_t>(picture.height); ++y) {
        std::copy_n(picture.rgb.data() + y * pictureRow, pictureRow,
                    canvas.rgb.data() + y * canvasRow);
    }
    return canvas;
}

Image tile(const Image& image, const CropPlan& plan) {
    return padWhite(resizeBilinear(image, plan.resizedWidth, plan.resizedHeight), plan.tiledWidth(),
                    plan.tiledHeight());
}

} // namespace

PatchExtent validPatches(const CropPlan& plan, int crop) {
    checkCrop(plan, crop);
    const int side = plan.patchesPerSide();
    if (crop == 0) {
        return {side, side};
    }
    const Tile position = tileOf(plan, crop);
    return {std::clamp(plan.validRows - position.row * side, 0, side),
            std::clamp(plan.validColumns - position.column * side, 0, side)};
}

std::vector<std::int32_t> patchMask(const CropPlan& plan, int crop) {
    const PatchExtent valid = validPatches(plan, crop);
    const int side = plan.patchesPerSide();
    std::vector<std::int32_t> mask;
    mask.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            mask.push_back(y < valid.rows && x < valid.columns ? 1 : 0);
        }
    }
    return mask;
}

std::vector<std::int32_t> positionIds(const CropPlan& plan, int crop) {
    const PatchExtent valid = validPatches(plan, crop);
    const int side = plan.patchesPerSide();
    const std::vector<std::int32_t> rows = stretchedBuckets(side, valid.rows);
    const std::vector<std::int32_t> columns = stretchedBuckets(side, valid.columns);
    std::vector<std::int32_t> ids;
    ids.reserve(static_cast<std::size_t>(side) * static_cast<std::size_t>(side));
    for (int y = 0; y < side; ++y) {
        for (int x = 0; x < side; ++x) {
            ids.push_back(y < valid.rows && x < valid.columns
                              ? rows[static_cast<std::size_t>(y)] * side +
                                    columns[static_cast<std::size_t>(x)]
                              : 0);
        }
    }
    return ids;
}

std::vector<HdToken> hdSequence(const CropPlan& plan) {
    constexpr HdToken kRowSeparator{.source = HdToken::Source::RowSeparator};
    constexpr HdToken kGlobalSeparator{.source = HdToken::Source::GlobalSeparator};
    const int cells = plan.cellsPerSide();
    std::vector<HdToken> sequence;
    sequence.reserve(static_cast<std::size_t>(plan.tokens));
    for (int y = 0; y < plan.keptRows(); ++y) {
        for (int x = 0; x < plan.keptColumns(); ++x) {
            sequence.push_back({.source = HdToken::Source::Feature,
                                .crop = 1 + y / cells * plan.columns + x / cells,
                                .cell = y % cells * cells + x % cells});
        }
        sequence.push_back(kRowSeparator);
    }
    sequence.push_back(kGlobalSeparator);
    for (int y = 0; y < cells; ++y) {
        for (int x = 0; x < cells; ++x) {
            sequence.push_back(
                {.source = HdToken::Source::Feature, .crop = 0, .cell = y * cells + x});
        }
        sequence.push_back(kRowSeparator);
    }
    check(sequence.size() == static_cast<std::size_t>(plan.tokens),
          "the HD sequence does not have the planned length");
    return sequence;
}

ImageCrops::ImageCrops(const Image& image, const CropRules& rules)
    : m_plan(planCrops(image.width, image.height, rules))
    , m_tiled(tile(image, m_plan)) {}

void ImageCrops::pixels(int crop, std::span<float> out) const {
    checkCrop(m_plan, crop);
    const auto side = static_cast<std::size_t>(m_plan.rules.cropSize);
    check(out.size() == 3 * side * side, "the buffer does not hold one crop");
    if (crop == 0) {
        const std::vector<float> view =
            resizeBicubicNormalized(m_tiled, m_plan.rules.cropSize, m_plan.rules.cropSize);
        std::copy(view.begin(), view.end(), out.begin());
        return;
    }
    const std::array<float, 256> levels = normalizedLevels();
    const Tile position = tileOf(m_plan, crop);
    const std::size_t left = static_cast<std::size_t>(position.column) * side;
    const std::size_t top = static_cast<std::size_t>(position.row) * side;
    for (std::size_t y = 0; y < side; ++y) {
        const std::uint8_t* row =
            m_tiled.rgb.data() + ((top + y) * static_cast<std::size_t>(m_tiled.width) + left) * 3;
        for (std::size_t x = 0; x < side; ++x) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                out[(channel * side + y) * side + x] = levels[row[x * 3 + channel]];
            }
        }
    }
}

} // namespace phial::preprocess
