// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/cooperative_matrix.h"
#include "inference/gpu/device_choice.h"
#include "inference/gpu/physical_device.h"

#include <gtest/gtest.h>

#include <vector>

namespace phial::gpu {
namespace {

DeviceInfo madeUp(std::uint32_t index, DeviceKind kind, const std::string& uuid) {
    DeviceInfo info;
    info.index = index;
    info.kind = kind;
    info.uuid = uuid;
    info.name = "device " + std::to_string(index);
    return info;
}

std::vector<DeviceInfo> laptop() {
    return {madeUp(0, DeviceKind::Software, "00000000aaaaaaaa00000000aaaaaaaa"),
            madeUp(1, DeviceKind::Integrated, "11111111bbbbbbbb11111111bbbbbbbb"),
            madeUp(2, DeviceKind::Discrete, "22222222cccccccc22222222cccccccc")};
}

ErrorCode codeOf(const std::vector<DeviceInfo>& devices, const DeviceOptions& options) {
    try {
        chooseDevice(devices, options);
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "a device was chosen";
    return ErrorCode::Internal;
}

TEST(DeviceChoice, TakesDiscreteBeforeIntegratedWhateverTheOrder) {
    EXPECT_EQ(chooseDevice(laptop(), {}), 2U);
    auto reversed = laptop();
    std::swap(reversed[0], reversed[2]);
    EXPECT_EQ(chooseDevice(reversed, {}), 0U);
}

TEST(DeviceChoice, SkipsUnsuitableDevices) {
    auto devices = laptop();
    devices[2].unsuitable = "too old";
    EXPECT_EQ(chooseDevice(devices, {}), 1U);
}

TEST(DeviceChoice, RefusesSoftwareThatNobodyAskedFor) {
    const std::vector only{madeUp(0, DeviceKind::Software, "00000000aaaaaaaa00000000aaaaaaaa")};
    EXPECT_EQ(codeOf(only, {}), ErrorCode::DeviceUnsuitable);
    EXPECT_EQ(chooseDevice(only, {.software = SoftwareDevices::Allow}), 0U);
    EXPECT_EQ(chooseDevice(only, {.select = "0"}), 0U) << "naming it is asking for it";
    EXPECT_EQ(chooseDevice(laptop(), {.software = SoftwareDevices::Allow}), 2U)
        << "allowed does not mean preferred";
}

TEST(DeviceChoice, SelectsByIndexOrUuid) {
    EXPECT_EQ(chooseDevice(laptop(), {.select = "1"}), 1U);
    EXPECT_EQ(chooseDevice(laptop(), {.select = "11111111"}), 1U) << "eight digits are a UUID";
    EXPECT_EQ(chooseDevice(laptop(), {.select = "22222222-CCCC"}), 2U);
    EXPECT_EQ(codeOf(laptop(), {.select = "7"}), ErrorCode::NoDevice);
    EXPECT_EQ(codeOf(laptop(), {.select = "33333333"}), ErrorCode::NoDevice);
    EXPECT_EQ(codeOf(laptop(), {.select = "bbb"}), ErrorCode::NoDevice);
}

TEST(DeviceChoice, ASelectedDeviceMustBeSuitable) {
    auto devices = laptop();
    devices[1].unsuitable = "device 1 is too old.";
    try {
        chooseDevice(devices, {.select = "1"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::DeviceUnsuitable);
        EXPECT_STREQ(error.what(), "device 1 is too old.");
    }
}

TEST(DeviceChoice, SaysWhenThereIsNothing) {
    EXPECT_EQ(codeOf({}, {}), ErrorCode::NoDevice);
}

TEST(DeviceFeatures, AreSwitchedOffByName) {
    DeviceFeatures features;
    features.storage16 = features.arithmetic16 = features.subgroupArithmetic = true;
    features.integerDot = features.memoryBudget = features.cooperativeMatrix = true;
    disableFeatures(features, "dot,matrix");
    EXPECT_FALSE(features.integerDot || features.cooperativeMatrix);
    features.integerDot = features.cooperativeMatrix = true;
    disableFeatures(features, "fp16,budget");
    EXPECT_FALSE(features.cooperativeMatrix || features.integerDot); // they go with fp16
    EXPECT_FALSE(features.storage16);
    EXPECT_FALSE(features.arithmetic16);
    EXPECT_FALSE(features.memoryBudget);
    EXPECT_TRUE(features.subgroupArithmetic);
    EXPECT_THROW(disableFeatures(features, "fp17"), Error);
}

TEST(DeviceFeatures, KernelsArePreferredByName) {
    const PreferredKernels some = preferredKernels("matrix,half");
    EXPECT_TRUE(some.cooperativeMatrix && some.arithmetic16);
    EXPECT_FALSE(some.integerDot);
    EXPECT_THROW(preferredKernels("matrices"), Error);
}

CooperativeMatrixProperties matrices(std::uint32_t rows, std::uint32_t columns,
                                     std::uint32_t depth) {
    constexpr std::uint32_t kFloat32 = 1;
    constexpr std::uint32_t kSubgroup = 3;
    return {.rows = rows,
            .columns = columns,
            .depth = depth,
            .c = kFloat32,
            .result = kFloat32,
            .scope = kSubgroup};
}

TEST(MatrixShapes, SixteenCubedIsChosenBeforeOthersThenTheLargest) {
    const std::vector some = {matrices(16, 8, 8), matrices(16, 8, 16), matrices(8, 8, 16)};
    EXPECT_EQ(chooseMatrixShape(some), (MatrixShape{16, 8, 16}));
    const std::vector deep = {matrices(16, 16, 32), matrices(16, 16, 16), matrices(16, 8, 16)};
    EXPECT_EQ(chooseMatrixShape(deep), (MatrixShape{16, 16, 16}));
}

TEST(MatrixShapes, WhatTheKernelsCannotUseIsLeftAside) {
    std::vector wrong(5, matrices(16, 16, 16));
    wrong[0].a = 3;         // bytes
    wrong[1].result = 0;    // fp16
    wrong[2].scope = 2;     // made by a workgroup
    wrong[3].rows = 64;     // wider than the smallest tile
    wrong[4].saturates = 1; // of integers
    EXPECT_EQ(chooseMatrixShape(wrong), MatrixShape{});
    EXPECT_EQ(chooseMatrixShape({}), MatrixShape{});
}

TEST(MatrixShapes, CardsKnownToBeSlowWithThemAreNotTrusted) {
    EXPECT_TRUE(distrustsMatrices(0x8086, 8));
    EXPECT_FALSE(distrustsMatrices(0x8086, 16));
    EXPECT_FALSE(distrustsMatrices(0x10de, 8));
}

} // namespace
} // namespace phial::gpu
