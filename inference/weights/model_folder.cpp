// SPDX-License-Identifier: MIT
#include "inference/weights/model_folder.h"

#include "inference/weights/tensor_list.h"

#include <utility>

namespace phial::weights {

ModelFolder openModelFolder(const std::filesystem::path& folder) {
    readModelFamily(folder);
    Checkpoint checkpoint(folder);
    ModelConfig config = loadModelConfig(checkpoint);
    checkTensors(checkpoint, config);
    return {std::move(checkpoint), std::move(config)};
}

} // namespace phial::weights
