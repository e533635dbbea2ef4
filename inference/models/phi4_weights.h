// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/lora.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/model_config.h"
#include "inference/weights/peft_adapter.h"

#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace phial::models {

/// Names as in the checkpoint; shapes: D hidden size, F inner size, Hq/Hkv heads, Dh head size.
struct DecoderLayerWeights {
    Tensor inputNorm;         ///< [D], times the column scale of qkv_proj
    AdaptedLinear qkvProj;    ///< [(Hq + 2 Hkv) Dh, D]
    AdaptedLinear oProj;      ///< [D, Hq Dh]
    Tensor postAttentionNorm; ///< [D], times the column scale of gate_up_proj
    AdaptedLinear gateUpProj; ///< [2 F, D], gate first
    AdaptedLinear downProj;   ///< [D, F]
};

struct DecoderWeights {
    WeightMatrix embedTokens; ///< [V, D]
    Tensor embedScale;        ///< [D]: column scale of embedTokens; empty = ones
    WeightMatrix lmHead;      ///< [V, D]; empty when the head is the embedding table
    std::vector<DecoderLayerWeights> layers;
    Tensor norm; ///< [D], times the column scale of the head

    const WeightMatrix& head() const { return lmHead.valid() ? lmHead : embedTokens; }
};

struct Norm {
    Tensor weight; ///< [D] F32
    Tensor bias;   ///< [D] F32
};

struct BiasedLinear {
    WeightMatrix weight; ///< [out, in]
    Tensor bias;         ///< [out] F32
};

/// Two linears with an exact GELU between them: features into decoder rows.
struct ProjectorWeights {
    BiasedLinear up;
    BiasedLinear down;
};

struct SiglipLayerWeights {
    Norm layerNorm1;
    BiasedLinear qkv; ///< q, k, v stacked: [3 D, D]
    BiasedLinear outProj;
    Norm layerNorm2;
    BiasedLinear fc1; ///< [F, D]
    BiasedLinear fc2; ///< [D, F]
};

struct VisionWeights {
    BiasedLinear patchEmbedding;            ///< [D, 3 ps ps]
    WeightMatrix positionEmbedding;         ///< [grid grid, D]
    std::vector<SiglipLayerWeights> layers; ///< without the last one, which the model never runs
    Tensor subSeparator;                    ///< [D]: sub_GN
    Tensor globalSeparator;                 ///< [D]: glb_GN
    ProjectorWeights projector;
};

struct ConformerFeedForwardWeights {
    Norm norm;
    BiasedLinear gateUp; ///< [2 F, D], value first
    BiasedLinear down;   ///< [D, F]
};

struct ConformerBlockWeights {
    ConformerFeedForwardWeights feedForwardIn;
    Norm attentionNorm;
    BiasedLinear qkv; ///< q, k, v stacked: [3 D, D]
    BiasedLinear out;
    Norm convNorm;
    BiasedLinear glu;     ///< [2 D, D], value first
    Tensor gluValueBias;  ///< [D]: b1
    Tensor gluGateBias;   ///< [D]: b2
    Tensor depthwise;     ///< [D, k]
    Tensor depthwiseBias; ///< [D]
    BiasedLinear pointwise;
    BiasedLinear convOut;
    ConformerFeedForwardWeights feedForwardOut;
    Norm norm;
};

struct Conv3x3 {
    Tensor weight; ///< [C, 9] F32
    Tensor bias;   ///< [C] F32
};

struct AudioWeights {
    Tensor mean;       ///< [mel]
    Tensor inverseStd; ///< [mel]
    Conv3x3 conv0;
    Conv3x3 conv2;       ///< depthwise
    BiasedLinear conv3;  ///< 1x1: [C, C]
    Conv3x3 conv5;       ///< depthwise
    BiasedLinear conv6;  ///< 1x1: [C, C]
    BiasedLinear out;    ///< [D, C mel / 8], columns ordered channel, frequency
    Tensor relativeBias; ///< [2 maxDistance, heads] F32
    std::vector<ConformerBlockWeights> blocks;
    ProjectorWeights speechProjector; ///< requests without images
    ProjectorWeights visionProjector; ///< requests with images
};

struct Phi4Weights {
    DecoderWeights decoder;
    std::optional<VisionWeights> vision;
    std::optional<AudioWeights> audio;
    double parameters = 0;   ///< numbers in the checkpoint, unused ones included
    std::uint64_t bytes = 0; ///< device memory they take
};

struct LoadOptions {
    /// F32 keeps bf16, fp16 and fp32 matrices as they are (exact); F16 turns all of them into fp16.
    DType activations = DType::F32;
    /// The user's own adapters, checked against the model; become AdaptedLinear::user in this
    /// order.
    std::span<const weights::PeftAdapter> adapters = {};
    /// (bytes read, bytes to read)
    std::function<void(double, double)> onProgress;
    std::stop_token stop;
};

/// Reads what the networks use and skips the rest. Host memory stays bounded: tensors stream
/// through the uploader. Throws Error{BadCheckpoint} for a missing or mis-shaped tensor, naming it
/// with expected and found shape; OutOfDeviceMemory; Cancelled.
Phi4Weights loadPhi4Weights(gpu::Device& device, const weights::Checkpoint& checkpoint,
                            const weights::ModelConfig& config, const LoadOptions& options);

} // namespace phial::models
