// SPDX-License-Identifier: MIT
#include "inference/gpu/command_encoder.h"

#include "inference/base/error.h"
#include "inference/gpu/buffer_impl.h"
#include "inference/gpu/device_impl.h"
#include "inference/gpu/kernel_impl.h"
#include "inference/gpu/vulkan_error.h"

#include <string>
#include <utility>

namespace phial::gpu {
namespace {

constexpr std::uint32_t kProfiledDispatches = 512;
constexpr std::uint32_t kMostTimestamps = 2 + 2 * kProfiledDispatches;
constexpr VkPipelineStageFlags kDeviceStages =
    VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
constexpr VkAccessFlags kWrites = VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT;
constexpr VkAccessFlags kReads = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT;

CommandPoolHandle makePool(Device& device) {
    const VkCommandPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                       .queueFamilyIndex = *device.impl().physical.queueFamily};
    VkCommandPool pool = VK_NULL_HANDLE;
    VkDevice handle = device.impl().logical.get();
    vulkanCheck(vkCreateCommandPool(handle, &info, nullptr, &pool), "creating a command pool");
    return {handle, pool};
}

QueryPoolHandle makeQueries(Device& device) {
    if (!device.impl().physical.timestamps) {
        return {};
    }
    const VkQueryPoolCreateInfo info{.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                     .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                     .queryCount = kMostTimestamps};
    VkQueryPool pool = VK_NULL_HANDLE;
    VkDevice handle = device.impl().logical.get();
    vulkanCheck(vkCreateQueryPool(handle, &info, nullptr, &pool), "creating timestamps");
    return {handle, pool};
}

[[noreturn]] void misuse(std::string_view label, const Kernel& kernel, const std::string& what) {
    throw Error(ErrorCode::Internal,
                std::string(label) + " (shader " + kernel.impl().name + "): " + what);
}

RangeUse useOf(const BufferRange& range, bool writes) {
    return {&range.buffer->impl(), range.offset, range.offset + range.bytes, writes};
}

} // namespace

CommandEncoder::CommandEncoder(Device& device, CommandStream::Mode mode)
    : m_device(device)
    , m_mode(mode)
    , m_pool(makePool(device))
    , m_descriptors(device.impl().logical.get()) {
    const VkCommandBufferAllocateInfo info{.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                           .commandPool = m_pool.get(),
                                           .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                           .commandBufferCount = 1};
    vulkanCheck(vkAllocateCommandBuffers(device.impl().logical.get(), &info, &m_commands),
                "creating a command buffer");
    if (mode == CommandStream::Mode::Immediate) {
        m_queries = makeQueries(device);
    }
}

void CommandEncoder::begin(bool profile) {
    vulkanCheck(vkResetCommandPool(m_device.impl().logical.get(), m_pool.get(), 0),
                "resetting a command pool");
    m_descriptors.reset();
    m_hazards.clear();
    m_timed.clear();
    m_timestamps = 0;
    m_commandCount = 0;
    m_totals = {};
    m_cost = 0;
    m_compiles = false;
    m_boundPipeline = VK_NULL_HANDLE;
    m_profile = profile && m_queries;
    const VkCommandBufferBeginInfo info{
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = m_mode == CommandStream::Mode::Immediate
                     ? VkCommandBufferUsageFlags{VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT}
                     : 0U};
    vulkanCheck(vkBeginCommandBuffer(m_commands, &info), "opening a command buffer");
    // Hazards are tracked inside one command buffer; this barrier covers everything submitted
    // before.
    barrier();
    if (m_queries) {
        vkCmdResetQueryPool(m_commands, m_queries.get(), 0, kMostTimestamps);
        timestamp();
    }
}

void CommandEncoder::barrier() {
    const VkMemoryBarrier memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .srcAccessMask = kWrites,
                                 .dstAccessMask = kReads | kWrites};
    vkCmdPipelineBarrier(m_commands, kDeviceStages, kDeviceStages, 0, 1, &memory, 0, nullptr, 0,
                         nullptr);
}

void CommandEncoder::timestamp() {
    vkCmdWriteTimestamp(m_commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, m_queries.get(),
                        m_timestamps++);
}

