// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/checkpoint.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

enum class ModelFamily {
    Phi4Multimodal, ///< text, vision and audio with adapters
    Phi3,           ///< text only: Phi-4-mini and its relatives
};

/// The text decoder. Letters as in docs/model.md: D, F, Hq, Hkv, Dh, V.
struct DecoderConfig {
    int hiddenSize = 0;       ///< D
    int intermediateSize = 0; ///< F; gate_up_proj has 2 F rows, gate first
    int layers = 0;
    int heads = 0;            ///< Hq, a multiple of kvHeads
    int kvHeads = 0;          ///< Hkv
    int headDim = 0;          ///< Dh
    int vocabulary = 0;       ///< V, rows of embed_tokens
    float rmsNormEps = 1e-5F; ///< dimensionless
    bool tiedHead = true;     ///< logits use embed_tokens; else `lm_head.weight` [V, D]

    int rotaryDim = 0;               ///< rotated dimensions of each head, even, <= headDim
    double ropeTheta = 10000;        ///< base of the rotary frequencies
    int maxPositions = 0;            ///< tokens; longest context the model can take
    int originalMaxPositions = 0;    ///< tokens; above it the long factors hold for all positions
    std::vector<float> shortFactors; ///< [rotaryDim / 2]
    std::vector<float> longFactors;  ///< [rotaryDim / 2]
    double rotaryMagnitude = 1;      ///< factor on cos and sin of both sets

    /// Rows of qkv_proj: (Hq + 2 Hkv) Dh.
    int qkvRows() const { return (heads + 2 * kvHeads) * headDim; }
};

/// The SigLIP tower and its projector.
struct VisionConfig {
    int hiddenSize = 1152;
    int intermediateSize = 4304;
    int layers = 27; ///< in the checkpoint
    int usedLayers =
        26; ///< features are the output of layer usedLayers - 1; the rest is not loaded
    int heads = 16;
    int patchSize = 14; ///< pixels
    int cropSize = 448; ///< pixels; the position table has (cropSize / patchSize)^2 rows
    float layerNormEps = 1e-6F;
    int maxCrops = 36; ///< `dynamic_hd`: most tiles per image, the global view not counted

    int headDim() const { return hiddenSize / heads; }

    int patchesPerSide() const { return cropSize / patchSize; }
};

/// The conformer encoder and its two projectors.
struct AudioConfig {
    int hiddenSize = 1024;
    int intermediateSize =
        1536; ///< of the feed-forward parts; net.0 has twice as many rows, value first
    int layers = 24;
    int heads = 16;
    int convChannels = 1024; ///< of the three subsampling stages
    int kernelSize = 3;      ///< frames of the depthwise convolution, causal
    int maxDistance = 500;   ///< encoder frames (80 ms); the bias table has 2 * maxDistance rows
    int melChannels = 80;
    int subsampledBins = 10;    ///< melChannels halved three times, rounding up
    float layerNormEps = 1e-5F; ///< fixed in the original code
    int chunkFrames = 500;      ///< encoder frames per attention chunk; fixed in the original code

    int headDim() const { return hiddenSize / heads; }
};

/// A low-rank adapter on the four linears of every decoder layer: y += alpha / rank * (x A^T) B^T.
struct AdapterConfig {
    int rank = 0;
    double alpha = 0;

    double scale() const { return alpha / rank; }
};

/// All numbers of a model folder, checked. A value type.
struct ModelConfig {
    ModelFamily family = ModelFamily::Phi4Multimodal;
    std::string modelType; ///< as written: "phi4mm", "phi4_multimodal", "phi3"
    DecoderConfig decoder;
    std::optional<VisionConfig> vision;         ///< absent without vision tensors
    std::optional<AudioConfig> audio;           ///< absent without audio tensors
    std::optional<AdapterConfig> visionAdapter; ///< absent without adapter tensors
    std::optional<AdapterConfig> speechAdapter;
    std::vector<std::int32_t>
        endTokens; ///< ids that end an answer; from generation_config.json, then config.json

    /// Encoder and adapter are both there; without its adapter an encoder gives nonsense.
    bool sees() const { return vision.has_value() && visionAdapter.has_value(); }

    bool hears() const { return audio.has_value() && speechAdapter.has_value(); }
};

/// The family named by `model_type` of the folder's config.json. Throws Error{WrongArchitecture}
/// naming the family found, Error{BadCheckpoint} or Error{FileUnreadable} for an unusable
/// config.json or folder.
ModelFamily readModelFamily(const std::filesystem::path& folder);

/// Reads config.json, generation_config.json, preprocessor_config.json (or processor_config.json)
/// and, for PEFT adapters, adapter_config.json of the checkpoint's folder. Numbers that a config
/// leaves out are taken from tensor shapes or are the constants of the full-size model. Every
/// number is checked for range and divisibility; tensors are not (see checkTensors). Throws
/// Error{WrongArchitecture} for another model family, Error{BadCheckpoint} naming file, key,
/// expected and found, Error{FileUnreadable} without config.json. Source: specification of the
/// model, sections 2, 3 and 11.
ModelConfig loadModelConfig(const Checkpoint& checkpoint);

} // namespace phial::weights
