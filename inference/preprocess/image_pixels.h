// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/crop_plan.h"
#include "inference/preprocess/media.h"

#include <cstdint>
#include <span>
#include <vector>

namespace phial::preprocess {

/// Valid patches of one crop: its first `rows` rows and `columns` columns.
struct PatchExtent {
    int rows = 0;
    int columns = 0;
};

/// Valid patches of crop `crop` (0 = global view, all valid; 1 + r * columns + c = tile in row r,
/// column c). Never empty. Throws Error{Internal} for a crop the plan does not have.
PatchExtent validPatches(const CropPlan& plan, int crop);

/// 1 = valid, 0 = masked, [s * s] in raster order, s = plan.patchesPerSide(). Keys at masked
/// patches are excluded from attention; queries there are computed like any other.
std::vector<std::int32_t> patchMask(const CropPlan& plan, int crop);

/// Row of the position embedding for each patch, [s * s] in raster order: the valid part is
/// stretched over the whole s x s table, masked patches take row 0. In fp32, because the bucket of
/// a patch at a bucket's edge depends on its rounding. Source: specification of the model,
/// section 6.3 (2).
std::vector<std::int32_t> positionIds(const CropPlan& plan, int crop);

/// Where one row of the HD sequence comes from.
struct HdToken {
    enum class Source : std::uint8_t {
        Feature,         ///< cell `cell` of crop `crop`
        RowSeparator,    ///< `sub_GN`, after every row of cells
        GlobalSeparator, ///< `glb_GN`, between the tiles and the global view
    };
    Source source = Source::Feature;
    int crop = 0; ///< 0 = global view
    int cell = 0; ///< y * cellsPerSide + x in the pooled grid of the crop

    bool operator==(const HdToken&) const = default;
};

/// The rows of the projector's input in order ("sub_glb"): the kept cells of the tiled image row by
/// row, each row closed by `sub_GN`; `glb_GN`; the cells of the global view, each row closed by
/// `sub_GN`. plan.tokens entries. Source: specification of the model, section 6.4.
std::vector<HdToken> hdSequence(const CropPlan& plan);

/// One image, resized and padded with white, ready to be cut. Holds 8-bit pixels only (at most 22
/// MB with 36 tiles of 448); fp32 planes are made crop by crop. Const after construction, any
/// thread.
class ImageCrops {
public:
    /// Resizes. Throws Error{BadMedia} for a broken image, a bogus size or an extreme aspect ratio;
    /// Error{InvalidArgument} for impossible rules.
    ImageCrops(const Image& image, const CropRules& rules);

    const CropPlan& plan() const { return m_plan; }

    /// The tiled image, plan().tiledWidth() x plan().tiledHeight().
    const Image& tiled() const { return m_tiled; }

    /// Normalised planes [3, c, c] of crop `crop` into `out` (3 * c * c values). Throws
    /// Error{Internal} for a wrong crop or size.
    void pixels(int crop, std::span<float> out) const;

private:
    CropPlan m_plan;
    Image m_tiled;
};

} // namespace phial::preprocess
