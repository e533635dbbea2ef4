// SPDX-License-Identifier: MIT
// Two hundred damaged checkpoints.
#include "tests/engine/mutated_checkpoint.h"
#include "tests/support/gpu_fixture.h"

namespace phial {
namespace {

TEST(MutatedCheckpointSlow, EndsInAnErrorOrAnAnswer) {
    if (!gpuAvailable()) {
        GTEST_SKIP() << "no Vulkan device";
    }
    for (std::uint32_t seed = 0; seed < 200; ++seed) {
        EXPECT_EQ(test::loadMutated(seed), "") << "seed " << seed;
    }
}

} // namespace
} // namespace phial
