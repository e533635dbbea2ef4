// SPDX-License-Identifier: MIT
#include "inference/gpu/command_stream.h"

#include "inference/base/error.h"
#include "inference/gpu/command_encoder.h"
#include "inference/gpu/device_impl.h"
#include "inference/gpu/dispatch_pieces.h"
#include "inference/gpu/kernel_impl.h"
#include "inference/gpu/profiler.h"
#include "inference/gpu/recording_impl.h"

#include <array>
#include <chrono>
#include <utility>
#include <vector>

namespace phial::gpu {
namespace {

using Clock = std::chrono::steady_clock;

/// A command buffer and the submission it is part of; 0 = none.
struct Slot {
    std::unique_ptr<CommandEncoder> encoder;
    std::uint64_t submission = 0;
    Clock::time_point submitted;
};

// Two in flight and one being filled.
constexpr std::size_t kSlots = 3;

} // namespace

struct CommandStream::Impl {
    Impl(Device& onDevice, Mode inMode, std::stop_token token)
        : device(onDevice)
        , mode(inMode)
        , stop(std::move(token)) {}

    /// The encoder being filled.
    CommandEncoder& encoder() {
        Slot& slot = slots[current];
        if (!open) {
            if (slot.encoder == nullptr) {
                slot.encoder = std::make_unique<CommandEncoder>(device, mode);
            }
            slot.encoder->begin(profiler != nullptr);
            open = true;
        }
        return *slot.encoder;
    }

    /// Waits for the submission in a slot and takes its measurements.
    void settle(Slot& slot) {
        const std::uint64_t submission = std::exchange(slot.submission, 0);
        if (submission == 0) {
            return;
        }
        device.impl().timeline.wait(submission);
        const std::chrono::duration<double> seen = Clock::now() - slot.submitted;
        if (!slot.encoder->compiles()) { // else it tells nothing about the next
            device.impl().pacer.learn(slot.encoder->cost(),
                                      slot.encoder->duration().value_or(seen.count()));
        }
        if (profiler != nullptr) {
            for (const CommandEncoder::Timing& timing : slot.encoder->timings()) {
                profiler->add(timing.label, timing.seconds, timing.work);
            }
            profiler->addSpan(slot.encoder->duration().value_or(0));
        }
    }

    /// Oldest first, so that learning follows the order of work.
    void settleAll() {
        for (std::size_t i = 1; i <= kSlots; ++i) {
            settle(slots[(current + i) % kSlots]);
        }
    }

    void submit() {
        Slot& slot = slots[current];
        slot.encoder->end();
        addOpen(totals);
        open = false;
        const std::size_t next = (current + 1) % kSlots;
        settle(slots[next]); // leaves one in flight; this one makes two
        obeyStop();          // the wait may have been long
        slot.submitted = Clock::now();
        slot.submission = device.impl().timeline.submit(slot.encoder->commands());
        current = next;
    }

    /// Adds what the encoder in hand holds to `sum`.
    void addOpen(Totals& sum) const {
        if (open) {
            const Totals& now = slots[current].encoder->totals();
            sum.dispatches += now.dispatches;
            sum.barriers += now.barriers;
            sum.work.flops += now.work.flops;
            sum.work.bytes += now.work.bytes;
        }
    }

    bool pending() { return open && !slots[current].encoder->empty(); }

    /// The pieces that a dispatch is run in.
    std::vector<DispatchPiece> piecesOf(const Kernel& kernel, Groups groups, double cost) const {
        const std::uint64_t pieces =
            mode == Mode::Recorded || profiler != nullptr ? 1 : device.impl().pacer.piecesOf(cost);
        const std::uint64_t all = std::uint64_t{groups.x} * groups.y * groups.z;
        return cutDispatch(groups, (all + pieces - 1) / pieces,
                           kernel.impl().countsGroups ? RowCut::WholeRows : RowCut::Allowed);
    }

