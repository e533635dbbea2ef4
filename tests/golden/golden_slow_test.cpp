// SPDX-License-Identifier: MIT
#include "tests/golden/golden_probe.h"

namespace phial {
namespace {

class GoldenSlowTest : public test::GoldenProbe {};

TEST_F(GoldenSlowTest, AllStagesInFp32WithoutOptionalFeatures) {
    probe(Precision::Fp32, "fp16,int8,dot,subgroup,budget");
}

} // namespace
} // namespace phial
