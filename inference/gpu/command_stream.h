// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/buffer.h"
#include "inference/gpu/device.h"
#include "inference/gpu/kernel.h"

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <type_traits>

namespace phial::gpu {

struct Groups {
    std::uint32_t x = 1;
    std::uint32_t y = 1;
    std::uint32_t z = 1;
};

/// ceil(items / perGroup): the one place that rounds a dispatch up.
constexpr std::uint32_t groupCount(std::uint64_t items, std::uint64_t perGroup) {
    return static_cast<std::uint32_t>((items + perGroup - 1) / perGroup);
}

/// What a dispatch costs, for profiling and for bounding submissions. Bytes = memory the shader
/// must move at least.
struct Work {
    double flops = 0;
    double bytes = 0;
};

/// What a stream or a recording holds: the host's part of the cost of a step.
struct Totals {
    std::uint64_t dispatches = 0;
    std::uint64_t barriers = 0; ///< memory barriers between commands
    Work work;                  ///< of dispatches and copies
};

class Profiler; // profiler.h: GPU timestamps per label, with GB/s and GFLOP/s

/// A recorded command buffer that can be run again and again: the decode step. Buffers it binds
/// must stay alive.
class Recording {
public:
    struct Impl;
    Recording();
    explicit Recording(std::unique_ptr<Impl> impl);
    ~Recording();
    Recording(Recording&&) noexcept;
    Recording& operator=(Recording&&) noexcept;

    bool valid() const { return m_impl != nullptr; }

    /// What one run does. All zero when not valid.
    Totals totals() const;

    /// Submits and waits. No allocation, no descriptor writes. Host writes to Upload buffers made
    /// before are seen; results in Readback buffers are visible afterwards. Throws
    /// Error{DeviceLost, Internal (validation)}.
    void run();

private:
    std::unique_ptr<Impl> m_impl;
};

/// Records dispatches in program order and puts a memory barrier between two of them only where one
/// uses what an earlier one wrote (ranges of the same buffer overlap; access is read from the
/// shader). Not thread-safe.
class CommandStream {
public:
    enum class Mode {
        Immediate, ///< work is submitted at checkpoints and by submitAndWait()
        Recorded,  ///< nothing is submitted; finish() gives a Recording
    };

    /// With a stop token, Immediate streams throw Error{Cancelled} from dispatches, checkpoint(),
    /// submit() and submitAndWait() once a stop is requested, after waiting for what was submitted.
    explicit CommandStream(Device& device, Mode mode = Mode::Immediate, std::stop_token stop = {});
    ~CommandStream(); ///< Waits for submitted work; drops what was not submitted.
    CommandStream(const CommandStream&) = delete;
    CommandStream& operator=(const CommandStream&) = delete;

    /// Runs `kernel` over `groups` workgroups. `params` is the push-constant struct of
    /// shaders/params/<op>.h; `ranges` go to bindings 0, 1, 2, ...; sizes and counts are checked
    /// against the shader. `label` names the op in profiles and must be a string literal. A
    /// dimension of `groups` that is 0 makes the call a no-op. Immediate streams cut work that
    /// takes long on this device (see SubmissionPacer) into pieces of the grid and submit between
    /// them; with a profiler it stays whole.
    template <class Params>
    void dispatch(std::string_view label, const Kernel& kernel, const Params& params,
                  std::initializer_list<BufferRange> ranges, Groups groups, Work work) {
        static_assert(std::is_trivially_copyable_v<Params> && sizeof(Params) <= 128 &&
                      sizeof(Params) % 4 == 0);
        dispatchBytes(label, kernel, std::as_bytes(std::span(&params, 1)),
                      {ranges.begin(), ranges.size()}, groups, work);
    }

    void dispatchBytes(std::string_view label, const Kernel& kernel,
                       std::span<const std::byte> params, std::span<const BufferRange> ranges,
                       Groups groups, Work work);

    /// Copies equal-sized ranges; offsets and sizes are multiples of 4.
    void copy(BufferRange from, BufferRange to);
    /// Sets 32-bit words; explicit sizes only (multiples of 4).
    void fill(BufferRange to, std::uint32_t word);

    /// A place where the work so far may be submitted: call it after every layer and encoder block.
    /// Immediate streams submit when enough work (about 50 ms on this device, learnt from earlier
    /// submissions) has gathered, and look at the stop token. At most two submissions are in
    /// flight, so a stop is obeyed after about 100 ms of the device's work. Recorded streams ignore
    /// it.
    void checkpoint();

    /// Submits what was recorded so far and goes on; waits only when two submissions are in flight
    /// already. Immediate only.
    void submit();

    /// Submits the rest and waits for everything. Immediate only; the stream can be used again.
    void submitAndWait();

    /// Ends a Recorded stream.
    Recording finish();

    /// Everything recorded so far, submitted or not.
    Totals totals() const;

    Device& device() const;
    Mode mode() const;
    /// Timestamps every dispatch into `profiler` from now on; nullptr switches off. Immediate only.
    void setProfiler(Profiler* profiler);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace phial::gpu