void CommandEncoder::prepare(std::span<const RangeUse> uses) {
    ++m_commandCount;
    if (m_profile) { // timed commands must not overlap
        m_hazards.clear();
        barrier();
    } else if (m_hazards.add(uses)) {
        barrier();
        ++m_totals.barriers;
    }
}

void CommandEncoder::count(const Work& work) {
    m_totals.work.flops += work.flops;
    m_totals.work.bytes += work.bytes;
    m_cost += SubmissionPacer::cost(work);
}

void CommandEncoder::checkRange(const BufferRange& range, std::string_view label,
                                const Kernel& kernel) const {
    if (range.buffer == nullptr || !range.buffer->valid() || range.bytes == 0) {
        misuse(label, kernel, "a binding has no buffer");
    }
    const DeviceInfo& info = m_device.info();
    const std::uint64_t size = (range.buffer->bytes() + 3) / 4 * 4;
    if (range.offset % info.storageOffsetAlignment != 0) {
        misuse(label, kernel,
               "binding offset " + std::to_string(range.offset) + " is not a multiple of " +
                   std::to_string(info.storageOffsetAlignment));
    }
    if (range.bytes > info.maxStorageBufferRange) {
        misuse(label, kernel,
               "binding of " + std::to_string(range.bytes) +
                   " bytes is larger than the device's limit of " +
                   std::to_string(info.maxStorageBufferRange));
    }
    if (range.offset > size || range.bytes > size - range.offset) {
        misuse(label, kernel,
               "binding ends at byte " + std::to_string(range.offset + range.bytes) +
                   " of a buffer of " + std::to_string(size));
    }
}

void CommandEncoder::dispatch(std::string_view label, const Kernel& kernel,
                              std::span<const std::byte> params,
                              std::span<const BufferRange> ranges, const DispatchPiece& piece,
                              Work work) {
    Kernel::Impl& shader = kernel.impl();
    if (ranges.size() != shader.bindings.size()) {
        misuse(label, kernel,
               "got " + std::to_string(ranges.size()) + " buffers, the shader has " +
                   std::to_string(shader.bindings.size()) + " bindings");
    }
    if (params.size() != shader.pushConstantBytes) {
        misuse(label, kernel,
               "got " + std::to_string(params.size()) + " bytes of parameters, the shader has " +
                   std::to_string(shader.pushConstantBytes));
    }
    const auto& most = m_device.impl().physical.maxGroups;
    const Groups end{.x = piece.first.x + piece.count.x,
                     .y = piece.first.y + piece.count.y,
                     .z = piece.first.z + piece.count.z};
    if (end.x > most[0] || end.y > most[1] || end.z > most[2]) {
        misuse(label, kernel,
               "too many workgroups: " + std::to_string(end.x) + " x " + std::to_string(end.y) +
                   " x " + std::to_string(end.z));
    }
    m_uses.clear();
    m_bufferInfo.clear();
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        checkRange(ranges[i], label, kernel);
        m_uses.push_back(useOf(ranges[i], shader.bindings[i] != Access::Read));
        m_bufferInfo.push_back({.buffer = ranges[i].buffer->impl().handle.get(),
                                .offset = ranges[i].offset,
                                .range = ranges[i].bytes});
    }
    prepare(m_uses);
    if (m_profile) {
        timestamp();
    }
    if (m_boundPipeline != shader.pipeline.get()) {
        m_boundPipeline = shader.pipeline.get();
        vkCmdBindPipeline(m_commands, VK_PIPELINE_BIND_POINT_COMPUTE, m_boundPipeline);
    }
    if (!ranges.empty()) {
        const auto count = static_cast<std::uint32_t>(ranges.size());
        VkDescriptorSet set = m_descriptors.allocate(shader.setLayout.get(), count);
        ++m_device.impl().descriptorSetsMade;
        m_writes.clear();
        for (std::uint32_t i = 0; i < count; ++i) {
            m_writes.push_back({.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                .dstSet = set,
                                .dstBinding = i,
                                .descriptorCount = 1,
                                .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                .pBufferInfo = &m_bufferInfo[i]});
        }
        vkUpdateDescriptorSets(m_device.impl().logical.get(), count, m_writes.data(), 0, nullptr);
        vkCmdBindDescriptorSets(m_commands, VK_PIPELINE_BIND_POINT_COMPUTE, shader.layout.get(), 0,
                                1, &set, 0, nullptr);
    }
    if (!params.empty()) {
        vkCmdPushConstants(m_commands, shader.layout.get(), VK_SHADER_STAGE_COMPUTE_BIT, 0,
                           static_cast<std::uint32_t>(params.size()), params.data());
    }
    vkCmdDispatchBase(m_commands, piece.first.x, piece.first.y, piece.first.z, piece.count.x,
                      piece.count.y, piece.count.z);
    if (m_profile) {
        timestamp();
        m_timed.push_back({label, work});
    }
    m_compiles = m_compiles || !std::exchange(shader.used, true);
    ++m_totals.dispatches;
    count(work);
}

