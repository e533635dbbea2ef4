// SPDX-License-Identifier: MIT
#include "inference/base/atomic_file.h"
#include "inference/engine/kernel_check.h"
#include "inference/engine/kernel_tuning.h"
#include "tests/support/gpu_fixture.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <string>
#include <vector>

namespace phial {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using Class = ops::LinearClass;

constexpr Class kStep{.rows = Class::Rows::Few, .weights = Class::Weights::Nibbles};
constexpr Class kPrompt{.rows = Class::Rows::UpTo64, .weights = Class::Weights::Nibbles};

class KernelTuning : public GpuTest {
protected:
    static const ops::LinearChoice* named(const char* name) { return ops::findLinearChoice(name); }

    static std::unique_ptr<gpu::Device> openTuned(const std::filesystem::path& folder) {
        auto opened = gpu::Device::open(gpuTestOptions());
        applyTuning(*opened, folder);
        return opened;
    }

    test::TempFolder m_folder;
};

TEST_F(KernelTuning, WhatIsStoredIsUsed) {
    storeTuning(m_folder.path(), device().info(),
                std::vector<TunedLinear>{{kStep, named("vector 32, 2")}});
    storeTuning(m_folder.path(), device().info(),
                std::vector<TunedLinear>{{kPrompt, named("tiled 16x64")}});
    const auto tuned = openTuned(m_folder.path());
    EXPECT_EQ(&ops::chosenLinear(*tuned, kStep, 1, 5000), named("vector 32, 2"));
    EXPECT_EQ(&ops::chosenLinear(*tuned, kPrompt, 60, 5000), named("tiled 16x64"));
    // Another class keeps its default.
    Class other = kStep;
    other.outputs = Class::Outputs::Short;
    EXPECT_EQ(&ops::chosenLinear(*tuned, other, 1, 500),
              &ops::defaultLinear(device().info(), other, 1, 500));
}

TEST_F(KernelTuning, AFileThatCannotBeUsedCountsAsEmpty) {
    const std::filesystem::path file = tuningFile(m_folder.path(), device().info());
    const std::string nibbles = ops::nameOf(kStep);
    for (const std::string& text : std::vector<std::string>{
             "", "{", "[]", R"({"format": 1})", R"({"format": 1, "linear": []})",
             R"({"format": 99, "linear": {")" + nibbles + R"(": "vector 32, 2"}})",
             R"({"format": 1, "linear": {")" + nibbles + R"(": 7, "what": "vector 32, 2"}})",
             R"({"format": 1, "linear": {")" + nibbles + R"(": "vector 7, 7"}})",
             // a kernel for many rows
             R"({"format": 1, "linear": {")" + nibbles + R"(": "tiled 16x64"}})"}) {
        SCOPED_TRACE(text);
        writeAtomically(file, text);
        const auto opened = gpu::Device::open(gpuTestOptions());
        EXPECT_EQ(applyTuning(*opened, m_folder.path()), 0);
        EXPECT_EQ(&ops::chosenLinear(*opened, kStep, 1, 5000),
                  &ops::defaultLinear(device().info(), kStep, 1, 5000));
    }
    EXPECT_EQ(applyTuning(device(), m_folder.path() / "missing"), 0);
    EXPECT_EQ(applyTuning(device(), {}), 0);
}

TEST_F(KernelTuning, AnotherDriverStartsAnew) {
    gpu::DeviceInfo newer = device().info();
    ++newer.driverVersion;
    storeTuning(m_folder.path(), newer, std::vector<TunedLinear>{{kStep, named("vector 32, 2")}});
    const auto opened = gpu::Device::open(gpuTestOptions());
    EXPECT_EQ(applyTuning(*opened, m_folder.path()), 0);
}

TEST_F(KernelTuning, AMeasuredKernelThatComputesWronglyIsLeftOffAlone) {
    storeTuning(m_folder.path(), device().info(),
                std::vector<TunedLinear>{{kStep, named("vector 32, 2")}});
    gpu::DeviceOptions options = gpuTestOptions();
    options.pipelineCacheDirectory = m_folder.path();
    const std::vector<MatrixKind> kinds = {
        {WeightFormat::Packed, {.coding = quant::Coding::Sq, .bits = 4}}};
    const auto open = [&](bool faulty) {
        return openCheckedDevice(
            options, Precision::Fp32, [&](gpu::Device&, DType) { return kinds; }, {},
            [&](const gpu::DeviceOptions& asked) {
                auto opened = gpu::Device::open(asked);
                if (faulty) {
                    opened->substitute(gpu::ShaderId::LinearVectorPackedF32F32,
                                       gpu::ShaderId::LinearVectorPackedF32F16);
                }
                return opened;
            });
    };
    const CheckedDevice right = open(false);
    EXPECT_THAT(right.notice, IsEmpty());
    EXPECT_EQ(&ops::chosenLinear(*right.device, kStep, 1, 5000), named("vector 32, 2"));
    // Of a device that is open in fp32: kernels that round their input are left off there.
    const gpu::DeviceInfo& info = right.device->info();
    if (ops::defaultLinear(info, kStep, 1, 5000).kernel == ops::LinearKernel::Vector) {
        return; // the fault would be the default's too
    }
    const CheckedDevice wrong = open(true);
    EXPECT_THAT(wrong.notice, HasSubstr("measured to be quick"));
    EXPECT_EQ(&ops::chosenLinear(*wrong.device, kStep, 1, 5000),
              &ops::defaultLinear(info, kStep, 1, 5000));
    EXPECT_EQ(wrong.device->info().features.subgroupArithmetic, info.features.subgroupArithmetic);
}

} // namespace
} // namespace phial
