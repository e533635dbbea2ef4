// SPDX-License-Identifier: MIT
#include "inference/bench/shapes.h"

#include <algorithm>
#include <cmath>

namespace phial::bench {

weights::ModelConfig configOf(Shape shape, const ShapeCuts& cuts) {
    weights::ModelConfig config;
    weights::DecoderConfig& d = config.decoder;
    d = {.hiddenSize = 3072,
         .intermediateSize = 8192,
         .layers = 32,
         .heads = 24,
         .kvHeads = 8,
         .headDim = 128,
         .vocabulary = 200064,
         .rotaryDim = 96,
         .maxPositions = 131072,
         .originalMaxPositions = 4096};
    d.shortFactors.assign(static_cast<std::size_t>(d.rotaryDim / 2), 1.0F);
    d.longFactors.assign(static_cast<std::size_t>(d.rotaryDim / 2), 2.0F);
    d.rotaryMagnitude = std::sqrt(1 + std::log(d.maxPositions / d.originalMaxPositions) /
                                          std::log(d.originalMaxPositions));
    const auto cut = [](int& number, int limit) {
        if (limit > 0) {
            number = std::min(number, limit);
        }
    };
    cut(d.layers, cuts.layers);
    cut(d.vocabulary, cuts.vocabulary);
    config.family = weights::ModelFamily::Phi3;
    config.modelType = "phi3";
    if (shape == Shape::Phi4Multimodal) {
        config.family = weights::ModelFamily::Phi4Multimodal;
        config.modelType = "phi4mm";
        config.vision.emplace();
        cut(config.vision->usedLayers, cuts.layers);
        config.audio.emplace();
        cut(config.audio->layers, cuts.layers);
        config.visionAdapter = weights::AdapterConfig{.rank = 256, .alpha = 512};
        config.speechAdapter = weights::AdapterConfig{.rank = 320, .alpha = 640};
    }
    return config;
}

} // namespace phial::bench
