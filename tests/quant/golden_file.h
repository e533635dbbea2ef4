// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace phial::quant {

/// One tensor of a golden quantization file, widened to double-free plain types.
struct GoldenTensor {
    std::vector<std::int64_t> shape;
    std::vector<float> values;       ///< every type but I32, as float
    std::vector<std::int32_t> words; ///< I32 only
};

struct GoldenFile {
    std::map<std::string, GoldenTensor> tensors;
    nlohmann::json info; ///< the file's own description

    const std::vector<float>& values(const std::string& name) const {
        return tensors.at(name).values;
    }
};

GoldenFile readGolden(const std::string& name);

} // namespace phial::quant
