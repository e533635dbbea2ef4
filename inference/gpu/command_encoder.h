// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/buffer.h"
#include "inference/gpu/command_stream.h"
#include "inference/gpu/descriptor_arena.h"
#include "inference/gpu/dispatch_pieces.h"
#include "inference/gpu/hazard_tracker.h"
#include "inference/gpu/kernel.h"
#include "inference/gpu/vulkan_handle.h"

#include <optional>
#include <string_view>
#include <vector>

namespace phial::gpu {

/// One command buffer being filled, with its descriptor sets, barriers and timestamps. One thread.
class CommandEncoder {
public:
    /// What a finished submission measured.
    struct Timing {
        std::string_view label;
        double seconds = 0;
        Work work;
    };

    CommandEncoder(Device& device, CommandStream::Mode mode);

    /// Empties everything and opens the command buffer. Nothing of the last use may still be
    /// running.
    void begin(bool profile);
    void dispatch(std::string_view label, const Kernel& kernel, std::span<const std::byte> params,
                  std::span<const BufferRange> ranges, const DispatchPiece& piece, Work work);
    void copy(BufferRange from, BufferRange to);
    void fill(BufferRange to, std::uint32_t word);
    /// Makes results visible to the host and closes the command buffer.
    void end();

    VkCommandBuffer commands() const { return m_commands; }

    const Totals& totals() const { return m_totals; }

    double cost() const { return m_cost; }

    bool full() const; ///< no more timestamps

    /// Holds the first dispatch of a kernel, which some drivers compile only then.
    bool compiles() const { return m_compiles; }

    bool empty() const { return m_commandCount == 0; }

    /// After the work is done: seconds of the whole command buffer, if the device can tell.
    std::optional<double> duration() const;
    std::vector<Timing> timings() const;

private:
    struct Timed {
        std::string_view label;
        Work work;
    };

    void prepare(std::span<const RangeUse> uses);
    void barrier();
    void count(const Work& work);
    void timestamp();
    std::vector<std::uint64_t> readTimestamps() const;
    void checkRange(const BufferRange& range, std::string_view label, const Kernel& kernel) const;

    Device& m_device;
    CommandStream::Mode m_mode;
    CommandPoolHandle m_pool;
    VkCommandBuffer m_commands = VK_NULL_HANDLE;
    DescriptorArena m_descriptors;
    HazardTracker m_hazards;
    QueryPoolHandle m_queries;
    std::uint32_t m_timestamps = 0;
    bool m_profile = false;
    bool m_compiles = false;
    std::vector<Timed> m_timed;
    std::vector<RangeUse> m_uses;                     // reused by every dispatch
    std::vector<VkDescriptorBufferInfo> m_bufferInfo; // reused by every dispatch
    std::vector<VkWriteDescriptorSet> m_writes;       // reused by every dispatch
    VkPipeline m_boundPipeline = VK_NULL_HANDLE;
    std::uint32_t m_commandCount = 0;
    Totals m_totals;
    double m_cost = 0;
};

} // namespace phial::gpu
