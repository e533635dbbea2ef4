// SPDX-License-Identifier: MIT
// Devices whose shaders compute wrongly: another shader stands in the place of one that is asked
// for.
#include "inference/base/error.h"
#include "inference/engine/kernel_check.h"
#include "inference/engine/load_engine.h"
#include "inference/ops/linear_choice.h"
#include "tests/support/gpu_fixture.h"

#include <gmock/gmock.h>

#include <string>
#include <utility>
#include <vector>

namespace phial {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using enum gpu::ShaderId;

const std::vector<MatrixKind> kKinds = {
    {WeightFormat::BF16, {}},
    {WeightFormat::Packed, {.coding = quant::Coding::Sq, .bits = 4}},
    {WeightFormat::Packed, {.coding = quant::Coding::Sq, .bits = 6}},
    {WeightFormat::Packed, {.coding = quant::Coding::Affine, .bits = 4, .group = 64}},
    {WeightFormat::Packed, {.coding = quant::Coding::Nf4, .bits = 4, .group = 64}},
};

using Faults = std::vector<std::pair<gpu::ShaderId, gpu::ShaderId>>;

class KernelCheck : public GpuTest {
protected:
    /// Opens devices with the faults built in.
    static OpenDevice opener(const Faults& faults) {
        return [faults](const gpu::DeviceOptions& options) {
            auto device = gpu::Device::open(options);
            for (const auto& [shader, other] : faults) {
                device->substitute(shader, other);
            }
            return device;
        };
    }

    static CheckedDevice check(const Faults& faults) {
        return openCheckedDevice(
            gpuTestOptions(), Precision::Fp32, [](gpu::Device&, DType) { return kKinds; }, {},
            opener(faults));
    }
};

// Writes pairs of 16-bit numbers where 32-bit ones belong.
const Faults kLanesWrong = {{LinearVectorLanesPackedF32F32, LinearVectorLanesPackedF32F16}};
const Faults kPlainWrong = {{LinearVectorPackedF32F32, LinearVectorPackedF32F16}};

TEST_F(KernelCheck, FindsNothingOnAGoodDevice) {
    for (const DType activations : {DType::F32, DType::F16}) {
        if (activations == DType::F16 && !device().info().features.storage16) {
            continue;
        }
        EXPECT_THAT(kernelFault(device(), kKinds, activations), IsEmpty());
    }
    EXPECT_THAT(check({}).notice, IsEmpty());
}

TEST_F(KernelCheck, StopsOnRequest) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(kernelFault(device(), kKinds, DType::F32, stop.get_token()), Error);
}

TEST_F(KernelCheck, SaysWhichProductIsWrong) {
    const auto faulty =
        opener({{LinearPackedF32F32, LinearPackedF16F32},
                {LinearLanesPackedF32F32, LinearLanesPackedF16F32}})(gpuTestOptions());
    EXPECT_THAT(kernelFault(*faulty, kKinds, DType::F32),
                AllOf(HasSubstr("40 rows by 4-bit codes"), HasSubstr("in place of")));
}

TEST_F(KernelCheck, TheNextTierReplacesOneThatComputesWrongly) {
    if (device().info().kind != gpu::DeviceKind::Software ||
        !device().info().features.subgroupArithmetic) {
        GTEST_SKIP() << "the shaders with lanes are for software devices";
    }
    const CheckedDevice checked = check(kLanesWrong);
    EXPECT_FALSE(checked.device->info().features.subgroupArithmetic);
    EXPECT_THAT(checked.notice, HasSubstr("subgroup operations"));
    EXPECT_THAT(kernelFault(*checked.device, kKinds, DType::F32), IsEmpty());
}

TEST_F(KernelCheck, WrongCooperativeMatricesAreLeftOffAlone) {
    gpu::DeviceOptions options = gpuTestOptions();
    options.prefer = "matrix";
    const ops::LinearClass prompt{.rows = ops::LinearClass::Rows::UpTo64,
                                  .weights = ops::LinearClass::Weights::Nibbles,
                                  .x = DType::F16};
    if (ops::chosenLinear(*gpu::Device::open(options), prompt, 40, 70).kernel !=
        ops::LinearKernel::Matrix) {
        GTEST_SKIP() << "no cooperative matrices on this device or in this build";
    }
    const CheckedDevice checked = openCheckedDevice(
        options, Precision::Auto, [](gpu::Device&, DType) { return kKinds; }, {},
        opener({{LinearMatrixPackedF16F16, LinearMatrixPackedF16F32}}));
    EXPECT_FALSE(checked.device->info().features.cooperativeMatrix);
    EXPECT_EQ(checked.device->info().features.subgroupArithmetic,
              device().info().features.subgroupArithmetic);
    EXPECT_THAT(checked.notice, HasSubstr("cooperative matrices"));
    EXPECT_THAT(
        openCheckedDevice(
            options, Precision::Auto, [](gpu::Device&, DType) { return kKinds; }, {}, opener({}))
            .notice,
        IsEmpty());
}

TEST_F(KernelCheck, RefusesADeviceWithoutARightTier) {
    Faults all = kLanesWrong;
    all.insert(all.end(), kPlainWrong.begin(), kPlainWrong.end());
    try {
        static_cast<void>(check(all));
        FAIL() << "a device that computes wrongly was taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::DeviceUnsuitable);
        EXPECT_THAT(error.what(),
                    AllOf(HasSubstr(device().info().name), HasSubstr("by 4-bit codes"),
                          HasSubstr("choose another device")));
    }
}

} // namespace
} // namespace phial
