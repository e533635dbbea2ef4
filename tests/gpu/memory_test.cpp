// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/free_memory.h"
#include "tests/gpu/gpu_test_support.h"
#include "tests/support/gpu_fixture.h"

#include <random>
#include <string>

namespace phial::gpu::test {
namespace {

class MemoryTest : public phial::GpuTest {};

constexpr std::uint64_t kMiB = 1024 * 1024;

TEST_F(MemoryTest, SmallBuffersShareBlocks) {
    const auto own = Device::open(phial::gpuTestOptions());
    std::vector<Buffer> buffers;
    for (int i = 0; i < 200; ++i) {
        buffers.push_back(own->makeBuffer(1000, Memory::Device, "small"));
    }
    EXPECT_EQ(own->allocationsMade(), 1U);
    buffers.clear();
    EXPECT_EQ(own->memoryUse().allocatedByPhial, 0U) << "empty blocks go back to the driver";
    EXPECT_GT(own->memoryUse().peakByPhial, 0U);
}

TEST_F(MemoryTest, LargeBuffersWasteNothing) {
    const auto own = Device::open(phial::gpuTestOptions());
    const Buffer large = own->makeBuffer(37 * kMiB, Memory::Device, "large");
    EXPECT_LT(own->memoryUse().allocatedByPhial, 37 * kMiB + 65536);
}

TEST_F(MemoryTest, FreeMemoryIsToldWithoutOpeningTheDevice) {
    const std::uint64_t free = freeDeviceMemory(device().info().uuid);
    const std::uint64_t budget = device().memoryUse().budget;
    EXPECT_GT(free, 16 * kMiB);
    EXPECT_LT(free, 2 * budget); // other programs come and go between the two questions
    EXPECT_EQ(freeDeviceMemory("no such device"), 0U);
}

TEST_F(MemoryTest, UploadAndReadbackAreMapped) {
    EXPECT_EQ(device().makeBuffer(100, Memory::Upload, "up").mapped().size(), 100U);
    EXPECT_EQ(device().makeBuffer(100, Memory::Readback, "back").mapped().size(), 100U);
}

TEST_F(MemoryTest, NeighboursInABlockDoNotTouchEachOther) {
    std::mt19937 random(7);
    std::vector<Buffer> buffers;
    for (std::uint32_t i = 0; i < 60; ++i) {
        const std::uint64_t words = 1 + random() % 700;
        buffers.push_back(device().makeBuffer(words * 4, Memory::Upload, "neighbour"));
        write(buffers.back(), std::vector<std::uint32_t>(words, i));
        if (i % 7 == 3) { // leave gaps to be filled again
            buffers.erase(buffers.begin() + static_cast<std::ptrdiff_t>(random() % buffers.size()));
        }
    }
    for (const Buffer& buffer : buffers) {
        const auto words = read(buffer);
        EXPECT_EQ(std::count(words.begin(), words.end(), words.front()),
                  static_cast<std::ptrdiff_t>(words.size()));
    }
}

TEST_F(MemoryTest, SaysWhatDidNotFit) {
    DeviceOptions options = phial::gpuTestOptions();
    options.memoryLimitBytes = 16 * kMiB;
    const auto small = Device::open(options);
    const Buffer first = small->makeBuffer(10 * kMiB, Memory::Device, "weights");
    try {
        small->makeBuffer(10 * kMiB, Memory::Device, "key-value cache");
        FAIL() << "more memory than the limit";
    } catch (const Error& error) {
        const std::string text = error.what();
        EXPECT_EQ(error.code(), ErrorCode::OutOfDeviceMemory);
        EXPECT_NE(text.find("key-value cache"), std::string::npos) << text;
        EXPECT_NE(text.find("10 MiB"), std::string::npos) << text;
        EXPECT_NE(text.find("6 MiB of 16 MiB"), std::string::npos) << text;
        EXPECT_NE(text.find(small->info().name), std::string::npos) << text;
    }
    EXPECT_NO_THROW(small->makeBuffer(5 * kMiB, Memory::Device, "something smaller"));
}

TEST_F(MemoryTest, SaysWhenOnePieceIsTooLargeForTheDriver) {
    const std::uint64_t most = device().info().maxAllocationBytes;
    try {
        device().makeBuffer(most + 4, Memory::Device, "embedding table");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::OutOfDeviceMemory);
        EXPECT_NE(std::string(error.what()).find("embedding table"), std::string::npos);
    }
}

} // namespace
} // namespace phial::gpu::test
