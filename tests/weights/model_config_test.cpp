// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/weights/model_config.h"
#include "inference/weights/model_folder.h"
#include "inference/weights/tensor_list.h"
#include "tests/support/golden.h"
#include "tests/support/source_root.h"
#include "tests/support/temp_folder.h"
#include "tests/weights/model_copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <set>

namespace phial::weights {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr const char* kVision = "model.embed_tokens_extend.image_embed.";
constexpr const char* kAudio = "model.embed_tokens_extend.audio_embed.";

/// Tensors without content whose names alone say what the model has.
std::vector<test::WrittenTensor> markers(int visionLayers) {
    std::vector<test::WrittenTensor> tensors;
    const auto add = [&](const std::string& name) {
        tensors.push_back({.name = name, .type = StoredType::BF16, .shape = {0}});
    };
    add(std::string(kAudio) + "encoder.embed.out.bias");
    for (int i = 0; i < visionLayers; ++i) {
        add(std::string(kVision) + "img_processor.encoder.layers." + std::to_string(i) +
            ".layer_norm1.weight");
    }
    add("model.layers.0.self_attn.qkv_proj.lora_A.speech.weight");
    add("model.layers.0.self_attn.qkv_proj.lora_A.vision.weight");
    return tensors;
}

/// config.json of the released model, as the specification's section 3 gives it.
json releasedConfig() {
    std::vector<double> shortFactor(48, 1.0);
    std::vector<double> longFactor(48, 1.0);
    for (std::size_t i = 1; i < longFactor.size(); ++i) {
        longFactor[i] = longFactor[i - 1] * 1.08;
    }
    json config = json::parse(R"({
      "model_type": "phi4mm", "hidden_size": 3072, "intermediate_size": 8192, "num_hidden_layers": 32,
      "num_attention_heads": 24, "num_key_value_heads": 8, "partial_rotary_factor": 0.75,
      "rope_theta": 10000.0, "max_position_embeddings": 131072, "original_max_position_embeddings": 4096,
      "rms_norm_eps": 1e-05, "hidden_act": "silu", "vocab_size": 200064, "tie_word_embeddings": true,
      "bos_token_id": 199999, "eos_token_id": 199999, "sliding_window": 262144, "attention_bias": false,
      "mlp_bias": false, "lm_head_bias": false,
      "vision_lora": {"r": 256, "lora_alpha": 512, "dp": 0.0}, "speech_lora": {"r": 320, "lora_alpha": 640, "dp": 0.01},
      "embd_layer": {
        "image_embd_layer": {"crop_size": 448, "hd_transform_order": "sub_glb", "image_token_compression_cls": "avg_pool_2d",
                             "projection_cls": "mlp", "use_hd_transform": true, "with_learnable_separator": true},
        "audio_embd_layer": {"compression_rate": 8, "downsample_rate": 1, "projection_cls": "mlp", "use_qformer": false}},
      "audio_processor": {"name": "cascades", "config": {"attention_dim": 1024, "attention_heads": 16, "linear_units": 1536,
        "num_blocks": 24, "kernel_size": 3, "causal": true, "chunk_size": -1, "left_chunk": 18, "time_reduction": 8,
        "input_size": 80, "nemo_conv_settings": {"conv_channels": 1024}, "activation": "swish", "batch_norm": false,
        "ext_pw_kernel_size": 1, "relative_attention_bias_args": {"type": "t5", "t5_bias_max_distance": 500}}},
      "img_processor": null})");
    config["rope_scaling"] = {
        {"type", "longrope"}, {"short_factor", shortFactor}, {"long_factor", longFactor}};
    return config;
}

class Config : public testing::Test {
protected:
    void write(const json& config, const std::vector<test::WrittenTensor>& tensors) {
        writeJson(m_folder.path() / "config.json", config);
        test::writeSafetensors(m_folder.path() / "model.safetensors", tensors);
    }

    ModelConfig load() { return loadModelConfig(Checkpoint(m_folder.path())); }

    std::string problem(ErrorCode code = ErrorCode::BadCheckpoint) {
        try {
            load();
            return "";
        } catch (const Error& error) {
            EXPECT_EQ(errorCodeName(error.code()), errorCodeName(code)) << error.what();
            return error.what();
        }
    }

    test::TempFolder m_folder;
};

