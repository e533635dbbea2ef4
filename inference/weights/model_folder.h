// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/checkpoint.h"
#include "inference/weights/model_config.h"

#include <filesystem>

namespace phial::weights {

/// A model folder, opened and checked: the first step of loading.
struct ModelFolder {
    Checkpoint checkpoint;
    ModelConfig config;
};

/// Family first (so that a stranger's folder is called by its name), then files and headers,
/// numbers, and the presence, types and shapes of all tensors. Reads headers only: milliseconds for
/// 11 GB. Throws Error{WrongArchitecture, BadCheckpoint, FileUnreadable}.
ModelFolder openModelFolder(const std::filesystem::path& folder);

} // namespace phial::weights
