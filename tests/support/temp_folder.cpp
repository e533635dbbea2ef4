// SPDX-License-Identifier: MIT
#include "tests/support/temp_folder.h"

#include "inference/base/error.h"

#include <cstdlib>
#include <string>
#include <system_error>

namespace phial::test {

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "phial_test_XXXXXX").string();
    check(::mkdtemp(name.data()) != nullptr, "cannot make a folder for the test");
    m_path = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
}

} // namespace phial::test
