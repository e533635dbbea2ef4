// SPDX-License-Identifier: MIT
#include "inference/weights/model_config.h"

#include "inference/base/error.h"
#include "inference/weights/json_file.h"
#include "inference/weights/tensor_list.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <system_error>

namespace phial::weights {

namespace {

using nlohmann::json;

constexpr Range kWidth = {1, 1 << 17};
constexpr Range kLayers = {1, 512};
constexpr Range kHeads = {1, 1024};
constexpr Range kVocabulary = {1, 1 << 24};
constexpr Range kPositions = {2, 1 << 24};
constexpr Range kEpsilon = {1e-12, 0.1};
constexpr Range kFactor = {1e-3, 1e6};
constexpr Range kTokenId = {0, 1 << 24};
constexpr int kLargestHeadDim = 256; // what the attention shader takes

std::optional<json> readOptional(const std::filesystem::path& path) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(path, ignored)) {
        return std::nullopt;
    }
    return readJsonFile(path);
}

void mustDivide(const JsonObject& at, const std::string& key, int whole, int part) {
    if (part < 1 || whole % part != 0) {
        at.fail(key, "a divisor of " + std::to_string(whole));
    }
}

/// Extent of one axis of a tensor, for numbers that a config leaves out.
int extentOr(const Checkpoint& checkpoint, const std::string& name, int axis, int otherwise) {
    const TensorEntry* entry = checkpoint.find(name);
    if (entry == nullptr || axis >= entry->shape().rank() ||
        entry->shape()[axis] > std::numeric_limits<int>::max()) {
        return otherwise;
    }
    return static_cast<int>(entry->shape()[axis]);
}

int layersOr(const Checkpoint& checkpoint, const std::string& prefix, int otherwise) {
    const int counted = checkpoint.countLayers(prefix);
    return counted > 0 ? counted : otherwise;
}

/// A key of the current name, else of the original's older name.
std::string eitherKey(const JsonObject& object, const std::string& first,
                      const std::string& second) {
    return object.has(first) || !object.has(second) ? first : second;
}

ModelFamily familyOf(const std::string& modelType, const std::string& file) {
    if (modelType == "phi4mm" || modelType == "phi4_multimodal") {
        return ModelFamily::Phi4Multimodal;
    }
    if (modelType == "phi3") {
        return ModelFamily::Phi3;
    }
    throw Error(ErrorCode::WrongArchitecture,
                file + ": this is a " + (modelType.empty() ? "nameless" : modelType.substr(0, 60)) +
                    " checkpoint; needed: Phi-4-multimodal (phi4mm or phi4_multimodal) or "
                    "Phi-4-mini (phi3)");
}

// ---- decoder

void readRotary(const JsonObject& root, DecoderConfig& decoder) {
    const std::string key = eitherKey(root, "rope_scaling", "rope_parameters");
    const JsonObject scaling = root.object(key);
    // The transformers port moved these numbers into the object.
    const auto holder = [&](const std::string& name) -> const JsonObject& {
        return scaling.has(name) ? scaling : root;
    };
    const double part =
        holder("partial_rotary_factor").number("partial_rotary_factor", {0.01, 1}, 1.0);
    decoder.rotaryDim = static_cast<int>(decoder.headDim * part);
    if (decoder.rotaryDim < 2 || decoder.rotaryDim % 2 != 0) {
        root.fail("partial_rotary_factor", "such that an even number of the " +
                                               std::to_string(decoder.headDim) +
                                               " dimensions of a head is rotated");
    }
    decoder.ropeTheta = holder("rope_theta").number("rope_theta", {1.001, 1e12}, 10000.0);
    decoder.maxPositions = root.integer("max_position_embeddings", kPositions);
    decoder.originalMaxPositions =
        holder("original_max_position_embeddings")
            .integer("original_max_position_embeddings", kPositions, decoder.maxPositions);

    const std::string typeKey = eitherKey(scaling, "type", "rope_type");
    const std::string type = scaling.text(typeKey, "default");
    const auto pairs = static_cast<std::size_t>(decoder.rotaryDim / 2);
    if (type == "longrope" || type == "su") {
        decoder.shortFactors = scaling.numbers("short_factor", pairs, kFactor);
        decoder.longFactors = scaling.numbers("long_factor", pairs, kFactor);
        const double growth = static_cast<double>(decoder.maxPositions) /
                              static_cast<double>(decoder.originalMaxPositions);
        const double magnitude =
            growth <= 1 ? 1.0
                        : std::sqrt(1 + std::log(growth) / std::log(decoder.originalMaxPositions));
        decoder.rotaryMagnitude = scaling.number("attention_factor", {0.1, 10}, magnitude);
    } else if (type == "default") {
        decoder.shortFactors.assign(pairs, 1.0F);
        decoder.longFactors.assign(pairs, 1.0F);
        decoder.originalMaxPositions = decoder.maxPositions;
    } else {
        scaling.fail(typeKey, "\"longrope\"");
    }
}

