// SPDX-License-Identifier: MIT
#include "tests/support/gpu_fixture.h"

#include "inference/base/error.h"
#include "tests/support/drivers_stay_loaded.h"

#include <cstdlib>
#include <string>

namespace phial {
namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Owns the shared device and ends it before the program's static objects go.
class SharedDevice : public ::testing::Environment {
public:
    gpu::Device& get() {
        if (m_device == nullptr) {
            m_device = gpu::Device::open(gpuTestOptions());
        }
        return *m_device;
    }

    void TearDown() override { m_device.reset(); }

private:
    std::unique_ptr<gpu::Device> m_device;
};

// GoogleTest owns it.
SharedDevice* const kShared = [] {
    auto* shared = new SharedDevice;
    ::testing::AddGlobalTestEnvironment(shared);
    return shared;
}();

} // namespace

gpu::DeviceOptions gpuTestOptions() {
    return {.select = environment("PHIAL_DEVICE"),
            .software = gpu::SoftwareDevices::Allow,
            .disable = environment("PHIAL_DISABLE"),
            .prefer = environment("PHIAL_PREFER"),
            .validation = environment("PHIAL_VALIDATION") == "0" ? gpu::Validation::Off
                                                                 : gpu::Validation::On};
}

bool gpuAvailable() {
    try {
        return !gpu::listDevices().empty();
    } catch (const Error& error) {
        return error.code() != ErrorCode::NoDevice;
    }
}

void GpuTest::SetUp() {
    static const bool available = gpuAvailable();
    if (!available) {
        if (environment("PHIAL_REQUIRE_GPU") == "1") {
            FAIL() << "no Vulkan device, and PHIAL_REQUIRE_GPU=1";
        }
        GTEST_SKIP() << "no Vulkan device";
    }
    m_messagesBefore = device().validationMessages().size();
}

void GpuTest::TearDown() {
    if (IsSkipped() || HasFatalFailure()) {
        return;
    }
    const auto messages = device().validationMessages();
    for (std::size_t i = m_messagesBefore; i < messages.size(); ++i) {
        ADD_FAILURE() << "validation: " << messages[i];
    }
}

gpu::Device& GpuTest::device() {
    return kShared->get();
}

} // namespace phial
