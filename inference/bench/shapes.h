// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/model_config.h"

#include <cstdint>

namespace phial::bench {

enum class Shape : std::uint8_t {
    Phi4Multimodal, ///< Phi-4-multimodal: decoder, adapters, image tower, audio encoder
    Phi4Mini,       ///< the decoder alone
};

/// Cuts that leave every operation its true size: fewer layers of each network, a smaller
/// vocabulary. 0 = as in the model.
struct ShapeCuts {
    int layers = 0;
    int vocabulary = 0;
};

/// The numbers of the full-size checkpoint, as loadModelConfig() would read them.
weights::ModelConfig configOf(Shape shape, const ShapeCuts& cuts);

} // namespace phial::bench
