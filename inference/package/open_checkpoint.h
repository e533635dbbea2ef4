// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/checkpoint.h"

#include <filesystem>

namespace phial::package {

/// Opens a model folder of either kind: a checkpoint, or a package written by quantizeCheckpoint(),
/// whose packed matrices then are entries like any other. Reads headers only; hashes are
/// verifyPackage()'s work. Throws what weights::Checkpoint and Manifest::load() throw, and
/// Error{BadCheckpoint} naming a file that is missing or of another size than the package says.
weights::Checkpoint openCheckpoint(const std::filesystem::path& folder);

} // namespace phial::package
