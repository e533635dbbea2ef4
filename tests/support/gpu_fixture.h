// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"

#include <gtest/gtest.h>

#include <memory>

namespace phial {

/// Options for a device of tests: software devices count, validation is on. The environment can
/// choose another device (PHIAL_DEVICE), leave features off (PHIAL_DISABLE=fp16,subgroup), use
/// kernels that are slow there (PHIAL_PREFER=matrix) and switch validation off
/// (PHIAL_VALIDATION=0).
gpu::DeviceOptions gpuTestOptions();

/// True when this computer has a Vulkan device.
bool gpuAvailable();

/// A test that needs a device. All tests of a program share one, with validation on; a test that
/// leaves a validation message fails. Without Vulkan the test is skipped, or fails when
/// PHIAL_REQUIRE_GPU=1.
class GpuTest : public ::testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;

    gpu::Device& device();

private:
    std::size_t m_messagesBefore = 0;
};

} // namespace phial
