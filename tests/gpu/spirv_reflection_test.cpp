// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/spirv_reflection.h"
#include "shaders/shader_id.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

namespace phial::gpu {
namespace {

using ::testing::ElementsAre;

ShaderInterface interfaceOf(ShaderId shader) {
    const ShaderCode code = shaderCode(shader);
    return reflect(code.words, std::string(code.name));
}

TEST(SpirvReflection, ReadsAccessFromQualifiers) {
    EXPECT_THAT(interfaceOf(ShaderId::TestAffine).bindings,
                ElementsAre(Access::Read, Access::Write, Access::Read));
    EXPECT_THAT(interfaceOf(ShaderId::TestScale).bindings, ElementsAre(Access::ReadWrite));
}

TEST(SpirvReflection, MeasuresPushConstants) {
    EXPECT_EQ(interfaceOf(ShaderId::TestAffine).pushConstantBytes, 8U);
    EXPECT_EQ(interfaceOf(ShaderId::TestScale).pushConstantBytes, 4U);
    EXPECT_EQ(interfaceOf(ShaderId::TestShapes).pushConstantBytes, 56U)
        << "vector, array of vectors and struct";
}

TEST(SpirvReflection, FollowsSpecializationOfTheWorkgroupSize) {
    const ShaderInterface affine = interfaceOf(ShaderId::TestAffine);
    EXPECT_THAT(affine.localSizeWith({}), ElementsAre(1, 1, 1));
    EXPECT_THAT(affine.localSizeWith(std::array{48U}), ElementsAre(48, 1, 1));
    EXPECT_THAT(interfaceOf(ShaderId::TestScale).localSizeWith(std::array{48U}),
                ElementsAre(64, 1, 1));
    EXPECT_THAT(interfaceOf(ShaderId::TestShapes).localSizeWith(std::array{7U, 16U}),
                ElementsAre(4, 16, 2));
}

TEST(SpirvReflection, SeesWhichShadersCountTheirGroups) {
    EXPECT_FALSE(interfaceOf(ShaderId::TestScale).countsGroups);
    EXPECT_TRUE(interfaceOf(ShaderId::TestGroups).countsGroups);
}

TEST(SpirvReflection, RefusesWhatIsNoShader) {
    const std::array<std::uint32_t, 6> noise{1, 2, 3, 4, 5, 6};
    EXPECT_THROW(reflect(noise, "noise"), Error);
    const auto words = shaderCode(ShaderId::TestScale).words;
    EXPECT_THROW(reflect(words.first(6), "cut"), Error);
    EXPECT_THROW(reflect(words.first(3), "cut"), Error);
}

} // namespace
} // namespace phial::gpu
