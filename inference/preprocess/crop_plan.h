// SPDX-License-Identifier: MIT
#pragma once

namespace phial::preprocess {

/// How a checkpoint wants its images cut. From config.json (crop size, patch size) and
/// preprocessor_config.json (`dynamic_hd`).
struct CropRules {
    int cropSize =
        448; ///< pixels; side of the global view and of every tile; a multiple of 2 patches
    int patchSize = 14; ///< pixels
    int maxCrops = 36;  ///< most tiles of one image, the global view not counted
};

/// Where the pixels of one image go. "Tiled image" = the tiles put together, rows x columns of
/// them.
struct CropPlan {
    CropRules rules;
    int columns = 1; ///< tiles
    int rows = 1;
    int resizedWidth = 0; ///< pixels of the picture inside the tiled image, top left
    int resizedHeight = 0;
    int padRight = 0; ///< white pixels; one of the two is 0
    int padBottom = 0;
    int validColumns = 0; ///< patches of the tiled image that count; the others are masked
    int validRows = 0;
    int tokens = 0; ///< rows of the HD sequence = prompt tokens of this image

    int tiledWidth() const { return columns * rules.cropSize; }

    int tiledHeight() const { return rows * rules.cropSize; }

    /// Global view and tiles.
    int cropCount() const { return 1 + columns * rows; }

    /// Patches along one side of a crop (32).
    int patchesPerSide() const { return rules.cropSize / rules.patchSize; }

    /// Pooled cells along one side of a crop (16).
    int cellsPerSide() const { return patchesPerSide() / 2; }

    /// Pooled cells of the tiled image that are kept.
    int keptColumns() const { return (validColumns + 1) / 2; }

    int keptRows() const { return (validRows + 1) / 2; }
};

/// Chooses the tiles for a picture of `width` x `height` pixels; small pictures are enlarged.
/// Cheap, any thread. Every tile holds at least one valid patch. Throws Error{BadMedia}: a side
/// below 1 or above 1,000,000 pixels, or an extreme aspect ratio (less than 10 pixels left on one
/// side). Error{InvalidArgument}: impossible rules. Source: specification of the model,
/// section 6.1.
CropPlan planCrops(int width, int height, const CropRules& rules);

} // namespace phial::preprocess