void CommandEncoder::copy(BufferRange from, BufferRange to) {
    check(from.bytes == to.bytes && from.bytes % 4 == 0 && from.offset % 4 == 0 &&
              to.offset % 4 == 0 && from.bytes > 0,
          "copies move equal numbers of whole words");
    check(from.offset + from.bytes <= (from.buffer->bytes() + 3) / 4 * 4 &&
              to.offset + to.bytes <= (to.buffer->bytes() + 3) / 4 * 4,
          "a copy leaves its buffer");
    prepare(std::array{useOf(from, false), useOf(to, true)});
    const VkBufferCopy region{.srcOffset = from.offset, .dstOffset = to.offset, .size = from.bytes};
    vkCmdCopyBuffer(m_commands, from.buffer->impl().handle.get(), to.buffer->impl().handle.get(), 1,
                    &region);
    count({.bytes = 2.0 * static_cast<double>(from.bytes)});
}

void CommandEncoder::fill(BufferRange to, std::uint32_t word) {
    check(to.bytes % 4 == 0 && to.offset % 4 == 0 && to.bytes > 0 &&
              to.offset + to.bytes <= (to.buffer->bytes() + 3) / 4 * 4,
          "a fill sets whole words inside its buffer");
    prepare(std::array{useOf(to, true)});
    vkCmdFillBuffer(m_commands, to.buffer->impl().handle.get(), to.offset, to.bytes, word);
    count({.bytes = static_cast<double>(to.bytes)});
}

void CommandEncoder::end() {
    if (m_queries) {
        timestamp();
    }
    const VkMemoryBarrier memory{.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                 .srcAccessMask = kWrites,
                                 .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    vkCmdPipelineBarrier(m_commands, kDeviceStages, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &memory, 0,
                         nullptr, 0, nullptr);
    vulkanCheck(vkEndCommandBuffer(m_commands), "closing a command buffer");
}

bool CommandEncoder::full() const {
    return m_profile && m_timestamps + 3 > kMostTimestamps;
}

std::vector<std::uint64_t> CommandEncoder::readTimestamps() const {
    std::vector<std::uint64_t> ticks(m_timestamps);
    if (m_timestamps > 0) {
        vulkanCheck(vkGetQueryPoolResults(m_device.impl().logical.get(), m_queries.get(), 0,
                                          m_timestamps, ticks.size() * sizeof(std::uint64_t),
                                          ticks.data(), sizeof(std::uint64_t),
                                          VK_QUERY_RESULT_64_BIT),
                    "reading timestamps");
    }
    return ticks;
}

std::optional<double> CommandEncoder::duration() const {
    const std::vector<std::uint64_t> ticks = readTimestamps();
    if (ticks.size() < 2 || ticks.back() <= ticks.front()) {
        return std::nullopt;
    }
    return static_cast<double>(ticks.back() - ticks.front()) *
           m_device.impl().physical.nanosecondsPerTick * 1e-9;
}

std::vector<CommandEncoder::Timing> CommandEncoder::timings() const {
    std::vector<Timing> list;
    if (m_timed.empty()) {
        return list;
    }
    const std::vector<std::uint64_t> ticks = readTimestamps();
    for (std::size_t i = 0; i < m_timed.size(); ++i) {
        const std::uint64_t start = ticks[1 + 2 * i];
        const std::uint64_t stop = ticks[2 + 2 * i];
        const std::uint64_t passed = stop > start ? stop - start : 0;
        list.push_back(
            {m_timed[i].label,
             static_cast<double>(passed) * m_device.impl().physical.nanosecondsPerTick * 1e-9,
             m_timed[i].work});
    }
    return list;
}

} // namespace phial::gpu
