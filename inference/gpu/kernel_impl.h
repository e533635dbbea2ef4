// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/kernel.h"
#include "inference/gpu/vulkan_handle.h"

#include <string>

namespace phial::gpu {

struct Kernel::Impl {
    std::string name;
    std::array<std::uint32_t, 3> localSize{};
    std::uint32_t pushConstantBytes = 0;
    std::vector<Access> bindings;
    bool countsGroups = false; // reads gl_NumWorkGroups
    bool used = false;         // dispatched before: some drivers compile only then
    DescriptorSetLayoutHandle setLayout;
    PipelineLayoutHandle layout;
    PipelineHandle pipeline;
};

} // namespace phial::gpu
