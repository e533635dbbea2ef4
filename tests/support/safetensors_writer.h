// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/weights/stored_type.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace phial::test {

/// One tensor to be written.
struct WrittenTensor {
    std::string name;
    weights::StoredType type = weights::StoredType::F32;
    Shape shape;
    std::vector<std::byte> data; ///< little-endian, row-major
};

/// Writes a safetensors file, tensors in the given order without holes. `metadataJson`: empty or a
/// JSON object.
void writeSafetensors(const std::filesystem::path& path, const std::vector<WrittenTensor>& tensors,
                      const std::string& metadataJson = {});

/// All tensors of a file, for rewriting them under other names or in other files.
std::vector<WrittenTensor> readSafetensors(const std::filesystem::path& path);

/// Writes header and data as given, however wrong: for tests of broken files.
void writeRawSafetensors(const std::filesystem::path& path, const std::string& headerJson,
                         const std::string& data);

} // namespace phial::test
