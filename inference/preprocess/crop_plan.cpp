// SPDX-License-Identifier: MIT
#include "inference/preprocess/crop_plan.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace phial::preprocess {

namespace {

constexpr int kLargestSide = 1000000; // pixels; above this a file's header is broken
constexpr int kSmallestSide = 10;     // pixels left after fitting
constexpr int kLargestCrop = 4096;
constexpr int kLargestCropCount = 1024;

void checkRules(const CropRules& rules) {
    const bool possible = rules.patchSize >= 1 && rules.cropSize >= 1 &&
                          rules.cropSize <= kLargestCrop &&
                          rules.cropSize % (2 * static_cast<std::int64_t>(rules.patchSize)) == 0 &&
                          rules.maxCrops >= 1 && rules.maxCrops <= kLargestCropCount;
    if (!possible) {
        throw Error(ErrorCode::InvalidArgument,
                    "impossible rules for cutting images: crop " + std::to_string(rules.cropSize) +
                        " pixels, patch " + std::to_string(rules.patchSize) + " pixels, at most " +
                        std::to_string(rules.maxCrops) + " crops");
    }
}

struct Grid {
    int columns = 1;
    int rows = 1;
};

/// The grid of at most maxCrops tiles whose aspect ratio is closest to the picture's. On an exactly
/// equal difference the larger grid wins when the picture has more than half its pixels.
Grid closestGrid(int width, int height, const CropRules& rules) {
    const double ratio = static_cast<double>(width) / height;
    const double area = static_cast<double>(width) * height;
    const double cropArea = static_cast<double>(rules.cropSize) * rules.cropSize;
    Grid best;
    double bestDifference = std::numeric_limits<double>::infinity();
    for (int product = 1; product <= rules.maxCrops; ++product) {
        for (int columns = 1; columns <= product; ++columns) {
            if (product % columns != 0) {
                continue;
            }
            const int rows = product / columns;
            const double difference = std::abs(ratio - static_cast<double>(columns) / rows);
            if (difference < bestDifference) {
                bestDifference = difference;
                best = {columns, rows};
            } else if (difference == bestDifference && area > 0.5 * cropArea * product) {
                best = {columns, rows};
            }
        }
    }
    return best;
}

} // namespace

CropPlan planCrops(int width, int height, const CropRules& rules) {
    checkRules(rules);
    if (width < 1 || height < 1 || width > kLargestSide || height > kLargestSide) {
        throw Error(ErrorCode::BadMedia, "impossible image size " + std::to_string(width) + " x " +
                                             std::to_string(height) + " pixels");
    }
    const int crop = rules.cropSize;
    CropPlan plan;
    plan.rules = rules;
    plan.columns = (width + crop - 1) / crop;
    plan.rows = (height + crop - 1) / crop;
    if (std::int64_t{plan.columns} * plan.rows > rules.maxCrops) {
        const Grid grid = closestGrid(width, height, rules);
        plan.columns = grid.columns;
        plan.rows = grid.rows;
    }

    const double scaleX = static_cast<double>(plan.tiledWidth()) / width;
    const double scaleY = static_cast<double>(plan.tiledHeight()) / height;
    plan.resizedWidth = plan.tiledWidth();
    plan.resizedHeight = plan.tiledHeight();
    if (scaleX < scaleY) {
        plan.resizedHeight = static_cast<int>(height * scaleX);
        plan.padBottom = plan.tiledHeight() - plan.resizedHeight;
    } else {
        plan.resizedWidth = static_cast<int>(width * scaleY);
        plan.padRight = plan.tiledWidth() - plan.resizedWidth;
    }
    if (std::min(plan.resizedWidth, plan.resizedHeight) < kSmallestSide) {
        throw Error(ErrorCode::BadMedia,
                    "extreme aspect ratio: an image of " + std::to_string(width) + " x " +
                        std::to_string(height) + " pixels would keep less than " +
                        std::to_string(kSmallestSide) +
                        " pixels on one side; cut it into parts first");
    }
    const int side = plan.patchesPerSide();
    plan.validColumns = plan.columns * side - plan.padRight / rules.patchSize;
    plan.validRows = plan.rows * side - plan.padBottom / rules.patchSize;
    // Follows from the choice of the grid: one tile less would have a closer aspect ratio.
    check(plan.padRight >= 0 && plan.padBottom >= 0 &&
              plan.validColumns > (plan.columns - 1) * side &&
              plan.validRows > (plan.rows - 1) * side,
          "a tile without content");
    const int cells = plan.cellsPerSide();
    plan.tokens = plan.keptRows() * (plan.keptColumns() + 1) + 1 + cells * (cells + 1);
    return plan;
}

} // namespace phial::preprocess