TEST_F(Config, ReadsTheReleasedModel) {
    write(releasedConfig(), markers(27));
    writeJson(m_folder.path() / "generation_config.json",
              {{"eos_token_id", {200020, 199999}}, {"bos_token_id", 199999}});
    writeJson(m_folder.path() / "preprocessor_config.json", {{"dynamic_hd", 36}});
    const ModelConfig config = load();
    EXPECT_EQ(config.family, ModelFamily::Phi4Multimodal);
    EXPECT_EQ(config.decoder.headDim, 128);
    EXPECT_EQ(config.decoder.rotaryDim, 96);
    EXPECT_EQ(config.decoder.qkvRows(), 5120);
    EXPECT_EQ(config.decoder.longFactors.size(), 48U);
    EXPECT_NEAR(config.decoder.rotaryMagnitude, 1.1902380714, 1e-9);
    EXPECT_EQ(config.decoder.maxPositions, 131072);
    EXPECT_TRUE(config.decoder.tiedHead);
    ASSERT_TRUE(config.sees() && config.hears());
    EXPECT_EQ(config.vision->layers, 27);
    EXPECT_EQ(config.vision->usedLayers, 26);
    EXPECT_EQ(config.vision->headDim(), 72);
    EXPECT_EQ(config.vision->maxCrops, 36);
    EXPECT_EQ(config.audio->layers, 24);
    EXPECT_EQ(config.audio->maxDistance, 500);
    EXPECT_EQ(config.audio->subsampledBins, 10);
    EXPECT_EQ(config.speechAdapter->rank, 320);
    EXPECT_EQ(config.speechAdapter->scale(), 2.0);
    EXPECT_EQ(config.visionAdapter->rank, 256);
    EXPECT_EQ(config.endTokens, (std::vector<std::int32_t>{200020, 199999}));
}

// The published number of parameters judges the whole list of shapes. Never run: 30,480,160.
TEST_F(Config, TheReleasedModelHasThePublishedSize) {
    write(releasedConfig(), markers(27));
    std::int64_t count = 0;
    for (const ExpectedTensor& tensor : expectedTensors(load())) {
        count += tensor.shape.elements();
    }
    EXPECT_EQ(count, std::int64_t{5574460384} - 30480160);
}

TEST_F(Config, ReadsTheGoldenModel) {
    const ModelConfig config = openModelFolder(test::goldenFolder()).config;
    EXPECT_EQ(config.decoder.hiddenSize, 192);
    EXPECT_EQ(config.decoder.headDim, 32);
    EXPECT_EQ(config.decoder.rotaryDim, 24);
    EXPECT_EQ(config.decoder.originalMaxPositions, 1280);
    EXPECT_NEAR(config.decoder.rotaryMagnitude, 1.1223, 5e-5);
    EXPECT_FLOAT_EQ(config.decoder.longFactors[11], 9.45F);
    EXPECT_EQ(config.vision->usedLayers, 2);
    EXPECT_EQ(config.audio->convChannels, 64);
    EXPECT_EQ(config.speechAdapter->rank, 20);
    EXPECT_EQ(config.endTokens, (std::vector<std::int32_t>{980, 959}));
}

TEST_F(Config, ReadsTheStudyModel) {
    const std::filesystem::path data = test::sourceRoot() / "tests/weights/data/speech-study";
    write(readJson(data / "config.json"), markers(5));
    std::filesystem::copy_file(data / "preprocessor_config.json",
                               m_folder.path() / "preprocessor_config.json");
    const ModelConfig config = load();
    EXPECT_EQ(config.endTokens, (std::vector<std::int32_t>{1592, 1598}));
    EXPECT_EQ(config.vision->cropSize, 224);
    EXPECT_EQ(config.vision->maxCrops, 1);
    EXPECT_EQ(config.vision->usedLayers, 4);
    EXPECT_EQ(config.audio->heads, 5);
    EXPECT_EQ(config.audio->convChannels, 32);
    EXPECT_TRUE(config.sees() && config.hears());
}

