// SPDX-License-Identifier: MIT
#include "inference/models/phi4_weights.h"

#include "inference/base/error.h"
#include "inference/models/weight_loader.h"

#include <string>

namespace phial::models {
namespace {

using weights::AudioConfig;
using weights::DecoderConfig;
using weights::VisionConfig;

const std::string kImage = "model.embed_tokens_extend.image_embed.";
const std::string kAudio = "model.embed_tokens_extend.audio_embed.";

LoraWeights lora(WeightLoader& load, const std::string& name, const std::string& adapter,
                 const std::optional<weights::LoraConfig>& config, std::int64_t rows,
                 std::int64_t columns) {
    LoraWeights result;
    if (config.has_value()) {
        const std::string a = name + ".lora_A." + adapter + ".weight";
        const std::string b = name + ".lora_B." + adapter + ".weight";
        result.a = load.matrix(a, config->rank, columns);
        result.b = load.matrix(b, rows, config->rank);
        result.scale = config->alpha / static_cast<float>(config->rank);
    }
    return result;
}

AdaptedLinear adapted(WeightLoader& load, const weights::ModelConfig& config,
                      const std::string& name, std::int64_t rows, std::int64_t columns) {
    // Checkpoints without adapters store the plain name.
    const std::string base = name + ".base_layer.weight";
    AdaptedLinear result;
    result.base = load.matrix(load.has(base) ? base : name + ".weight", rows, columns);
    result.speech = lora(load, name, "speech", config.speechLora, rows, columns);
    result.vision = lora(load, name, "vision", config.visionLora, rows, columns);
    return result;
}

DecoderWeights decoder(WeightLoader& load, const weights::ModelConfig& config) {
    const DecoderConfig& c = config.decoder;
    const std::int64_t d = c.hiddenSize;
    const std::int64_t f = c.intermediateSize;
    const std::int64_t queries = c.heads * c.headDim;
    const std::int64_t fused = (c.heads + 2 * c.kvHeads) * c.headDim;
    DecoderWeights w;
    w.embedTokens = load.matrix("model.embed_tokens.weight", c.vocabSize, d);
    for (std::int64_t i = 0; i < c.layers; ++i) {
        const std::string p = "model.layers." + std::to_string(i) + ".";
        DecoderLayerWeights layer;
        layer.inputNorm = load.floats(p + "input_layernorm.weight", Shape{d});
        layer.qkvProj = adapted(load, config, p + "self_attn.qkv_proj", fused, d);
        layer.oProj = adapted(load, config, p + "self_attn.o_proj", d, queries);
        layer.postAttentionNorm = load.floats(p + "post_attention_layernorm.weight", Shape{d});
        layer.gateUpProj = adapted(load, config, p + "mlp.gate_up_proj", 2 * f, d);
        layer.downProj = adapted(load, config, p + "mlp.down_proj", d, f);
        w.layers.push_back(std::move(layer));
    }
    w.norm = load.floats("model.norm.weight", Shape{d});
    if (!c.tiedEmbeddings) {
        w.lmHead = load.matrix("lm_head.weight", c.vocabSize, d);
    }
    return w;
}

ProjectorWeights projector(WeightLoader& load, const std::string& name, std::int64_t in,
                           std::int64_t hidden) {
    return {load.biased(name + ".0", hidden, in), load.biased(name + ".2", hidden, hidden)};
}

VisionWeights vision(WeightLoader& load, const VisionConfig& c, std::int64_t hidden) {
    const std::string p = kImage + "img_processor.";
    const std::int64_t d = c.hiddenSize;
    const std::int64_t grid = c.cropSize / c.patchSize;
    VisionWeights w;
    w.patchEmbedding =
        load.biased(p + "embeddings.patch_embedding", d, 3 * c.patchSize * c.patchSize);
    w.positionEmbedding =
        load.matrix(p + "embeddings.position_embedding.weight", grid * grid, d);
    // The features come from behind the last but one layer.
    for (std::int64_t i = 0; i + 1 < c.layers; ++i) {
        const std::string q = p + "encoder.layers." + std::to_string(i) + ".";
        const std::string attention = q + "self_attn.";
        SiglipLayerWeights layer;
        layer.layerNorm1 = load.norm(q + "layer_norm1", d);
        layer.qkv = load.biased({attention + "q_proj", attention + "k_proj", attention + "v_proj"},
                                d, d);
        layer.outProj = load.biased(attention + "out_proj", d, d);
        layer.layerNorm2 = load.norm(q + "layer_norm2", d);
        layer.fc1 = load.biased(q + "mlp.fc1", c.intermediateSize, d);
        layer.fc2 = load.biased(q + "mlp.fc2", d, c.intermediateSize);
        w.layers.push_back(std::move(layer));
    }
    w.subSeparator = load.floats(kImage + "sub_GN", Shape{d});
    w.globalSeparator = load.floats(kImage + "glb_GN", Shape{d});
    w.projector = projector(load, kImage + "img_projection", d, hidden);
    return w;
}

ConformerFeedForwardWeights feedForward(WeightLoader& load, const std::string& name,
                                        const AudioConfig& c) {
    return {load.norm(name + ".layer_norm", c.attentionDim),
            load.biased(name + ".net.0.linear", 2 * c.linearUnits, c.attentionDim),
            load.biased(name + ".net.2", c.attentionDim, c.linearUnits)};
}

ConformerBlockWeights conformerBlock(WeightLoader& load, const std::string& p,
                                     const AudioConfig& c) {
    const std::int64_t d = c.attentionDim;
    const std::string attention = p + "self_attn.linear_";
    const std::string depthwise = p + "conv.dw_sep_conv_1d.dw_conv";
    ConformerBlockWeights w;
    w.feedForwardIn = feedForward(load, p + "feed_forward_in", c);
    w.attentionNorm = load.norm(p + "layer_norm_att", d);
    w.qkv = load.biased({attention + "q", attention + "k", attention + "v"}, d, d);
    w.out = load.biased(attention + "out", d, d);
    w.convNorm = load.norm(p + "conv.layer_norm", d);
    w.glu = load.biased(p + "conv.glu.ext_pw_conv_1d", 2 * d, d);
    w.gluValueBias = load.floats(p + "conv.glu.b1", Shape{d});
    w.gluGateBias = load.floats(p + "conv.glu.b2", Shape{d});
    w.depthwise = load.floats(depthwise + ".weight", Shape{d, c.kernelSize});
    w.depthwiseBias = load.floats(depthwise + ".bias", Shape{d});
    w.pointwise = load.biased(p + "conv.dw_sep_conv_1d.pw_conv", d, d);
    w.convOut = load.biased(p + "conv.ext_pw_conv_1d", d, d);
    w.feedForwardOut = feedForward(load, p + "feed_forward_out", c);
    w.norm = load.norm(p + "layer_norm", d);
    return w;
}

AudioWeights audio(WeightLoader& load, const AudioConfig& c, std::int64_t hidden) {
    const std::string p = kAudio + "encoder.";
    const std::string conv = p + "embed.conv.";
    const std::int64_t channels = c.convChannels;
    const auto depthwise = [&](const char* index) {
        return Conv3x3{load.floats(conv + index + ".weight", Shape{channels, 9}),
                       load.floats(conv + index + ".bias", Shape{channels})};
    };
    AudioWeights w;
    w.mean = load.floats(p + "encoder_embedding.global_mean", Shape{c.melBands});
    w.inverseStd = load.floats(p + "encoder_embedding.global_invstd", Shape{c.melBands});
    w.conv0 = depthwise("0");
    w.conv2 = depthwise("2");
    w.conv3 = load.biased(conv + "3", channels, channels);
    w.conv5 = depthwise("5");
    w.conv6 = load.biased(conv + "6", channels, channels);
    const std::int64_t bands = (c.melBands + 7) / 8;
    w.out = load.biased(p + "embed.out", c.attentionDim, channels * bands);
    w.relativeBias = load.floats(p + "relative_attention_bias_layer.bias_values.weight",
                                 Shape{2 * c.maxDistance, c.heads});
    for (std::int64_t i = 0; i < c.blocks; ++i) {
        w.blocks.push_back(conformerBlock(load, p + "encoders." + std::to_string(i) + ".", c));
    }
    w.speechProjector = projector(load, kAudio + "audio_projection.speech", c.attentionDim, hidden);
    w.visionProjector = projector(load, kAudio + "audio_projection.vision", c.attentionDim, hidden);
    return w;
}

} // namespace

Phi4Weights loadPhi4Weights(gpu::Device& device, const weights::Checkpoint& checkpoint,
                            const weights::ModelConfig& config, const LoadOptions& options) {
    WeightLoader load(device, checkpoint, options);
    Phi4Weights w;
    w.decoder = decoder(load, config);
    if (config.vision.has_value()) {
        w.vision = vision(load, *config.vision, config.decoder.hiddenSize);
    }
    if (config.audio.has_value()) {
        w.audio = audio(load, *config.audio, config.decoder.hiddenSize);
    }
    load.finish();
    w.parameters = load.parameters();
    w.bytes = load.bytes();
    return w;
}

} // namespace phial::models
