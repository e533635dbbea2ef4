// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/device.h"
#include "tests/gpu/gpu_test_support.h"
#include "tests/support/gpu_fixture.h"

#include <filesystem>
#include <fstream>
#include <string>

namespace phial::gpu::test {
namespace {

using phial::gpuTestOptions;
namespace fs = std::filesystem;

class DeviceTest : public phial::GpuTest {};

TEST_F(DeviceTest, ListsDevicesWithoutOpeningThem) {
    const auto devices = listDevices();
    ASSERT_FALSE(devices.empty());
    for (std::size_t i = 0; i < devices.size(); ++i) {
        const DeviceInfo& info = devices[i];
        EXPECT_EQ(info.index, i);
        EXPECT_EQ(info.uuid.size(), 32U);
        EXPECT_FALSE(info.name.empty());
        EXPECT_FALSE(info.driver.empty());
        EXPECT_GE(info.maxStorageBufferRange, std::uint64_t{1} << 27) << "promised by Vulkan";
        EXPECT_GT(info.localMemoryBytes, 0U);
        EXPECT_GE(info.subgroupSize, 1U);
    }
}

TEST_F(DeviceTest, NeverTakesSoftwareSilently) {
    for (const DeviceInfo& info : listDevices()) {
        if (info.kind != DeviceKind::Software) {
            GTEST_SKIP() << "this computer has a graphics card";
        }
    }
    try {
        Device::open({});
        FAIL() << "a software device was opened";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::DeviceUnsuitable);
    }
}

TEST_F(DeviceTest, OpensTheOneThatIsNamed) {
    const DeviceInfo wanted = device().info();
    EXPECT_EQ(Device::open({.select = wanted.uuid})->info().uuid, wanted.uuid);
    EXPECT_EQ(Device::open({.select = std::to_string(wanted.index)})->info().uuid, wanted.uuid);
}

TEST_F(DeviceTest, MaskedFeaturesReadAsMissingAndAreRefusedToShaders) {
    DeviceOptions options = gpuTestOptions();
    options.disable = "fp16,int8,dot,subgroup,matrix,budget";
    const auto masked = Device::open(options);
    const DeviceFeatures& features = masked->info().features;
    EXPECT_FALSE(features.storage16 || features.arithmetic16 || features.storage8 ||
                 features.arithmetic8 || features.integerDot || features.subgroupArithmetic ||
                 features.subgroupSizeControl || features.cooperativeMatrix ||
                 features.memoryBudget);
    try {
        masked->kernel(ShaderId::TestHalf);
        FAIL() << "a shader got a feature that is off";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::DeviceUnsuitable);
        EXPECT_NE(std::string(error.what()).find("16-bit storage"), std::string::npos);
    }
    EXPECT_NO_THROW(masked->kernel(ShaderId::TestScale));
    EXPECT_TRUE(masked->validationMessages().empty());
}

TEST_F(DeviceTest, MakesEachPipelineOnce) {
    const auto before = device().pipelinesCreated();
    const std::uint32_t one[] = {8, 1001};
    const std::uint32_t two[] = {8, 1002};
    const Kernel& first = device().kernel(ShaderId::TestAffine, one);
    EXPECT_EQ(&device().kernel(ShaderId::TestAffine, one), &first);
    EXPECT_NE(&device().kernel(ShaderId::TestAffine, two), &first);
    EXPECT_EQ(device().pipelinesCreated(), before + 2);
    EXPECT_EQ(first.localSize()[0], 8U);
}

TEST_F(DeviceTest, RefusesWorkgroupsBeyondTheLimit) {
    const std::uint32_t huge[] = {device().info().maxWorkgroupInvocations + 1};
    EXPECT_THROW(device().kernel(ShaderId::TestAffine, huge), Error);
}

TEST_F(DeviceTest, CountsTwoDevicesSideBySide) {
    const auto other = Device::open(gpuTestOptions());
    const Buffer buffer = other->makeBuffer(4096, Memory::Device, "second device");
    EXPECT_GT(other->memoryUse().allocatedByPhial, 0U);
    EXPECT_TRUE(other->validationMessages().empty());
}

/// Opens a device with a cache in `folder` and makes one pipeline.
void useOnce(const fs::path& folder) {
    DeviceOptions options = gpuTestOptions();
    options.pipelineCacheDirectory = folder;
    const auto opened = Device::open(options);
    opened->kernel(ShaderId::TestScale);
    EXPECT_TRUE(opened->validationMessages().empty());
}

TEST_F(DeviceTest, KeepsPipelinesOnDiskAndSurvivesACorruptFile) {
    const fs::path folder = fs::temp_directory_path() / "phial-device-test-cache";
    fs::remove_all(folder);
    useOnce(folder);
    ASSERT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
    const fs::path file = fs::directory_iterator(folder)->path();
    const auto size = fs::file_size(file);
    EXPECT_GT(size, 0U);
    fs::resize_file(file, size / 2);
    useOnce(folder);
    EXPECT_EQ(fs::file_size(file), size) << "written anew";
    std::ofstream(file, std::ios::binary | std::ios::trunc) << std::string(5000, 'x');
    useOnce(folder);
    EXPECT_EQ(fs::file_size(file), size);
    fs::remove_all(folder);
}

} // namespace
} // namespace phial::gpu::test
