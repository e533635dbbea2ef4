// SPDX-License-Identifier: MIT
#pragma once

#include "inference/compare/collect_inputs.h"
#include "inference/package/tensor_error.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

namespace phial::compare {

/// What every matrix that `candidate` holds in another form than `reference` loses: of the
/// decoder's linears, head and adapters on the inputs collected from the reference; of others the
/// weights alone. Largest loss first: by output error where it is known, then by that of the
/// weights. `onTensor(done, total)`. Needs no device. Throws what openCheckpoint() throws,
/// Error{BadCheckpoint} for shapes that differ, Error{Cancelled}.
std::vector<package::TensorError>
layerErrors(const std::filesystem::path& reference, const std::filesystem::path& candidate,
            const CollectedInputs& collected, int threads,
            const std::function<void(std::size_t, std::size_t)>& onTensor,
            const std::stop_token& stop);

} // namespace phial::compare