DecoderConfig readDecoder(const JsonObject& root, const Checkpoint& checkpoint) {
    DecoderConfig decoder;
    decoder.hiddenSize = root.integer("hidden_size", kWidth);
    decoder.intermediateSize = root.integer("intermediate_size", kWidth);
    decoder.layers = root.integer("num_hidden_layers", kLayers);
    decoder.heads = root.integer("num_attention_heads", kHeads);
    decoder.kvHeads = root.integer("num_key_value_heads", kHeads, decoder.heads);
    decoder.vocabulary = root.integer("vocab_size", kVocabulary);
    mustDivide(root, "num_key_value_heads", decoder.heads, decoder.kvHeads);
    if (!root.has("head_dim")) {
        mustDivide(root, "num_attention_heads", decoder.hiddenSize, decoder.heads);
    }
    decoder.headDim =
        root.integer("head_dim", {1, kLargestHeadDim}, decoder.hiddenSize / decoder.heads);
    if (decoder.headDim > kLargestHeadDim) {
        root.fail("num_attention_heads", "such that a head has at most " +
                                             std::to_string(kLargestHeadDim) + " dimensions");
    }
    decoder.rmsNormEps = static_cast<float>(root.number("rms_norm_eps", kEpsilon, 1e-5));
    root.mustBe("hidden_act", "silu");
    root.mustBe("attention_bias", false);
    root.mustBe("mlp_bias", false);
    root.mustBe("lm_head_bias", false);
    readRotary(root, decoder);
    if (root.has("sliding_window")) {
        // Up to the window's length every position still sees all others.
        const int window = root.integer("sliding_window", {2, 1 << 30});
        decoder.maxPositions = std::min(decoder.maxPositions, window);
    }
    const bool ownHead = checkpoint.find("lm_head.weight") != nullptr;
    if (root.has("tie_word_embeddings") && !root.isTrue("tie_word_embeddings")) {
        decoder.tiedHead = false;
    } else {
        decoder.tiedHead = root.has("tie_word_embeddings") || !ownHead;
    }
    return decoder;
}

// ---- vision

/// dynamic_hd of preprocessor_config.json, or where newer versions of the port write it.
int readMaxCrops(const std::filesystem::path& folder) {
    constexpr Range kCrops = {1, 1024};
    constexpr int kOriginal = 36;
    const auto old = readOptional(folder / "preprocessor_config.json");
    if (old) {
        const JsonObject object(*old, (folder / "preprocessor_config.json").string() + ": ");
        if (object.has("dynamic_hd")) {
            return object.integer("dynamic_hd", kCrops);
        }
    }
    const auto joined = readOptional(folder / "processor_config.json");
    if (joined) {
        const JsonObject object(*joined, (folder / "processor_config.json").string() + ": ");
        return object.object("image_processor").integer("dynamic_hd", kCrops, kOriginal);
    }
    return kOriginal;
}

