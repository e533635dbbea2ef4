// SPDX-License-Identifier: MIT
#pragma once

#include "inference/compare/passage_reader.h"
#include "inference/engine/engine.h"
#include "inference/engine/phi4_engine.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::compare {

/// What models get to read. A text is read as it is; a request (a recording to write down, a
/// picture to describe) is answered first, and read with its answer.
struct Material {
    std::string name; ///< as it is told: the file's name
    std::string text; ///< empty for a request
    std::optional<Request> request;
    std::string right; ///< the right answer of a request, or empty: the reference's counts as right
};

/// A request as this engine's decoder reads it.
PromptPlan planOf(Phi4Engine& engine, const Request& request);

/// The tokens of a text, at most `tokens`, behind the start token where the model has one. Throws
/// Error{InvalidArgument} for fewer than two.
std::vector<std::int32_t> textIdsOf(Phi4Engine& engine, const Material& material, int tokens);

/// The model's own greedy answer to a request, at most `tokens` long. Throws Error{Cancelled}.
GenerationResult answerOf(Phi4Engine& engine, const Material& material, int tokens,
                          const std::function<void(const Progress&)>& onProgress,
                          const std::stop_token& stop);

/// What is read of a material: `ids` of a text in windows that fit the context, each from nothing;
/// or a request's prompt with `ids` as its answer.
std::vector<Passage> passagesOf(Phi4Engine& engine, const Material& material,
                                const std::vector<std::int32_t>& ids);

} // namespace phial::compare
