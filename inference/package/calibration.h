// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace phial::package {

/// Some inputs that one linear layer really got, before any column scale: [rows, columns] floats.
/// Collected by compare::collectInputs().
struct InputSample {
    std::int64_t columns = 0;
    std::vector<float> values;

    std::int64_t rows() const {
        return columns == 0 ? 0 : static_cast<std::int64_t>(values.size()) / columns;
    }
};

/// By canonical name of the layer's weight.
using Calibration = std::map<std::string, InputSample, std::less<>>;

} // namespace phial::package