TEST_F(Config, ThePortsConfigMeansTheSame) {
    writePortedCopy(m_folder.path());
    const ModelConfig ported = load();
    const ModelConfig original = openModelFolder(test::goldenFolder()).config;
    EXPECT_EQ(ported.modelType, "phi4_multimodal");
    EXPECT_EQ(ported.decoder.rotaryDim, original.decoder.rotaryDim);
    EXPECT_EQ(ported.decoder.shortFactors, original.decoder.shortFactors);
    EXPECT_EQ(ported.decoder.rotaryMagnitude, original.decoder.rotaryMagnitude);
    EXPECT_EQ(ported.endTokens, original.endTokens);
    EXPECT_EQ(ported.speechAdapter->scale(), original.speechAdapter->scale());
    const auto sameShapes = [](const ModelConfig& a, const ModelConfig& b) {
        const auto listA = expectedTensors(a);
        const auto listB = expectedTensors(b);
        return std::equal(listA.begin(), listA.end(), listB.begin(), listB.end(),
                          [](const ExpectedTensor& x, const ExpectedTensor& y) {
                              return x.name == y.name && x.shape == y.shape;
                          });
    };
    EXPECT_TRUE(sameShapes(ported, original));

    // What the port's config leaves out is read from the tensors.
    json config = readJson(m_folder.path() / "config.json");
    config["vision_config"] = {{"num_attention_heads", 2}, {"crop_size", 448}};
    config["audio_config"] = json::object();
    writeJson(m_folder.path() / "config.json", config);
    EXPECT_TRUE(sameShapes(load(), original));
    // And its newer place for the number of crops.
    std::filesystem::remove(m_folder.path() / "preprocessor_config.json");
    EXPECT_EQ(load().vision->maxCrops, 36);
    writeJson(m_folder.path() / "processor_config.json",
              {{"image_processor", {{"dynamic_hd", 9}}}});
    EXPECT_EQ(load().vision->maxCrops, 9);
}

TEST_F(Config, ReadsTextOnlyVariants) {
    writeTextOnlyCopy(m_folder.path());
    EXPECT_EQ(load().family, ModelFamily::Phi3);
    json config = readJson(m_folder.path() / "config.json");
    config["rope_scaling"] = nullptr;
    config.erase("partial_rotary_factor");
    config["sliding_window"] = 2047;
    writeJson(m_folder.path() / "config.json", config);
    const ModelConfig plain = load();
    EXPECT_EQ(plain.decoder.rotaryDim, 32);
    EXPECT_EQ(plain.decoder.shortFactors, std::vector<float>(16, 1.0F));
    EXPECT_EQ(plain.decoder.rotaryMagnitude, 1.0);
    EXPECT_EQ(plain.decoder.maxPositions, 2047);
}

TEST_F(Config, NamesAStrangersFamily) {
    json config = releasedConfig();
    config["model_type"] = "llama";
    write(config, {});
    EXPECT_THAT(problem(ErrorCode::WrongArchitecture),
                HasSubstr("this is a llama checkpoint; needed: Phi-4-multimodal"));
    config.erase("model_type");
    write(config, {});
    EXPECT_THAT(problem(ErrorCode::WrongArchitecture), HasSubstr("nameless"));
    // Even when its weights are in a form that cannot be read.
    config["model_type"] = "whisper";
    writeJson(m_folder.path() / "config.json", config);
    std::ofstream(m_folder.path() / "model.safetensors") << "?";
    try {
        openModelFolder(m_folder.path());
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::WrongArchitecture);
    }
}

struct Change {
    const char* pointer; ///< JSON pointer
    const char* value;   ///< JSON text, or "" to erase
    const char* message; ///< part of the sentence
};

class BrokenConfig : public Config, public testing::WithParamInterface<Change> {};

TEST_P(BrokenConfig, IsRefusedByName) {
    json config = releasedConfig();
    const json::json_pointer pointer(GetParam().pointer);
    if (*GetParam().value == '\0') {
        config.at(pointer.parent_pointer()).erase(pointer.back());
    } else {
        config[pointer] = json::parse(GetParam().value);
    }
    write(config, markers(27));
    EXPECT_THAT(problem(), HasSubstr(GetParam().message));
    EXPECT_THAT(problem(), HasSubstr("config.json"));
}

