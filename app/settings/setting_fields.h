// SPDX-License-Identifier: MIT
#pragma once

#include "app/settings/settings.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace phial::settings {

/// One line of the file: how a setting is written and read.
struct Field {
    Key key;
    std::string_view name; ///< in the file
    std::function<std::string(const Settings&)> write;
    /// False, and nothing is changed, for a value that cannot be used.
    std::function<bool(const std::string&, Settings&)> read;
};

/// All of them, in the order of the file.
const std::vector<Field>& fields();

} // namespace phial::settings
