// SPDX-License-Identifier: MIT
#pragma once

#include "inference/tensor/weight_matrix.h"

#include <array>
#include <cstdint>

namespace phial::models {

/// Low-rank adapter that a whole sequence runs with; chosen by what the request contains.
enum class Adapter : std::uint8_t { None, Speech, Vision };

/// y += scale * (x A^T) B^T
struct LoraWeights {
    WeightMatrix a;  ///< [r, in]; empty when the checkpoint has no such adapter
    WeightMatrix b;  ///< [out, r]
    float scale = 0; ///< alpha / r
};

/// A linear layer of the decoder with the adapters that may stand beside it.
struct AdaptedLinear {
    WeightMatrix base; ///< [out, in]
    LoraWeights speech;
    LoraWeights vision;

    /// The adapter's weights, or nullptr for None.
    const LoraWeights* lora(Adapter adapter) const {
        const LoraWeights* weights = adapter == Adapter::Speech   ? &speech
                                     : adapter == Adapter::Vision ? &vision
                                                                  : nullptr;
        return weights != nullptr && weights->a.valid() ? weights : nullptr;
    }
};

} // namespace phial::models
