// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace phial::package {

/// Names of the files that a package takes over from its source where the source has them; some lie
/// in a folder ("speech-lora/adapter_config.json").
std::span<const char* const> copiedFiles();

/// Whether quantizing could have made a file of this name: a weight file, the manifest, the
/// journal, a copied file, or the temporary that a killed program leaves of one (NAME.XXXXXX, see
/// atomic_file.h).
bool isPackageFile(std::string_view name);

/// Whether it is such a temporary.
bool isTemporary(std::string_view name);

/// Whether it is a folder inside of a package in which copied files lie.
bool isPackageFolder(std::string_view name);

} // namespace phial::package
