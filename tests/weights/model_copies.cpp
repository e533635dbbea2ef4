// SPDX-License-Identifier: MIT
#include "tests/weights/model_copies.h"

#include "tests/support/golden.h"

#include <fstream>
#include <string_view>
#include <utility>

namespace phial::weights {

namespace {

using nlohmann::json;
using Tensors = std::vector<test::WrittenTensor>;

Tensors goldenTensors() {
    return test::readSafetensors(test::goldenFolder() / "model.safetensors");
}

void copyFile(const std::filesystem::path& folder, const std::string& name) {
    std::filesystem::copy_file(test::goldenFolder() / name, folder / name);
    std::filesystem::permissions(folder / name, std::filesystem::perms::owner_write,
                                 std::filesystem::perm_options::add);
}

void copyConfigs(const std::filesystem::path& folder) {
    for (const char* name : {"config.json", "generation_config.json", "preprocessor_config.json"}) {
        copyFile(folder, name);
    }
}

/// `text` with the first `from` replaced by `to`.
std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t found = text.find(from);
    return found == std::string::npos ? text : text.replace(found, from.size(), to);
}

bool isLora(const std::string& name) {
    return name.find(".lora_") != std::string::npos;
}

json portedConfig() {
    json config = readJson(test::goldenFolder() / "config.json");
    const json tower = config["img_processor"];
    const json audio = config["audio_processor"]["config"];
    json ported;
    for (const char* key :
         {"hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads",
          "num_key_value_heads", "vocab_size", "rms_norm_eps", "hidden_act",
          "max_position_embeddings", "original_max_position_embeddings", "sliding_window",
          "tie_word_embeddings", "eos_token_id"}) {
        ported[key] = config[key];
    }
    ported["model_type"] = "phi4_multimodal";
    ported["rope_parameters"] = {{"rope_type", "longrope"},
                                 {"rope_theta", config["rope_theta"]},
                                 {"partial_rotary_factor", config["partial_rotary_factor"]},
                                 {"short_factor", config["rope_scaling"]["short_factor"]},
                                 {"long_factor", config["rope_scaling"]["long_factor"]}};
    ported["vision_config"] = {{"hidden_size", tower["hidden_size"]},
                               {"intermediate_size", tower["intermediate_size"]},
                               {"num_hidden_layers", tower["num_hidden_layers"]},
                               {"num_attention_heads", tower["num_attention_heads"]},
                               {"image_size", 448},
                               {"patch_size", 14},
                               {"crop_size", 448},
                               {"hidden_act", "gelu_pytorch_tanh"},
                               {"layer_norm_eps", 1e-6},
                               {"feature_layer", -2}};
    ported["audio_config"] = {{"hidden_size", audio["attention_dim"]},
                              {"num_attention_heads", audio["attention_heads"]},
                              {"intermediate_size", audio["linear_units"]},
                              {"num_blocks", audio["num_blocks"]},
                              {"nemo_conv_channels", audio["nemo_conv_settings"]["conv_channels"]},
                              {"bias_max_distance", 500},
                              {"bias_symmetric", false},
                              {"kernel_size", 3},
                              {"time_reduction", 8},
                              {"ext_pw_out_channel", audio["attention_dim"]},
                              {"depthwise_separable_out_channel", audio["attention_dim"]},
                              {"input_size", 80}};
    return ported;
}

} // namespace

json readJson(const std::filesystem::path& path) {
    std::ifstream file(path);
    return json::parse(file);
}

void writeJson(const std::filesystem::path& path, const json& value) {
    std::ofstream(path) << value.dump(1);
}

