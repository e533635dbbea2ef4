// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/phi4_engine.h"
#include "inference/engine/prompt_plan.h"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace phial::compare {

/// A sequence that is read, not written: every token is given, whatever the model would have said.
struct Passage {
    PromptPlan plan;         ///< ids of the whole sequence, media among them
    std::int64_t scored = 1; ///< first position whose token is to be predicted, > 0
};

/// A text without any template around it.
Passage textPassage(std::vector<std::int32_t> ids);

/// Receives the logits in front of each scored token, in order.
using PredictionSink = std::function<void(std::int32_t next, std::span<const float> logits)>;

/// Runs a passage through an engine's networks. The engine's memory of its conversation is lost.
/// `taps` also gets the decoder's taps of the run, or is empty. Throws what Engine::generate()
/// throws, Error{Cancelled} when stopped.
void readPassage(Phi4Engine& engine, const Passage& passage, const PredictionSink& sink,
                 const models::TapSink& taps, std::stop_token stop);

} // namespace phial::compare
