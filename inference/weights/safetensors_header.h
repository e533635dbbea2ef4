// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

/// One entry of a safetensors header as written, before any check of sizes.
struct HeaderTensor {
    std::string name;
    std::string type;
    std::vector<std::uint64_t> shape;
    std::vector<std::uint64_t> offsets; ///< begin and end, from the end of the header
};

struct Header {
    std::vector<HeaderTensor> tensors;
    std::map<std::string, std::string> metadata;
};

/// Parses the JSON of a header without building a document, so that memory stays in proportion to
/// the tensors whatever the nesting; names that occur twice are seen. Throws Error{BadCheckpoint}
/// with `file` in its sentence. Internal to this folder.
Header parseHeader(std::string_view json, const std::string& file);

} // namespace phial::weights
