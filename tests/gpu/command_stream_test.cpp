// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/command_stream.h"
#include "inference/gpu/profiler.h"
#include "tests/gpu/gpu_test_support.h"
#include "tests/support/gpu_fixture.h"

#include <functional>
#include <numeric>
#include <string>

namespace phial::gpu::test {
namespace {

class CommandStreamTest : public phial::GpuTest {
protected:
    Buffer zeros(std::uint64_t words, Memory memory = Memory::Upload) {
        Buffer buffer = device().makeBuffer(words * 4, memory, "test");
        if (!buffer.mapped().empty()) {
            write(buffer, std::vector<std::uint32_t>(words, 0));
        }
        return buffer;
    }

    void expectMisuse(const std::function<void(CommandStream&)>& use, const std::string& text) {
        CommandStream stream(device());
        try {
            use(stream);
            ADD_FAILURE() << "accepted: " << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Internal);
            EXPECT_NE(std::string(error.what()).find(text), std::string::npos) << error.what();
        }
    }
};

TEST_F(CommandStreamTest, DependentDispatchesSeeEachOther) {
    constexpr std::uint32_t kWords = 5000; // many workgroups, so that a missing barrier can show
    constexpr int kSteps = 40;
    const Buffer x = zeros(kWords, Memory::Device);
    const Buffer back = device().makeBuffer(kWords * 4, Memory::Readback, "back");
    CommandStream stream(device());
    stream.fill(whole(x), 5);
    std::uint32_t expected = 5;
    for (int i = 0; i < kSteps; ++i) {
        scale(stream, whole(x), kWords);
        expected = 3 * expected + 1;
    }
    stream.copy(whole(x), whole(back));
    stream.submitAndWait();
    EXPECT_EQ(read(back), std::vector<std::uint32_t>(kWords, expected));
}

TEST_F(CommandStreamTest, WritesAfterReadsWaitToo) {
    constexpr std::uint32_t kWords = 4096;
    const Buffer x = zeros(kWords);
    const Buffer y = zeros(kWords);
    const Buffer one = zeros(1);
    write(one, std::vector<std::uint32_t>{1});
    CommandStream stream(device());
    for (int i = 0; i < 10; ++i) { // y = x + 1, x = y + 1
        affine(stream, 1, whole(x), whole(y), whole(one), kWords);
        affine(stream, 1, whole(y), whole(x), whole(one), kWords);
    }
    stream.submitAndWait();
    EXPECT_EQ(read(x), std::vector<std::uint32_t>(kWords, 20));
    EXPECT_EQ(read(y), std::vector<std::uint32_t>(kWords, 19));
}

TEST_F(CommandStreamTest, PartsOfOneBufferAreBoundByOffset) {
    const std::uint64_t step = std::max<std::uint64_t>(device().info().storageOffsetAlignment, 256);
    const Buffer x = zeros(step); // four steps of step bytes
    const Buffer one = zeros(1);
    CommandStream stream(device());
    stream.fill({&x, step, step}, 7);
    affine(stream, 2, {&x, step, step}, {&x, 3 * step, step}, whole(one),
           static_cast<std::uint32_t>(step / 4));
    stream.submitAndWait();
    const auto words = read(x);
    EXPECT_EQ(words[0], 0U);
    EXPECT_EQ(words[step / 4], 7U);
    EXPECT_EQ(words[2 * step / 4], 0U);
    EXPECT_EQ(words[3 * step / 4], 14U);
    EXPECT_EQ(words.back(), 14U);
}

TEST_F(CommandStreamTest, ALongRunIsSubmittedInPartsAndStaysInOrder) {
    constexpr std::uint32_t kWords = 1000;
    const Buffer x = zeros(kWords);
    CommandStream stream(device());
    std::uint32_t expected = 0;
    for (int i = 0; i < 600; ++i) {
        // Declared as heavy work, so that many checkpoints submit.
        stream.dispatch("scale", device().kernel(ShaderId::TestScale), ScaleParams{kWords},
                        {whole(x)}, {.x = groupCount(kWords, 64)}, {.flops = 1e12});
        expected = 3 * expected + 1;
        stream.checkpoint();
    }
    stream.submitAndWait();
    EXPECT_EQ(read(x), std::vector<std::uint32_t>(kWords, expected));
}

TEST_F(CommandStreamTest, ADispatchThatTakesLongIsRunInPieces) {
    constexpr std::uint32_t kWords = 128 * 64;
    const Buffer x = zeros(kWords);
    CommandStream stream(device());
    const Kernel& kernel = device().kernel(ShaderId::TestScale);
    stream.dispatch("scale", kernel, ScaleParams{kWords}, {whole(x)}, {.x = 128}, {.flops = 1e18});
    EXPECT_EQ(stream.totals().dispatches, 128U) << "as many pieces as there are groups";
    EXPECT_NEAR(stream.totals().work.flops, 1e18, 1e12);
    stream.submitAndWait();
    EXPECT_EQ(read(x), std::vector<std::uint32_t>(kWords, 1)) << "each element once";
}

TEST_F(CommandStreamTest, PiecesOfAFoldedGridKeepTheirNumbers) {
    constexpr std::uint32_t kWords = 24;
    const Buffer x = zeros(kWords);
    CommandStream stream(device());
    const Kernel& kernel = device().kernel(ShaderId::TestGroups);
    stream.dispatch("groups", kernel, ScaleParams{kWords}, {whole(x)}, {.x = 8, .y = 3},
                    {.flops = 1e18});
    EXPECT_EQ(stream.totals().dispatches, 3U);
    stream.submitAndWait();
    std::vector<std::uint32_t> expected(kWords);
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(read(x), expected);
}

TEST_F(CommandStreamTest, RecordingsAndProfilesKeepDispatchesWhole) {
    const Buffer x = zeros(128 * 64);
    const Kernel& kernel = device().kernel(ShaderId::TestScale);
    const auto run = [&](CommandStream& s) {
        s.dispatch("scale", kernel, ScaleParams{128 * 64}, {whole(x)}, {.x = 128}, {.flops = 1e18});
    };
    CommandStream recorded(device(), CommandStream::Mode::Recorded);
    run(recorded);
    EXPECT_EQ(recorded.totals().dispatches, 1U);
    Profiler profiler;
    CommandStream profiled(device());
    profiled.setProfiler(&profiler);
    run(profiled);
    EXPECT_EQ(profiled.totals().dispatches, 1U);
}

TEST_F(CommandStreamTest, AStopIsSeenByDispatchesAndSubmissions) {
    const Buffer x = zeros(64);
    std::stop_source stop;
    CommandStream stream(device(), CommandStream::Mode::Immediate, stop.get_token());
    scale(stream, whole(x), 64);
    stop.request_stop();
    EXPECT_THROW(stream.submit(), Error);
    EXPECT_THROW(scale(stream, whole(x), 64), Error);
    EXPECT_EQ(read(x).front(), 0U);
}

TEST_F(CommandStreamTest, NothingWaitsForAKernelThatIsStillToBeCompiled) {
    const Buffer x = zeros(64);
    const Buffer y = zeros(64);
    const Buffer one = zeros(1);
    write(one, std::vector<std::uint32_t>{1});
    std::stop_source stop;
    CommandStream stream(device(), CommandStream::Mode::Immediate, stop.get_token());
    constexpr std::uint32_t kFactor = 4711; // in no other test
    affine(stream, kFactor, whole(x), whole(y), whole(one), 64);
    affine(stream, kFactor, whole(y), whole(x), whole(one), 64);
    stop.request_stop();
    EXPECT_THROW(stream.checkpoint(), Error);
    EXPECT_EQ(read(y).front(), 1U) << "the first was submitted before the second came";
    EXPECT_EQ(read(x).front(), 0U);
}

TEST_F(CommandStreamTest, AStopEndsTheRunAfterWhatWasSubmitted) {
    const Buffer x = zeros(64);
    std::stop_source stop;
    CommandStream stream(device(), CommandStream::Mode::Immediate, stop.get_token());
    scale(stream, whole(x), 64);
    stream.submit();
    scale(stream, whole(x), 64); // never submitted
    stop.request_stop();
    try {
        stream.checkpoint();
        FAIL() << "went on after the stop";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
    EXPECT_EQ(read(x).front(), 1U) << "what was submitted is done, the rest is dropped";
    EXPECT_THROW(stream.submitAndWait(), Error);
}

TEST_F(CommandStreamTest, WhatIsNotSubmittedIsDropped) {
    const Buffer x = zeros(64);
    {
        CommandStream stream(device());
        scale(stream, whole(x), 64);
    }
    EXPECT_EQ(read(x).front(), 0U);
}

TEST_F(CommandStreamTest, CanBeUsedAgainAfterWaiting) {
    const Buffer x = zeros(64);
    CommandStream stream(device());
    stream.submitAndWait(); // nothing to do
    for (std::uint32_t i = 0; i < 5; ++i) {
        scale(stream, whole(x), 64);
        stream.submitAndWait();
    }
    EXPECT_EQ(read(x).front(), 121U);
}

TEST_F(CommandStreamTest, ManyDispatchesOutgrowOneDescriptorPool) {
    const Buffer x = zeros(64);
    CommandStream stream(device());
    std::uint32_t expected = 0;
    for (int i = 0; i < 1000; ++i) {
        scale(stream, whole(x), 64);
        expected = 3 * expected + 1;
    }
    stream.submitAndWait();
    EXPECT_EQ(read(x).front(), expected);
}

TEST_F(CommandStreamTest, NoGroupsMeansNoWork) {
    const Buffer x = zeros(64);
    CommandStream stream(device());
    stream.dispatch("scale", device().kernel(ShaderId::TestScale), ScaleParams{64}, {whole(x)},
                    {.x = 0}, {});
    stream.submitAndWait();
    EXPECT_EQ(read(x).front(), 0U);
}

TEST_F(CommandStreamTest, RejectsWhatDoesNotFitTheShader) {
    const Buffer x = zeros(64);
    const Kernel& kernel = device().kernel(ShaderId::TestScale);
    const auto use = [&kernel](auto params, std::vector<BufferRange> ranges, Groups groups) {
        return [=, &kernel](CommandStream& s) {
            s.dispatchBytes("op", kernel, std::as_bytes(std::span(&params, 1)), ranges, groups, {});
        };
    };
    const BufferRange good = whole(x);
    const Buffer none;
    expectMisuse(use(ScaleParams{64}, {good, good}, {}), "2 buffers, the shader has 1");
    expectMisuse(use(GarbleParams{64, 1}, {good}, {}), "8 bytes of parameters, the shader has 4");
    expectMisuse(use(ScaleParams{64}, {BufferRange{&none, 0, 4}}, {}), "has no buffer");
    expectMisuse(use(ScaleParams{64}, {BufferRange{&x, 0, 260}}, {}),
                 "ends at byte 260 of a buffer of 256");
    expectMisuse(use(ScaleParams{64}, {BufferRange{&x, 1, 4}}, {}), "not a multiple");
    expectMisuse(use(ScaleParams{64}, {good}, {.y = 0xffffffff}), "too many workgroups");
}

TEST_F(CommandStreamTest, RejectsBindingsBeyondTheDeviceLimit) {
    DeviceOptions options = phial::gpuTestOptions();
    options.maxBindingBytes = 1024;
    const auto small = Device::open(options);
    const Buffer x = small->makeBuffer(2048, Memory::Device, "test");
    CommandStream stream(*small);
    EXPECT_NO_THROW(scale(stream, {&x, 0, 1024}, 64));
    EXPECT_THROW(scale(stream, {&x, 0, 1028}, 64), Error);
}

TEST_F(CommandStreamTest, AFormerStreamsResultsAreSeenByTheNext) {
    const Buffer x = zeros(64, Memory::Device);
    const Buffer back = device().makeBuffer(256, Memory::Readback, "back");
    CommandStream first(device());
    first.fill(whole(x), 1);
    first.submit(); // not waited for
    CommandStream second(device());
    scale(second, whole(x), 64);
    second.copy(whole(x), whole(back));
    second.submitAndWait();
    EXPECT_EQ(read(back), std::vector<std::uint32_t>(64, 4));
}

} // namespace
} // namespace phial::gpu::test
