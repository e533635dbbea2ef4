// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/model_config.h"
#include "tests/support/safetensors_writer.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace phial::test {

/// A random adapter in PEFT's layout, in memory.
struct PeftFiles {
    nlohmann::json config;
    std::vector<WrittenTensor> tensors;

    void write(const std::filesystem::path& folder) const;
};

/// Factors for the given modules ("model.layers.0.mlp.down_proj"): F32, normal numbers of
/// `deviation`.
PeftFiles makePeft(const weights::DecoderConfig& config, const std::vector<std::string>& modules,
                   int rank, double alpha, float deviation, std::uint32_t seed);

/// "model.layers.N.<linear>" of all layers and linears.
std::vector<std::string> allModules(const weights::DecoderConfig& config);

} // namespace phial::test
