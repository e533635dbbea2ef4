// SPDX-License-Identifier: MIT
#include "inference/engine/media_input.h"

#include <utility>

namespace phial {
namespace {

/// Rows of [pooled cells of all crops | sub_GN | glb_GN].
std::vector<std::int32_t> sequenceRows(const preprocess::CropPlan& plan) {
    using Source = preprocess::HdToken::Source;
    const int perCrop = plan.cellsPerSide() * plan.cellsPerSide();
    const int separators = plan.cropCount() * perCrop;
    std::vector<std::int32_t> rows;
    for (const preprocess::HdToken& token : preprocess::hdSequence(plan)) {
        switch (token.source) {
        case Source::Feature:
            rows.push_back(token.crop * perCrop + token.cell);
            break;
        case Source::RowSeparator:
            rows.push_back(separators);
            break;
        case Source::GlobalSeparator:
            rows.push_back(separators + 1);
            break;
        }
    }
    return rows;
}

} // namespace

models::ImageInput imageInput(std::shared_ptr<const preprocess::ImageCrops> crops) {
    const preprocess::CropPlan& plan = crops->plan();
    models::ImageInput input;
    input.count = plan.cropCount();
    input.sequence = sequenceRows(plan);
    input.crop = [crops = std::move(crops)](std::int64_t index) {
        const auto crop = static_cast<int>(index);
        const auto side = static_cast<std::size_t>(crops->plan().rules.cropSize);
        models::ImageCrop result;
        result.planes.resize(3 * side * side);
        crops->pixels(crop, result.planes);
        result.positionIds = preprocess::positionIds(crops->plan(), crop);
        result.keyMask = preprocess::patchMask(crops->plan(), crop);
        return result;
    };
    return input;
}

} // namespace phial
