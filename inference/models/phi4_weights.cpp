// SPDX-License-Identifier: MIT
#include "inference/models/phi4_weights.h"

#include "inference/base/error.h"
#include "inference/models/weight_loader.h"
#include "inference/weights/tensor_list.h"

#include <string>

namespace phial::models {
namespace {

using weights::AudioConfig;
using weights::DecoderConfig;
using weights::VisionConfig;

const std::string kImage{weights::kVisionPrefix};
const std::string kAudio{weights::kAudioPrefix};

LoraWeights lora(WeightLoader& load, const std::string& name, const std::string& adapter,
                 const std::optional<weights::AdapterConfig>& config, const Shape& base) {
    LoraWeights result;
    if (config.has_value()) {
        const std::int64_t rank = config->rank;
        result.a = load.matrix(name + ".lora_A." + adapter + ".weight", Shape{rank, base[1]});
        result.b = load.matrix(name + ".lora_B." + adapter + ".weight", Shape{base[0], rank});
        result.scale = static_cast<float>(config->scale());
    }
    return result;
}

/// A user's adapter beside one matrix. Its input arrives multiplied by the base's column scale, so
/// A is divided by it.
LoraWeights userLora(WeightLoader& load, const weights::PeftAdapter& adapter,
                     const std::string& name, const Shape& base) {
    const weights::PeftAdapter::Factors* factors = adapter.find(name);
    if (factors == nullptr) {
        return {};
    }
    std::vector<float> a = adapter.read(*factors->a);
    const std::vector<float> scale = load.hostColumnScale(name + ".base_layer.weight");
    for (std::size_t i = 0; i < a.size() && !scale.empty(); ++i) {
        a[i] /= scale[i % scale.size()];
    }
    LoraWeights result;
    result.a = load.ownMatrix(a, factors->rank(), base[1]);
    result.b = load.ownMatrix(adapter.read(*factors->b), base[0], factors->rank());
    result.scale = static_cast<float>(factors->scale);
    return result;
}

AdaptedLinear adapted(WeightLoader& load, const weights::ModelConfig& config,
                      std::span<const weights::PeftAdapter> adapters, const std::string& name,
                      const Shape& base) {
    AdaptedLinear result;
    result.base = load.scaledMatrix(name + ".base_layer.weight", base);
    result.speech = lora(load, name, "speech", config.speechAdapter, base);
    result.vision = lora(load, name, "vision", config.visionAdapter, base);
    for (const weights::PeftAdapter& adapter : adapters) {
        result.user.push_back(userLora(load, adapter, name, base));
    }
    return result;
}

DecoderWeights decoder(WeightLoader& load, const weights::ModelConfig& config,
                       std::span<const weights::PeftAdapter> adapters) {
    const DecoderConfig& c = config.decoder;
    const std::int64_t d = c.hiddenSize;
    const std::int64_t f = c.intermediateSize;
    const std::int64_t queries = std::int64_t{c.heads} * c.headDim;
    const std::int64_t fused = c.qkvRows();
    DecoderWeights w;
    const std::string table = "model.embed_tokens.weight";
    const std::string head = c.tiedHead ? table : "lm_head.weight";
    w.embedTokens = load.scaledMatrix(table, Shape{c.vocabulary, d});
    w.embedScale = load.columnScale(table);
    for (std::int64_t i = 0; i < c.layers; ++i) {
        const std::string p = "model.layers." + std::to_string(i) + ".";
        DecoderLayerWeights layer;
        const auto base = [&](const char* name) { return p + name + ".base_layer.weight"; };
        layer.inputNorm =
            load.foldedGain(p + "input_layernorm.weight", d, base("self_attn.qkv_proj"));
        layer.qkvProj = adapted(load, config, adapters, p + "self_attn.qkv_proj", Shape{fused, d});
        layer.oProj = adapted(load, config, adapters, p + "self_attn.o_proj", Shape{d, queries});
        layer.oProj.columnScale = load.columnScale(base("self_attn.o_proj"));
        layer.postAttentionNorm =
            load.foldedGain(p + "post_attention_layernorm.weight", d, base("mlp.gate_up_proj"));
        layer.gateUpProj = adapted(load, config, adapters, p + "mlp.gate_up_proj", Shape{2 * f, d});
        layer.downProj = adapted(load, config, adapters, p + "mlp.down_proj", Shape{d, f});
        layer.downProj.columnScale = load.columnScale(base("mlp.down_proj"));
        w.layers.push_back(std::move(layer));
    }
    w.norm = load.foldedGain("model.norm.weight", d, head);
    if (!c.tiedHead) {
        w.lmHead = load.scaledMatrix(head, Shape{c.vocabulary, d});
    }
    return w;
}

ProjectorWeights projector(WeightLoader& load, const std::string& name, std::int64_t in,
                           std::int64_t hidden) {
    return {load.biased(name + ".0", Shape{hidden, in}),
            load.biased(name + ".2", Shape{hidden, hidden})};
}

VisionWeights vision(WeightLoader& load, const VisionConfig& c, std::int64_t hidden) {
    const std::string p = kImage + "img_processor.";
    const std::int64_t d = c.hiddenSize;
    const std::int64_t f = c.intermediateSize;
    const std::int64_t patches = std::int64_t{c.patchesPerSide()} * c.patchesPerSide();
    VisionWeights w;
    w.patchEmbedding =
        load.biased(p + "embeddings.patch_embedding", Shape{d, 3, c.patchSize, c.patchSize});
    w.positionEmbedding =
        load.matrix(p + "embeddings.position_embedding.weight", Shape{patches, d});
    for (int i = 0; i < c.usedLayers; ++i) {
        const std::string q = p + "encoder.layers." + std::to_string(i) + ".";
        const std::string attention = q + "self_attn.";
        SiglipLayerWeights layer;
        layer.layerNorm1 = load.norm(q + "layer_norm1", d);
        layer.qkv = load.biased({attention + "q_proj", attention + "k_proj", attention + "v_proj"},
                                Shape{d, d});
        layer.outProj = load.biased(attention + "out_proj", Shape{d, d});
        layer.layerNorm2 = load.norm(q + "layer_norm2", d);
        layer.fc1 = load.biased(q + "mlp.fc1", Shape{f, d});
        layer.fc2 = load.biased(q + "mlp.fc2", Shape{d, f});
        w.layers.push_back(std::move(layer));
    }
    w.subSeparator = load.floats(kImage + "sub_GN", Shape{1, 1, 1, d}, Shape{1, d});
    w.globalSeparator = load.floats(kImage + "glb_GN", Shape{1, 1, d}, Shape{1, d});
    w.projector = projector(load, kImage + "img_projection", d, hidden);
    return w;
}

ConformerFeedForwardWeights feedForward(WeightLoader& load, const std::string& name,
                                        const AudioConfig& c) {
    const std::int64_t d = c.hiddenSize;
    const std::int64_t f = c.intermediateSize;
    return {load.norm(name + ".layer_norm", d),
            load.biased(name + ".net.0.linear", Shape{2 * f, d}),
            load.biased(name + ".net.2", Shape{d, f})};
}

ConformerBlockWeights conformerBlock(WeightLoader& load, const std::string& p,
                                     const AudioConfig& c) {
    const std::int64_t d = c.hiddenSize;
    const std::string attention = p + "self_attn.linear_";
    const std::string depthwise = p + "conv.dw_sep_conv_1d.dw_conv";
    ConformerBlockWeights w;
    w.feedForwardIn = feedForward(load, p + "feed_forward_in", c);
    w.attentionNorm = load.norm(p + "layer_norm_att", d);
    w.qkv = load.biased({attention + "q", attention + "k", attention + "v"}, Shape{d, d});
    w.out = load.biased(attention + "out", Shape{d, d});
    w.convNorm = load.norm(p + "conv.layer_norm", d);
    w.glu = load.biased(p + "conv.glu.ext_pw_conv_1d", Shape{2 * d, d, 1});
    w.gluValueBias = load.floats(p + "conv.glu.b1", Shape{1, d, 1}, Shape{d});
    w.gluGateBias = load.floats(p + "conv.glu.b2", Shape{1, d, 1}, Shape{d});
    w.depthwise =
        load.floats(depthwise + ".weight", Shape{d, 1, c.kernelSize}, Shape{d, c.kernelSize});
    w.depthwiseBias = load.floats(depthwise + ".bias", Shape{d});
    w.pointwise = load.biased(p + "conv.dw_sep_conv_1d.pw_conv", Shape{d, d, 1});
    w.convOut = load.biased(p + "conv.ext_pw_conv_1d", Shape{d, d, 1});
    w.feedForwardOut = feedForward(load, p + "feed_forward_out", c);
    w.norm = load.norm(p + "layer_norm", d);
    return w;
}

AudioWeights audio(WeightLoader& load, const AudioConfig& c, std::int64_t hidden) {
    const std::string p = kAudio + "encoder.";
    const std::string conv = p + "embed.conv.";
    const std::int64_t channels = c.convChannels;
    const std::int64_t d = c.hiddenSize;
    const auto convolution = [&](const char* index) {
        return Conv3x3{
            load.floats(conv + index + ".weight", Shape{channels, 1, 3, 3}, Shape{channels, 9}),
            load.floats(conv + index + ".bias", Shape{channels})};
    };
    AudioWeights w;
    w.mean = load.floats(p + "encoder_embedding.global_mean", Shape{c.melChannels});
    w.inverseStd = load.floats(p + "encoder_embedding.global_invstd", Shape{c.melChannels});
    w.conv0 = convolution("0");
    w.conv2 = convolution("2");
    w.conv3 = load.biased(conv + "3", Shape{channels, channels, 1, 1});
    w.conv5 = convolution("5");
    w.conv6 = load.biased(conv + "6", Shape{channels, channels, 1, 1});
    w.out = load.biased(p + "embed.out", Shape{d, channels * c.subsampledBins});
    w.relativeBias = load.floats(p + "relative_attention_bias_layer.bias_values.weight",
                                 Shape{2 * c.maxDistance, c.heads});
    for (int i = 0; i < c.layers; ++i) {
        w.blocks.push_back(conformerBlock(load, p + "encoders." + std::to_string(i) + ".", c));
    }
    w.speechProjector = projector(load, kAudio + "audio_projection.speech", d, hidden);
    w.visionProjector = projector(load, kAudio + "audio_projection.vision", d, hidden);
    return w;
}

} // namespace

Phi4Weights loadPhi4Weights(gpu::Device& device, const weights::Checkpoint& checkpoint,
                            const weights::ModelConfig& config, const LoadOptions& options) {
    weights::checkTensors(checkpoint, config);
    WeightLoader load(device, checkpoint, options);
    double total = 0;
    for (const weights::ExpectedTensor& expected : weights::expectedTensors(config)) {
        total += static_cast<double>(checkpoint.require(expected.name, expected.shape).bytes());
    }
    load.setTotal(total);
    Phi4Weights w;
    w.decoder = decoder(load, config, options.adapters);
    // An encoder without its adapter would give nonsense; its memory is saved.
    if (config.sees()) {
        w.vision = vision(load, *config.vision, config.decoder.hiddenSize);
    }
    if (config.hears()) {
        w.audio = audio(load, *config.audio, config.decoder.hiddenSize);
    }
    load.finish();
    w.parameters = static_cast<double>(checkpoint.parameters());
    w.bytes = load.bytes();
    return w;
}

} // namespace phial::models
