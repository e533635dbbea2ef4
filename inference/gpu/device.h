// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/buffer.h"
#include "inference/gpu/device_options.h"
#include "inference/gpu/kernel.h"
#include "shaders/shader_id.h" // generated

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace phial::gpu {

/// Memory of the device in bytes; `budget` is what the driver says may be used now (heap size when
/// it does not say).
struct MemoryUse {
    std::uint64_t allocatedByPhial = 0;
    std::uint64_t peakByPhial = 0;
    std::uint64_t budget = 0;
};

/// One logical device with one compute queue. It and everything made from it is used by one thread
/// at a time. Buffers, kernels and recordings must be destroyed before it.
class Device {
public:
    /// Throws Error{NoDevice, DeviceUnsuitable, OutOfHostMemory, ...} with the device's name.
    static std::unique_ptr<Device> open(const DeviceOptions& options);
    ~Device(); ///< Waits for submitted work, writes the pipeline cache.
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    const DeviceInfo& info() const;
    MemoryUse memoryUse() const;

    /// Device memory, suballocated from large blocks. Contents are undefined. bytes > 0; offset
    /// alignment of bindings is taken care of. Throws Error{OutOfDeviceMemory} naming `purpose`,
    /// the size and what is free.
    Buffer makeBuffer(std::uint64_t bytes, Memory memory, const std::string& purpose);

    /// The pipeline of a shader with specialization constants 0, 1, 2 ... set to `constants`.
    /// Created at the first call, kept for the device's life (reference stays valid). Not for the
    /// token loop: ask once, keep the reference.
    const Kernel& kernel(ShaderId shader, std::span<const std::uint32_t> constants = {});

    /// Notes which of several kernels that do the same is to be used here. What the numbers mean is
    /// the affair of the op that asks.
    void choose(std::uint32_t what, std::optional<std::uint32_t> choice);
    std::optional<std::uint32_t> chosen(std::uint32_t what) const;

    /// Tests only: compiles `other` where `shader` is asked for from now on, as if the driver
    /// computed wrongly.
    void substitute(ShaderId shader, ShaderId other);

    /// Number of pipelines created so far; tests use it to prove that the token loop creates none.
    std::uint64_t pipelinesCreated() const;
    /// Number of device memory allocations and descriptor sets made so far; likewise.
    std::uint64_t allocationsMade() const;
    std::uint64_t descriptorSetsMade() const;

    /// Validation messages so far (errors and warnings); empty without validation.
    std::vector<std::string> validationMessages() const;

    struct Impl; ///< Vulkan handles; defined and seen inside inference/gpu only

    Impl& impl() { return *m_impl; }

private:
    explicit Device(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> m_impl;
};

} // namespace phial::gpu
