// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/safetensors_writer.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace phial::weights {

nlohmann::json readJson(const std::filesystem::path& path);
void writeJson(const std::filesystem::path& path, const nlohmann::json& value);

/// Copies of the golden model in the layouts that exist in the world, written into an empty folder.
void writeOriginalCopy(const std::filesystem::path& folder);

/// `shards` files and an index.
void writeShardedCopy(const std::filesystem::path& folder, int shards);

/// The transformers port: its names and config, adapters as PEFT folders.
void writePortedCopy(const std::filesystem::path& folder);

/// Text only, with the names and config of Phi-4-mini.
void writeTextOnlyCopy(const std::filesystem::path& folder);

/// A name of Microsoft's layout as the transformers port writes it (specification of the model,
/// section 2).
std::string portedName(std::string name);

} // namespace phial::weights