VisionConfig readVision(const JsonObject& root, const Checkpoint& checkpoint) {
    const JsonObject port = root.object("vision_config");
    const bool ported = root.has("vision_config");
    const JsonObject tower = ported ? port : root.object("img_processor");
    const JsonObject embedding =
        ported ? port : root.object("embd_layer").object("image_embd_layer");
    const std::string prefix = std::string(kVisionPrefix) + "img_processor.";
    const std::string patches = prefix + "embeddings.patch_embedding.weight";

    const VisionConfig original;
    VisionConfig vision;
    vision.hiddenSize =
        tower.integer("hidden_size", kWidth, extentOr(checkpoint, patches, 0, original.hiddenSize));
    vision.intermediateSize =
        tower.integer("intermediate_size", kWidth,
                      extentOr(checkpoint, prefix + "encoder.layers.0.mlp.fc1.weight", 0,
                               original.intermediateSize));
    vision.layers =
        tower.integer("num_hidden_layers", kLayers,
                      layersOr(checkpoint, prefix + "encoder.layers.", original.layers));
    vision.heads = tower.integer("num_attention_heads", kHeads, original.heads);
    vision.patchSize =
        tower.integer("patch_size", {1, 64}, extentOr(checkpoint, patches, 2, original.patchSize));
    vision.cropSize = embedding.integer("crop_size", {2, 4096}, original.cropSize);
    vision.layerNormEps = static_cast<float>(tower.number("layer_norm_eps", kEpsilon, 1e-6));
    vision.maxCrops = readMaxCrops(checkpoint.folder());

    mustDivide(tower, "num_attention_heads", vision.hiddenSize, vision.heads);
    if (vision.headDim() > kLargestHeadDim) {
        tower.fail("num_attention_heads", "such that a head has at most " +
                                              std::to_string(kLargestHeadDim) + " dimensions");
    }
    if (vision.cropSize % (2 * vision.patchSize) != 0) {
        embedding.fail("crop_size", "a multiple of two patches of " +
                                        std::to_string(vision.patchSize) + " pixels");
    }
    if (tower.integer("image_size", {2, 4096}, vision.cropSize) != vision.cropSize) {
        tower.fail("image_size", "crop_size, " + std::to_string(vision.cropSize));
    }
    // -1 = output of the last layer, -2 = of the one before.
    const std::string layerKey = eitherKey(tower, "layer_idx", "feature_layer");
    const int feature = tower.integer(layerKey, {-512, -1}, -2);
    vision.usedLayers = vision.layers + 1 + feature;
    if (vision.usedLayers < 1) {
        tower.fail(layerKey, "a layer of the " + std::to_string(vision.layers));
    }
    tower.mustBe("hidden_act", "gelu_pytorch_tanh");
    tower.mustBe("type_feature", "patch");
    embedding.mustBe("use_hd_transform", true);
    embedding.mustBe("hd_transform_order", "sub_glb");
    embedding.mustBe("with_learnable_separator", true);
    embedding.mustBe("image_token_compression_cls", "avg_pool_2d");
    embedding.mustBe("projection_cls", "mlp");
    return vision;
}

// ---- audio

AudioConfig readAudio(const JsonObject& root, const Checkpoint& checkpoint) {
    const bool ported = root.has("audio_config");
    const JsonObject encoder =
        ported ? root.object("audio_config") : root.object("audio_processor").object("config");
    const JsonObject embedding =
        ported ? encoder : root.object("embd_layer").object("audio_embd_layer");
    const JsonObject conv = ported ? encoder : encoder.object("nemo_conv_settings");
    const JsonObject bias = ported ? encoder : encoder.object("relative_attention_bias_args");
    const auto key = [ported](const char* name, const char* portName) {
        return std::string(ported ? portName : name);
    };
    const std::string prefix = std::string(kAudioPrefix) + "encoder.";
    const std::string block = prefix + "encoders.0.";
    const std::string table = prefix + "relative_attention_bias_layer.bias_values.weight";
    const auto extent = [&](const std::string& name, int axis, int otherwise) {
        return extentOr(checkpoint, name, axis, otherwise);
    };

    const AudioConfig original;
    AudioConfig audio;
    audio.hiddenSize = encoder.integer(key("attention_dim", "hidden_size"), kWidth,
                                       extent(prefix + "embed.out.weight", 0, original.hiddenSize));
    audio.heads = encoder.integer(key("attention_heads", "num_attention_heads"), kHeads,
                                  extent(table, 1, original.heads));
    audio.intermediateSize = encoder.integer(
        key("linear_units", "intermediate_size"), kWidth,
        extent(block + "feed_forward_in.net.2.weight", 1, original.intermediateSize));
    audio.layers = encoder.integer("num_blocks", kLayers,
                                   layersOr(checkpoint, prefix + "encoders.", original.layers));
    audio.convChannels =
        conv.integer(key("conv_channels", "nemo_conv_channels"), kWidth,
                     extent(prefix + "embed.conv.0.weight", 0, original.convChannels));
    audio.kernelSize = encoder.integer(
        "kernel_size", {1, 64},
        extent(block + "conv.dw_sep_conv_1d.dw_conv.weight", 2, original.kernelSize));
    audio.maxDistance = bias.integer(key("t5_bias_max_distance", "bias_max_distance"), {1, 1 << 16},
                                     extent(table, 0, 2 * original.maxDistance) / 2);
    audio.melChannels = encoder.integer("input_size", {80, 80}, original.melChannels);
    audio.subsampledBins = (audio.melChannels + 7) / 8;

    mustDivide(encoder, key("attention_heads", "num_attention_heads"), audio.hiddenSize,
               audio.heads);
    if (audio.headDim() > kLargestHeadDim) {
        encoder.fail(key("attention_heads", "num_attention_heads"),
                     "such that a head has at most " + std::to_string(kLargestHeadDim) +
                         " dimensions");
    }
    encoder.mustBe("time_reduction", 8);
    encoder.mustBe("causal", true);
    encoder.mustBe("chunk_size", -1);
    encoder.mustBe("activation", "swish");
    encoder.mustBe("conv_activation", "swish");
    encoder.mustBe("conv_glu_type", "swish");
    encoder.mustBe("batch_norm", false);
    encoder.mustBe("bias_in_glu", true);
    encoder.mustBe("bias_symmetric", false);
    encoder.mustBe("ext_pw_kernel_size", 1);
    encoder.mustBe("depthwise_multiplier", 1);
    encoder.mustBe("ext_pw_out_channel", audio.hiddenSize);
    encoder.mustBe(key("depthwise_seperable_out_channel", "depthwise_separable_out_channel"),
                   audio.hiddenSize);
    embedding.mustBe("compression_rate", 8);
    embedding.mustBe("downsample_rate", 1);
    embedding.mustBe("projection_cls", "mlp");
    embedding.mustBe("use_qformer", false);
    embedding.mustBe("use_conv_downsample", false);
    return audio;
}

