// SPDX-License-Identifier: MIT
#include "tests/support/source_root.h"

namespace phial::test {

std::filesystem::path sourceRoot() {
    return PHIAL_SOURCE_DIR;
}

} // namespace phial::test
