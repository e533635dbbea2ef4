// SPDX-License-Identifier: MIT
// Some of the damaged checkpoints; mutated_checkpoint_slow_test.cpp tries two hundred.
#include "tests/engine/mutated_checkpoint.h"
#include "tests/support/gpu_fixture.h"

namespace phial {
namespace {

TEST(MutatedCheckpoint, EndsInAnErrorOrAnAnswer) {
    if (!gpuAvailable()) {
        GTEST_SKIP() << "no Vulkan device";
    }
    for (std::uint32_t seed = 1000; seed < 1010; ++seed) {
        EXPECT_EQ(test::loadMutated(seed), "") << "seed " << seed;
    }
}

} // namespace
} // namespace phial
