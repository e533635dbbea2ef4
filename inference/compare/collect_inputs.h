// SPDX-License-Identifier: MIT
#pragma once

#include "inference/compare/material.h"
#include "inference/models/lora.h"
#include "inference/package/calibration.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::compare {

struct CollectOptions {
    EngineOptions model;
    int samples = 128; ///< positions that are kept of everything that is read; > 0
    int tokens = 512;  ///< most tokens that are read of a text, or of an answer; > 1
};

/// What the decoder's linears read at some positions of the material, before any column scale.
struct CollectedInputs {
    /// By canonical name of the matrix: the four linears of every layer, and the head (the
    /// embedding table where that is the head). Row k of every sample is the same position.
    package::Calibration inputs;
    std::vector<models::Adapter> adapters; ///< that position k was read with
    std::int64_t positions = 0;            ///< that were read in all
};

struct CollectEvents {
    std::function<void(const Progress&)> onProgress;
    std::function<void(std::size_t done)> onMaterial;
};

/// Runs a model over the material and keeps what its linears read, at positions drawn evenly from
/// all (the same ones for the same material). A recording or picture is read with its right answer
/// where that is known, else with the model's own. The model is in memory during the call only; the
/// samples take samples * (all input widths) * 4 bytes: 250 MB for 128 samples of the full model.
/// Throws what loadEngine() and Engine::generate() throw; Error{Cancelled}.
CollectedInputs collectInputs(const CollectOptions& options, const std::vector<Material>& material,
                              const CollectEvents& events, std::stop_token stop);

} // namespace phial::compare
