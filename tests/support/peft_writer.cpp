// SPDX-License-Identifier: MIT
#include "tests/support/peft_writer.h"

#include <fstream>
#include <random>
#include <span>

namespace phial::test {
namespace {

struct Sides {
    std::int64_t rows;
    std::int64_t columns;
};

Sides sidesOf(const weights::DecoderConfig& config, const std::string& module) {
    const std::int64_t d = config.hiddenSize;
    const std::int64_t f = config.intermediateSize;
    if (module.ends_with("qkv_proj")) {
        return {config.qkvRows(), d};
    }
    if (module.ends_with("o_proj")) {
        return {d, std::int64_t{config.heads} * config.headDim};
    }
    return module.ends_with("gate_up_proj") ? Sides{2 * f, d} : Sides{d, f};
}

} // namespace

void PeftFiles::write(const std::filesystem::path& folder) const {
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "adapter_config.json") << config.dump();
    writeSafetensors(folder / "adapter_model.safetensors", tensors);
}

PeftFiles makePeft(const weights::DecoderConfig& config, const std::vector<std::string>& modules,
                   int rank, double alpha, float deviation, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0, deviation);
    PeftFiles files;
    files.config = {{"peft_type", "LORA"}, {"r", rank},          {"lora_alpha", alpha},
                    {"bias", "none"},      {"use_dora", false},  {"fan_in_fan_out", false},
                    {"use_rslora", false}, {"rank_pattern", {}}, {"modules_to_save", nullptr}};
    for (const std::string& module : modules) {
        const Sides sides = sidesOf(config, module);
        const auto add = [&](const char* factor, const Shape& shape) {
            std::vector<float> values(static_cast<std::size_t>(shape.elements()));
            for (float& value : values) {
                value = normal(random);
            }
            const auto bytes = std::as_bytes(std::span(values));
            files.tensors.push_back(
                {.name = "base_model.model." + module + "." + factor + ".weight",
                 .type = weights::StoredType::F32,
                 .shape = shape,
                 .data = {bytes.begin(), bytes.end()}});
        };
        add("lora_A", Shape{rank, sides.columns});
        add("lora_B", Shape{sides.rows, rank});
    }
    return files;
}

std::vector<std::string> allModules(const weights::DecoderConfig& config) {
    std::vector<std::string> modules;
    for (int i = 0; i < config.layers; ++i) {
        for (const char* linear :
             {"self_attn.qkv_proj", "self_attn.o_proj", "mlp.gate_up_proj", "mlp.down_proj"}) {
            modules.push_back("model.layers." + std::to_string(i) + "." + linear);
        }
    }
    return modules;
}

} // namespace phial::test
