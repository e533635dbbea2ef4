// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/gpu/instance.h"
#include "inference/gpu/logical_device.h"
#include "inference/gpu/memory_pool.h"
#include "inference/gpu/physical_device.h"
#include "inference/gpu/pipeline_store.h"
#include "inference/gpu/submission_pacer.h"
#include "inference/gpu/timeline.h"

#include <map>
#include <memory>

namespace phial::gpu {

/// Members are destroyed from last to first: pipelines, memory and semaphore before the device, the
/// device before the instance.
struct Device::Impl {
    Impl(std::unique_ptr<Instance> opened, PhysicalDevice chosen, const DeviceOptions& options)
        : instance(std::move(opened))
        , physical(std::move(chosen))
        , logical(physical)
        , timeline(logical, instance->log())
        , memory(physical, logical.get(), options.memoryLimitBytes)
        , pipelines(physical, logical.get(), options.pipelineCacheDirectory) {}

    std::unique_ptr<Instance> instance;
    PhysicalDevice physical;
    LogicalDevice logical;
    Timeline timeline;
    MemoryPool memory;
    PipelineStore pipelines;
    SubmissionPacer pacer;
    std::uint64_t descriptorSetsMade = 0;
    std::map<std::uint32_t, std::uint32_t> choices;
};

} // namespace phial::gpu
