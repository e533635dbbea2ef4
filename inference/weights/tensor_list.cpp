// SPDX-License-Identifier: MIT
#include "inference/weights/tensor_list.h"

#include "inference/base/error.h"

#include <cstddef>
#include <initializer_list>

namespace phial::weights {

namespace {

class List {
public:
    void add(const std::string& name, std::initializer_list<std::int64_t> shape) {
        m_tensors.push_back({name, Shape(shape)});
    }

    /// name.weight [out, in] and name.bias [out]
    void linear(const std::string& name, std::int64_t out, std::int64_t in) {
        add(name + ".weight", {out, in});
        add(name + ".bias", {out});
    }

    /// name.weight and name.bias, both [width]
    void layerNorm(const std::string& name, std::int64_t width) {
        add(name + ".weight", {width});
        add(name + ".bias", {width});
    }

    std::vector<ExpectedTensor> take() { return std::move(m_tensors); }

private:
    std::vector<ExpectedTensor> m_tensors;
};

std::string join(std::initializer_list<std::string_view> parts) {
    std::string whole;
    for (const std::string_view part : parts) {
        whole += part;
    }
    return whole;
}

void addDecoder(List& list, const ModelConfig& config) {
    const DecoderConfig& d = config.decoder;
    list.add("model.embed_tokens.weight", {d.vocabulary, d.hiddenSize});
    for (int i = 0; i < d.layers; ++i) {
        const std::string layer = "model.layers." + std::to_string(i) + ".";
        list.add(layer + "input_layernorm.weight", {d.hiddenSize});
        list.add(layer + "post_attention_layernorm.weight", {d.hiddenSize});
        const auto adapted = [&](const std::string& name, std::int64_t out, std::int64_t in) {
            list.add(layer + name + ".base_layer.weight", {out, in});
            const auto low = [&](const std::string& adapter, const AdapterConfig& lora) {
                list.add(join({layer, name, ".lora_A.", adapter, ".weight"}), {lora.rank, in});
                list.add(join({layer, name, ".lora_B.", adapter, ".weight"}), {out, lora.rank});
            };
            if (config.speechAdapter) {
                low("speech", *config.speechAdapter);
            }
            if (config.visionAdapter) {
                low("vision", *config.visionAdapter);
            }
        };
        adapted("self_attn.qkv_proj", d.qkvRows(), d.hiddenSize);
        adapted("self_attn.o_proj", d.hiddenSize, std::int64_t{d.heads} * d.headDim);
        adapted("mlp.gate_up_proj", 2 * std::int64_t{d.intermediateSize}, d.hiddenSize);
        adapted("mlp.down_proj", d.hiddenSize, d.intermediateSize);
    }
    list.add("model.norm.weight", {d.hiddenSize});
    if (!d.tiedHead) {
        list.add("lm_head.weight", {d.vocabulary, d.hiddenSize});
    }
}

void addVision(List& list, const VisionConfig& v, int modelWidth) {
    const std::string embed(kVisionPrefix);
    const std::string tower = embed + "img_processor.";
    list.add(embed + "glb_GN", {1, 1, v.hiddenSize});
    list.add(embed + "sub_GN", {1, 1, 1, v.hiddenSize});
    list.linear(embed + "img_projection.0", modelWidth, v.hiddenSize);
    list.linear(embed + "img_projection.2", modelWidth, modelWidth);
    list.add(tower + "embeddings.patch_embedding.weight",
             {v.hiddenSize, 3, v.patchSize, v.patchSize});
    list.add(tower + "embeddings.patch_embedding.bias", {v.hiddenSize});
    const std::int64_t side = v.patchesPerSide();
    list.add(tower + "embeddings.position_embedding.weight", {side * side, v.hiddenSize});
    for (int i = 0; i < v.usedLayers; ++i) {
        const std::string layer = tower + "encoder.layers." + std::to_string(i) + ".";
        list.layerNorm(layer + "layer_norm1", v.hiddenSize);
        list.layerNorm(layer + "layer_norm2", v.hiddenSize);
        for (const char* name : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
            list.linear(layer + "self_attn." + name, v.hiddenSize, v.hiddenSize);
        }
        list.linear(layer + "mlp.fc1", v.intermediateSize, v.hiddenSize);
        list.linear(layer + "mlp.fc2", v.hiddenSize, v.intermediateSize);
    }
}

void addAudioFront(List& list, const AudioConfig& a) {
    const std::string encoder = std::string(kAudioPrefix) + "encoder.";
    list.add(encoder + "encoder_embedding.global_mean", {a.melChannels});
    list.add(encoder + "encoder_embedding.global_invstd", {a.melChannels});
    for (const char* depthwise : {"embed.conv.0", "embed.conv.2", "embed.conv.5"}) {
        list.add(encoder + depthwise + ".weight", {a.convChannels, 1, 3, 3});
        list.add(encoder + depthwise + ".bias", {a.convChannels});
    }
    for (const char* pointwise : {"embed.conv.3", "embed.conv.6"}) {
        list.add(encoder + pointwise + ".weight", {a.convChannels, a.convChannels, 1, 1});
        list.add(encoder + pointwise + ".bias", {a.convChannels});
    }
    list.linear(encoder + "embed.out", a.hiddenSize,
                std::int64_t{a.convChannels} * a.subsampledBins);
    list.add(encoder + "relative_attention_bias_layer.bias_values.weight",
             {2 * std::int64_t{a.maxDistance}, a.heads});
}

void addAudioBlock(List& list, const AudioConfig& a, int index) {
    const std::string block =
        std::string(kAudioPrefix) + "encoder.encoders." + std::to_string(index) + ".";
    const std::int64_t width = a.hiddenSize;
    for (const char* part : {"feed_forward_in", "feed_forward_out"}) {
        list.layerNorm(block + part + ".layer_norm", width);
        list.linear(block + part + ".net.0.linear", 2 * std::int64_t{a.intermediateSize}, width);
        list.linear(block + part + ".net.2", width, a.intermediateSize);
    }
    for (const char* name : {"linear_q", "linear_k", "linear_v", "linear_out"}) {
        list.linear(block + "self_attn." + name, width, width);
    }
    for (const char* name : {"conv.layer_norm", "layer_norm_att", "layer_norm"}) {
        list.layerNorm(block + name, width);
    }
    list.add(block + "conv.glu.ext_pw_conv_1d.weight", {2 * width, width, 1});
    list.add(block + "conv.glu.ext_pw_conv_1d.bias", {2 * width});
    list.add(block + "conv.glu.b1", {1, width, 1});
    list.add(block + "conv.glu.b2", {1, width, 1});
    list.add(block + "conv.dw_sep_conv_1d.dw_conv.weight", {width, 1, a.kernelSize});
    list.add(block + "conv.dw_sep_conv_1d.dw_conv.bias", {width});
    for (const char* name : {"conv.dw_sep_conv_1d.pw_conv", "conv.ext_pw_conv_1d"}) {
        list.add(block + name + ".weight", {width, width, 1});
        list.add(block + name + ".bias", {width});
    }
}

void addAudio(List& list, const AudioConfig& a, int modelWidth) {
    addAudioFront(list, a);
    for (int i = 0; i < a.layers; ++i) {
        addAudioBlock(list, a, i);
    }
    for (const char* mode : {"speech", "vision"}) {
        const std::string projection = std::string(kAudioPrefix) + "audio_projection." + mode + ".";
        list.linear(projection + "0", modelWidth, a.hiddenSize);
        list.linear(projection + "2", modelWidth, modelWidth);
    }
}

} // namespace

std::vector<ExpectedTensor> expectedTensors(const ModelConfig& config) {
    List list;
    addDecoder(list, config);
    if (config.vision) {
        addVision(list, *config.vision, config.decoder.hiddenSize);
    }
    if (config.audio) {
        addAudio(list, *config.audio, config.decoder.hiddenSize);
    }
    return list.take();
}

void checkTensors(const Checkpoint& checkpoint, const ModelConfig& config) {
    const std::vector<ExpectedTensor> expected = expectedTensors(config);
    std::size_t missing = 0;
    std::string first;
    for (const ExpectedTensor& tensor : expected) {
        if (checkpoint.find(tensor.name) == nullptr) {
            if (missing++ == 0) {
                first = tensor.name;
            }
        }
    }
    if (missing > 0) {
        throw Error(ErrorCode::BadCheckpoint,
                    "the model in " + checkpoint.folder().string() + " is incomplete: " +
                        std::to_string(missing) + " of " + std::to_string(expected.size()) +
                        " tensors are missing, the first is '" + first + "'");
    }
    for (const ExpectedTensor& tensor : expected) {
        checkpoint.require(tensor.name, tensor.shape);
    }
}

} // namespace phial::weights