    /// Submits what has gathered where a piece of this cost would make it too long, where it has a
    /// kernel to compile, so that a stop never waits for two, or where it cannot be timed any more.
    void makeRoom(double cost) {
        if (mode == Mode::Recorded || !pending()) {
            return;
        }
        const CommandEncoder& gathered = *slots[current].encoder;
        if (gathered.full() ||
            (profiler == nullptr &&
             (gathered.compiles() || !device.impl().pacer.fits(gathered.cost(), cost)))) {
            submit();
        }
    }

    void obeyStop() {
        if (stop.stop_requested()) {
            open = false;
            settleAll();
            throw Error(ErrorCode::Cancelled, "Stopped on request.");
        }
    }

    Device& device;
    Mode mode;
    std::stop_token stop;
    std::array<Slot, kSlots> slots;
    std::size_t current = 0;
    bool open = false; // slots[current] is being filled
    Totals totals;     // of what was submitted
    Profiler* profiler = nullptr;
};

CommandStream::CommandStream(Device& device, Mode mode, std::stop_token stop)
    : m_impl(std::make_unique<Impl>(device, mode, std::move(stop))) {}

CommandStream::~CommandStream() {
    for (const Slot& slot : m_impl->slots) {
        if (slot.submission != 0) {
            m_impl->device.impl().timeline.waitQuietly(slot.submission);
        }
    }
}

void CommandStream::dispatchBytes(std::string_view label, const Kernel& kernel,
                                  std::span<const std::byte> params,
                                  std::span<const BufferRange> ranges, Groups groups, Work work) {
    if (groups.x == 0 || groups.y == 0 || groups.z == 0) {
        return;
    }
    m_impl->obeyStop(); // the last kernel may have taken long to compile
    const std::vector<DispatchPiece> pieces =
        m_impl->piecesOf(kernel, groups, SubmissionPacer::cost(work));
    const double all = static_cast<double>(groups.x) * groups.y * groups.z;
    for (const DispatchPiece& piece : pieces) {
        const double share =
            static_cast<double>(piece.count.x) * piece.count.y * piece.count.z / all;
        const Work part{.flops = share * work.flops, .bytes = share * work.bytes};
        m_impl->makeRoom(SubmissionPacer::cost(part));
        m_impl->encoder().dispatch(label, kernel, params, ranges, piece, part);
    }
}

void CommandStream::copy(BufferRange from, BufferRange to) {
    m_impl->encoder().copy(from, to);
}

void CommandStream::fill(BufferRange to, std::uint32_t word) {
    m_impl->encoder().fill(to, word);
}

void CommandStream::checkpoint() {
    if (m_impl->mode == Mode::Recorded) {
        return;
    }
    m_impl->obeyStop();
    if (m_impl->pending() &&
        m_impl->device.impl().pacer.enough(m_impl->slots[m_impl->current].encoder->cost())) {
        m_impl->submit();
    }
}

void CommandStream::submit() {
    check(m_impl->mode == Mode::Immediate, "a recorded stream is run by its Recording");
    if (m_impl->pending()) {
        m_impl->submit();
    }
}

void CommandStream::submitAndWait() {
    check(m_impl->mode == Mode::Immediate, "a recorded stream is run by its Recording");
    m_impl->obeyStop();
    if (m_impl->pending()) {
        m_impl->submit();
    }
    m_impl->settleAll();
}

Recording CommandStream::finish() {
    check(m_impl->mode == Mode::Recorded, "an immediate stream cannot become a recording");
    m_impl->encoder().end();
    m_impl->open = false;
    return Recording(std::make_unique<Recording::Impl>(
        m_impl->device, std::move(m_impl->slots[m_impl->current].encoder)));
}

Totals CommandStream::totals() const {
    Totals sum = m_impl->totals;
    m_impl->addOpen(sum);
    return sum;
}

Device& CommandStream::device() const {
    return m_impl->device;
}

CommandStream::Mode CommandStream::mode() const {
    return m_impl->mode;
}

void CommandStream::setProfiler(Profiler* profiler) {
    check(m_impl->mode == Mode::Immediate, "recordings are not profiled");
    if (m_impl->pending()) {
        m_impl->submit();
    }
    m_impl->settleAll(); // what ran so far belongs to the old profiler
    m_impl->open = false;
    m_impl->profiler = profiler;
}

} // namespace phial::gpu
