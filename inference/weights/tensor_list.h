// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/model_config.h"

#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

/// Prefixes of canonical names.
inline constexpr std::string_view kVisionPrefix = "model.embed_tokens_extend.image_embed.";
inline constexpr std::string_view kAudioPrefix = "model.embed_tokens_extend.audio_embed.";

/// A tensor that a model of this configuration consists of.
struct ExpectedTensor {
    std::string name; ///< canonical
    Shape shape;
};

/// Every tensor that the networks of `config` read, the layers that are never run left out. This is
/// the list of names and shapes to code against. Source: specification of the model, section 2.
std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config);

/// Checks that all of them are there with a float type and the right shape, before anything is
/// uploaded. Throws Error{BadCheckpoint} naming the first wrong tensor, or the number of missing
/// ones and the first.
void checkTensors(const Checkpoint& checkpoint, const ModelConfig& config);

} // namespace phial::weights
