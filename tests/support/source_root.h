// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

namespace phial::test {

/// The folder that holds this checkout. Asked for instead of compiled into every test, so that the
/// objects of two checkouts are the same and a compiler cache serves both.
std::filesystem::path sourceRoot();

} // namespace phial::test