INSTANTIATE_TEST_SUITE_P(
    Values, BrokenConfig,
    testing::Values(
        Change{"/hidden_size", "", "hidden_size must be a whole number"},
        Change{"/hidden_size", "\"3072\"", "found \"3072\""},
        Change{"/hidden_size", "0", "from 1 to"}, Change{"/hidden_size", "-3072", "found -3072"},
        Change{"/hidden_size", "3072.5", "whole number"},
        Change{"/hidden_size", "1e300", "whole number"},
        Change{"/hidden_size", "18446744073709551615", "whole number"},
        Change{"/hidden_size", "[3072]", "found [3072]"},
        Change{"/hidden_size", "3073", "divisor of 3073"},
        Change{"/num_hidden_layers", "1000000000", "num_hidden_layers"},
        Change{"/num_attention_heads", "0", "num_attention_heads"},
        Change{"/num_attention_heads", "8", "at most 256 dimensions"},
        Change{"/num_key_value_heads", "7", "divisor of 24"},
        Change{"/head_dim", "1000", "head_dim"}, Change{"/vocab_size", "2000000000", "vocab_size"},
        Change{"/rms_norm_eps", "0", "rms_norm_eps"},
        Change{"/rms_norm_eps", "true", "rms_norm_eps"},
        Change{"/hidden_act", "\"gelu\"", "\"silu\", the only kind"},
        Change{"/attention_bias", "true", "attention_bias"},
        Change{"/rope_theta", "-1", "rope_theta"},
        Change{"/partial_rotary_factor", "0.01", "even number"},
        Change{"/partial_rotary_factor", "2", "partial_rotary_factor"},
        Change{"/max_position_embeddings", "", "max_position_embeddings"},
        Change{"/original_max_position_embeddings", "1", "original_max_position_embeddings"},
        Change{"/rope_scaling", "[]", "an object"},
        Change{"/rope_scaling/type", "\"yarn\"", "longrope"},
        Change{"/rope_scaling/type", "7", "text"},
        Change{"/rope_scaling/short_factor", "[1.0]", "a list of 48 numbers"},
        Change{"/rope_scaling/long_factor", "", "long_factor"},
        Change{"/rope_scaling/long_factor/3", "null", "long_factor"},
        Change{"/rope_scaling/long_factor/3", "0", "long_factor"},
        Change{"/eos_token_id", "", "eos_token_id"}, Change{"/eos_token_id", "[]", "eos_token_id"},
        Change{"/eos_token_id", "\"end\"", "eos_token_id"},
        Change{"/eos_token_id", "[1, -2]", "eos_token_id"},
        Change{"/eos_token_id", "200064", "outside the vocabulary"},
        Change{"/tie_word_embeddings", "\"yes\"", "true or false"},
        Change{"/sliding_window", "0", "sliding_window"},
        Change{"/speech_lora/r", "0", "speech_lora.r"},
        Change{"/speech_lora/lora_alpha", "", "speech_lora.lora_alpha"},
        Change{"/vision_lora", "7", "an object"},
        Change{"/audio_processor/config/attention_heads", "7", "divisor of 1024"},
        Change{"/audio_processor/config/attention_dim", "0",
               "audio_processor.config.attention_dim"},
        Change{"/audio_processor/config/time_reduction", "4", "time_reduction"},
        Change{"/audio_processor/config/causal", "false", "causal"},
        Change{"/audio_processor/config/input_size", "128", "input_size"},
        Change{"/audio_processor/config/kernel_size", "100", "kernel_size"},
        Change{"/audio_processor/config/nemo_conv_settings/conv_channels", "-1", "conv_channels"},
        Change{"/audio_processor/config/relative_attention_bias_args/t5_bias_max_distance", "0",
               "t5_bias_max_distance"},
        Change{"/embd_layer/audio_embd_layer/use_qformer", "true", "use_qformer"},
        Change{"/embd_layer/image_embd_layer/crop_size", "450", "a multiple of two patches"},
        Change{"/embd_layer/image_embd_layer/hd_transform_order", "\"glb_sub\"", "sub_glb"},
        Change{"/img_processor", R"({"image_size": 224})", "image_size"},
        Change{"/img_processor", R"({"layer_idx": 0})", "layer_idx"},
        Change{"/img_processor", R"({"layer_idx": -28})", "a layer of the 27"},
        Change{"/img_processor", R"({"num_attention_heads": 1})", "at most 256 dimensions"},
        Change{"/img_processor", "\"siglip\"", "an object"}));

TEST_F(Config, RefusesFilesThatAreNoConfig) {
    write(releasedConfig(), {});
    const auto with = [&](const std::string& content) {
        std::ofstream(m_folder.path() / "config.json", std::ios::binary) << content;
        return problem();
    };
    for (const char* content : {"", "{", "[]", "7", "null", "{\"model_type\": \"phi4mm\"",
                                "\xff\xfe", "{\"hidden_size\": 1e999}"}) {
        EXPECT_NE(with(content), "") << content;
    }
    EXPECT_THAT(with("{\"a\": " + std::string(1000000, '[')), HasSubstr("nested too deeply"));
    EXPECT_THAT(with(std::string((std::size_t{16} << 20) + 1, ' ')), HasSubstr("at most"));
}

} // namespace
} // namespace phial::weights
