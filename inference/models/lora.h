// SPDX-License-Identifier: MIT
#pragma once

#include "inference/tensor/weight_matrix.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace phial::models {

/// The model's own low-rank adapter that a whole sequence runs with; chosen by what the request
/// contains.
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
    /// [in] F32: what the producer of x multiplies it by in its epilogue, so that x arrives scaled
    /// at base and adapters (whose A is stored divided by it). Empty = nothing to multiply, or
    /// folded into the norm in front.
    Tensor columnScale;
    LoraWeights speech;
    LoraWeights vision;
    /// The user's own adapters, in the order in which they were loaded; one that leaves this linear
    /// alone has empty matrices here.
    std::vector<LoraWeights> user;

    /// The operand for the producer's epilogue.
    std::optional<TensorView> inputScale() const {
        return columnScale.valid() ? std::optional(columnScale.view()) : std::nullopt;
    }

    /// The adapter's weights, or nullptr for None.
    const LoraWeights* lora(Adapter adapter) const {
        const LoraWeights* weights = adapter == Adapter::Speech   ? &speech
                                     : adapter == Adapter::Vision ? &vision
                                                                  : nullptr;
        return weights != nullptr && weights->a.valid() ? weights : nullptr;
    }

    /// The weights of user adapter `index`, or nullptr for -1 and where it has none.
    const LoraWeights* userLora(int index) const {
        if (index < 0 || static_cast<std::size_t>(index) >= user.size()) {
            return nullptr;
        }
        const LoraWeights& weights = user[static_cast<std::size_t>(index)];
        return weights.a.valid() ? &weights : nullptr;
    }
};

} // namespace phial::models
