// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/command_stream.h"
#include "tests/gpu/gpu_test_support.h"
#include "tests/support/gpu_fixture.h"

#include <utility>

namespace phial::gpu::test {
namespace {

class RecordingTest : public phial::GpuTest {};

/// x -> y = 2 x + summand, z = 5 y + summand, copied to `back`: the shape of a decode step.
struct Step {
    static constexpr std::uint32_t kWords = 300;

    explicit Step(Device& device)
        : x(device.makeBuffer(kWords * 4, Memory::Upload, "x"))
        , summand(device.makeBuffer(4, Memory::Upload, "summand"))
        , y(device.makeBuffer(kWords * 4, Memory::Device, "y"))
        , z(device.makeBuffer(kWords * 4, Memory::Device, "z"))
        , back(device.makeBuffer(kWords * 4, Memory::Readback, "back")) {
        CommandStream stream(device, CommandStream::Mode::Recorded);
        affine(stream, 2, whole(x), whole(y), whole(summand), kWords);
        stream.checkpoint(); // ignored
        affine(stream, 5, whole(y), whole(z), whole(summand), kWords);
        stream.copy(whole(z), whole(back));
        recording = stream.finish();
    }

    Buffer x, summand, y, z, back;
    Recording recording; // last: ends before its buffers
};

TEST_F(RecordingTest, ReplaysWithWhatTheHostWroteSince) {
    Step step(device());
    EXPECT_EQ(step.recording.totals().dispatches, 2U);
    for (const std::uint32_t value : {0U, 1U, 77U, 4000000000U}) {
        write(step.x, std::vector<std::uint32_t>(Step::kWords, 10 + value));
        write(step.summand, std::vector{value});
        step.recording.run();
        const std::uint32_t expected = 5 * (2 * (10 + value) + value) + value;
        EXPECT_EQ(read(step.back), std::vector<std::uint32_t>(Step::kWords, expected));
    }
}

TEST_F(RecordingTest, ReplayMakesNothingNew) {
    Step step(device());
    write(step.x, std::vector<std::uint32_t>(Step::kWords, 1));
    write(step.summand, std::vector{1U});
    const auto allocations = device().allocationsMade();
    const auto sets = device().descriptorSetsMade();
    const auto pipelines = device().pipelinesCreated();
    for (int i = 0; i < 20; ++i) {
        step.recording.run();
    }
    EXPECT_EQ(device().allocationsMade(), allocations);
    EXPECT_EQ(device().descriptorSetsMade(), sets);
    EXPECT_EQ(device().pipelinesCreated(), pipelines);
    EXPECT_GT(sets, 0U) << "the counter counts";
}

TEST_F(RecordingTest, CanBeMovedAndMixedWithImmediateWork) {
    Step step(device());
    write(step.x, std::vector<std::uint32_t>(Step::kWords, 3));
    write(step.summand, std::vector{0U});
    Recording moved = std::move(step.recording);
    EXPECT_FALSE(step.recording.valid()); // NOLINT(bugprone-use-after-move): that is the point
    CommandStream stream(device());
    scale(stream, whole(step.x), Step::kWords); // 10
    stream.submitAndWait();
    moved.run();
    EXPECT_EQ(read(step.back).front(), 100U);
}

TEST_F(RecordingTest, AnUnusedRecordedStreamVanishes) {
    const Buffer x = device().makeBuffer(256, Memory::Upload, "x");
    CommandStream stream(device(), CommandStream::Mode::Recorded);
    scale(stream, whole(x), 64);
    EXPECT_THROW(stream.submitAndWait(), Error);
}

} // namespace
} // namespace phial::gpu::test
