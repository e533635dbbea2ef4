// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace phial::package {

/// Whether a folder holds what a stopped or killed quantizeCheckpoint() left there.
bool isPartial(const std::filesystem::path& folder);

/// Deletes what a stopped or killed quantizeCheckpoint() left in `folder` (DESTINATION.partial):
/// the files of its own making, then the folder. Nothing is deleted when the folder is no such
/// work, holds anything else, or is being written. Throws Error{InvalidArgument, FileUnwritable}
/// naming what is in the way.
void discardPartial(const std::filesystem::path& folder);

} // namespace phial::package
