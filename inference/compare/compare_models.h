// SPDX-License-Identifier: MIT
#pragma once

#include "inference/compare/divergence.h"
#include "inference/compare/material.h"
#include "inference/engine/engine.h"
#include "inference/evaluate/text_scores.h"

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::compare {

struct CompareOptions {
    EngineOptions reference;
    EngineOptions candidate;
    int tokens = 1024; ///< most tokens that are read of a text, or of an answer; > 1
};

/// What was found for one material.
struct Comparison {
    std::string name;
    Divergence divergence;
    evaluate::EditCount words; ///< of the candidate's own answer; empty for texts
    evaluate::EditCount characters;
    evaluate::EditCount referenceWords; ///< of the reference's; 0 edits without a right answer
    evaluate::EditCount referenceCharacters;

    Comparison& operator+=(const Comparison& other);
};

enum class Side { Reference, Candidate };

struct CompareEvents {
    std::function<void(const Progress&)> onProgress; ///< loading and work on one material
    std::function<void(Side side, std::size_t done)> onMaterial;
};

/// Compares two models, one after the other, so that only one is in device memory at a time: the
/// reference's logits wait on the disk. Throws what loadEngine() and Engine::generate() throw;
/// Error{InvalidArgument} when the models do not have the same tokens; Cancelled.
std::vector<Comparison> compareModels(const CompareOptions& options,
                                      const std::vector<Material>& materials,
                                      const CompareEvents& events, std::stop_token stop);

} // namespace phial::compare