std::string portedName(std::string name) {
    // Original -> port, in the order of the specification's tables. The tower of the image part
    // keeps its names, so the attention of the audio blocks is told apart by "linear_".
    static constexpr std::pair<std::string_view, std::string_view> kRenamings[] = {
        {".base_layer.", "."},
        {"image_embed.glb_GN", "image_embed.global_img_feature_extensor"},
        {"image_embed.sub_GN", "image_embed.sub_img_feature_extensor"},
        {"img_projection.0.", "img_projection_up."},
        {"img_projection.2.", "img_projection_down."},
        {"feed_forward_in.net.0.linear.", "feed_forward_in.gate_up_proj."},
        {"feed_forward_in.net.2.", "feed_forward_in.down_proj."},
        {"feed_forward_out.net.0.linear.", "feed_forward_out.gate_up_proj."},
        {"feed_forward_out.net.2.", "feed_forward_out.down_proj."},
        {"self_attn.linear_q.", "self_attn.q_proj."},
        {"self_attn.linear_k.", "self_attn.k_proj."},
        {"self_attn.linear_v.", "self_attn.v_proj."},
        {"self_attn.linear_out.", "self_attn.o_proj."},
        {"audio_projection.speech.0.", "up_proj_for_speech."},
        {"audio_projection.speech.2.", "down_proj_for_speech."},
        {"audio_projection.vision.0.", "up_proj_for_vision_speech."},
        {"audio_projection.vision.2.", "down_proj_for_vision_speech."},
    };
    for (const auto& [original, ported] : kRenamings) {
        name = replaced(name, original, ported);
    }
    return name;
}

void writeOriginalCopy(const std::filesystem::path& folder) {
    copyConfigs(folder);
    copyFile(folder, "model.safetensors");
}

void writeShardedCopy(const std::filesystem::path& folder, int shards) {
    copyConfigs(folder);
    std::vector<Tensors> parts(static_cast<std::size_t>(shards));
    json map;
    std::size_t i = 0;
    for (test::WrittenTensor& tensor : goldenTensors()) {
        const std::size_t shard = i++ % parts.size();
        map[tensor.name] = "model-" + std::to_string(shard + 1) + ".safetensors";
        parts[shard].push_back(std::move(tensor));
    }
    for (std::size_t shard = 0; shard < parts.size(); ++shard) {
        test::writeSafetensors(folder / ("model-" + std::to_string(shard + 1) + ".safetensors"),
                               parts[shard]);
    }
    writeJson(folder / "model.safetensors.index.json",
              {{"metadata", {{"total_size", 1}}}, {"weight_map", map}});
}

void writePortedCopy(const std::filesystem::path& folder) {
    copyFile(folder, "generation_config.json");
    copyFile(folder, "preprocessor_config.json");
    writeJson(folder / "config.json", portedConfig());
    const json config = readJson(test::goldenFolder() / "config.json");
    Tensors model;
    Tensors speech;
    Tensors vision;
    for (test::WrittenTensor& tensor : goldenTensors()) {
        if (!isLora(tensor.name)) {
            tensor.name = portedName(tensor.name);
            model.push_back(std::move(tensor));
            continue;
        }
        const bool forSpeech = tensor.name.find(".speech.") != std::string::npos;
        tensor.name =
            "base_model.model." + replaced(tensor.name, forSpeech ? ".speech." : ".vision.", ".");
        (forSpeech ? speech : vision).push_back(std::move(tensor));
    }
    test::writeSafetensors(folder / "model.safetensors", model, R"({"format": "pt"})");
    for (const auto& [adapter, tensors] :
         {std::pair(std::string("speech"), &speech), {std::string("vision"), &vision}}) {
        const std::filesystem::path sub = folder / (adapter + "-lora");
        std::filesystem::create_directory(sub);
        test::writeSafetensors(sub / "adapter_model.safetensors", *tensors);
        writeJson(sub / "adapter_config.json",
                  {{"peft_type", "LORA"},
                   {"r", config[adapter + "_lora"]["r"]},
                   {"lora_alpha", config[adapter + "_lora"]["lora_alpha"]},
                   {"use_rslora", false}});
    }
}

void writeTextOnlyCopy(const std::filesystem::path& folder) {
    copyFile(folder, "generation_config.json");
    json config = readJson(test::goldenFolder() / "config.json");
    for (const char* key :
         {"img_processor", "audio_processor", "embd_layer", "speech_lora", "vision_lora"}) {
        config.erase(key);
    }
    config["model_type"] = "phi3";
    writeJson(folder / "config.json", config);
    Tensors model;
    for (test::WrittenTensor& tensor : goldenTensors()) {
        if (!isLora(tensor.name) && tensor.name.find("embed_tokens_extend") == std::string::npos) {
            tensor.name = portedName(tensor.name);
            model.push_back(std::move(tensor));
        }
    }
    test::writeSafetensors(folder / "model.safetensors", model);
}

} // namespace phial::weights
