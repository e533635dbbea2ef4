// SPDX-License-Identifier: MIT
#include "inference/base/trimmed.h"

#include <gtest/gtest.h>

namespace phial {
namespace {

TEST(Trimmed, LeavesOutWhatIsBlankAtBothEnds) {
    EXPECT_EQ(trimmed("\r\n \ta b\n c\t \n"), "a b\n c");
    EXPECT_EQ(trimmed("a"), "a");
    EXPECT_EQ(trimmed(" \t\r\n"), "");
    EXPECT_EQ(trimmed(""), "");
}

} // namespace
} // namespace phial
