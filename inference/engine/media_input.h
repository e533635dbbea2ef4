// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/siglip_encoder.h"
#include "inference/preprocess/image_pixels.h"
#include "inference/preprocess/media.h"

#include <memory>

namespace phial {

/// An image cut as the tower wants it. The crops are made one by one from the resized picture,
/// which the result keeps alive.
models::ImageInput imageInput(std::shared_ptr<const preprocess::ImageCrops> crops);

} // namespace phial