// ---- adapters and ends

std::optional<AdapterConfig> readAdapter(const JsonObject& root, const Checkpoint& checkpoint,
                                         const std::string& name) {
    constexpr Range kRank = {1, 4096};
    constexpr Range kAlpha = {1e-3, 1e6};
    const std::string probe = "model.layers.0.self_attn.qkv_proj.lora_A." + name + ".weight";
    const TensorEntry* tensor = checkpoint.find(probe);
    if (tensor == nullptr) {
        return std::nullopt;
    }
    AdapterConfig adapter;
    const std::string key = name + "_lora";
    if (root.has(key)) {
        const JsonObject object = root.object(key);
        adapter.rank = object.integer("r", kRank);
        adapter.alpha = object.number("lora_alpha", kAlpha);
        return adapter;
    }
    const std::filesystem::path path =
        checkpoint.folder() / (name + "-lora") / "adapter_config.json";
    const json peft = readJsonFile(path);
    const JsonObject object(peft, path.string() + ": ");
    adapter.rank = object.integer("r", kRank);
    adapter.alpha = object.number("lora_alpha", kAlpha);
    object.mustBe("use_rslora", false);
    object.mustBe("use_dora", false);
    return adapter;
}

std::vector<std::int32_t> readEndTokens(const JsonObject& root, const std::filesystem::path& folder,
                                        int vocabulary) {
    const std::filesystem::path path = folder / "generation_config.json";
    std::vector<int> ids;
    const auto generation = readOptional(path);
    if (generation) {
        ids = JsonObject(*generation, path.string() + ": ").integers("eos_token_id", kTokenId);
    }
    for (const int id : root.integers("eos_token_id", kTokenId)) {
        ids.push_back(id);
    }
    std::vector<std::int32_t> unique;
    for (const int id : ids) {
        if (id >= vocabulary) {
            throw Error(ErrorCode::BadCheckpoint,
                        (folder / "config.json").string() +
                            " or generation_config.json: the end token " + std::to_string(id) +
                            " lies outside the vocabulary of " + std::to_string(vocabulary));
        }
        if (std::find(unique.begin(), unique.end(), id) == unique.end()) {
            unique.push_back(id);
        }
    }
    if (unique.empty()) {
        root.fail("eos_token_id",
                  "a token id or a list of them, here or in generation_config.json");
    }
    return unique;
}

} // namespace

ModelFamily readModelFamily(const std::filesystem::path& folder) {
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) {
        throw Error(ErrorCode::FileUnreadable, "there is no model folder " + folder.string());
    }
    const std::filesystem::path path = folder / "config.json";
    if (!std::filesystem::is_regular_file(path, ignored)) {
        throw Error(ErrorCode::BadCheckpoint,
                    folder.string() + " holds no config.json; choose the folder of a model");
    }
    const json document = readJsonFile(path);
    return familyOf(JsonObject(document, path.string() + ": ").text("model_type", ""),
                    path.string());
}

ModelConfig loadModelConfig(const Checkpoint& checkpoint) {
    const std::filesystem::path path = checkpoint.folder() / "config.json";
    const json document = readJsonFile(path);
    const JsonObject root(document, path.string() + ": ");

    ModelConfig config;
    config.modelType = root.text("model_type", "");
    config.family = familyOf(config.modelType, path.string());
    config.decoder = readDecoder(root, checkpoint);
    config.endTokens = readEndTokens(root, checkpoint.folder(), config.decoder.vocabulary);
    if (config.family == ModelFamily::Phi3) {
        return config;
    }
    if (checkpoint.hasPrefix(kVisionPrefix)) {
        config.vision = readVision(root, checkpoint);
    }
    if (checkpoint.hasPrefix(kAudioPrefix)) {
        config.audio = readAudio(root, checkpoint);
    }
    config.visionAdapter = readAdapter(root, checkpoint, "vision");
    config.speechAdapter = readAdapter(root, checkpoint, "speech");
    return config;
}

} // namespace phial::weights
