// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/models/phi4_decoder.h"
#include "inference/models/phi4_model.h"
#include "tests/models/golden_weights.h"

#include <algorithm>

namespace phial::models {
namespace {

class Phi4DecoderTest : public GoldenWeightsTest {
protected:
    Phi4Decoder makeDecoder(std::int64_t chunk, std::int64_t context = 1400) {
        return {device(),
                m_config.decoder,
                m_weights.decoder,
                {.activations = DType::F32, .context = context, .chunk = chunk}};
    }

    /// Logits behind `ids` as a copy.
    std::vector<float> prefill(Phi4Decoder& decoder, const std::vector<std::int32_t>& ids,
                               std::int64_t first, DecoderMode mode) {
        gpu::CommandStream s(device());
        decoder.reserve(static_cast<std::int64_t>(ids.size()) + 40);
        decoder.prefill(s, {ids, {}}, first, mode);
        return {decoder.logits().begin(), decoder.logits().end()};
    }

    static std::vector<std::int32_t> someIds(std::size_t count) {
        std::vector<std::int32_t> ids(count);
        for (std::size_t i = 0; i < count; ++i) {
            ids[i] = static_cast<std::int32_t>((i * 37 + 11) % 900);
        }
        return ids;
    }

    static void expectNear(const std::vector<float>& got, const std::vector<float>& expected) {
        ASSERT_EQ(got.size(), expected.size());
        for (std::size_t i = 0; i < got.size(); ++i) {
            // Same sums in another order; logits are of size 16.
            ASSERT_NEAR(got[i], expected[i], 2e-3) << i;
        }
    }
};

TEST_F(Phi4DecoderTest, ChunksStepsAndRestartsAgree) {
    const DecoderMode mode{.adapter = Adapter::Speech};
    const std::vector<std::int32_t> ids = someIds(45);
    Phi4Decoder whole = makeDecoder(512);
    const std::vector<float> expected = prefill(whole, ids, 0, mode);

    Phi4Decoder chunked = makeDecoder(7);
    expectNear(prefill(chunked, ids, 0, mode), expected);

    // The same again from the middle: what is in the cache is used.
    expectNear(prefill(chunked, ids, 20, mode), expected);

    // One token at a time.
    const std::vector<std::int32_t> begin(ids.begin(), ids.end() - 5);
    Phi4Decoder stepped = makeDecoder(512);
    prefill(stepped, begin, 0, mode);
    stepped.prepareStep(mode.adapter);
    for (std::size_t i = begin.size(); i < ids.size(); ++i) {
        stepped.step(ids[i], static_cast<std::int64_t>(i), mode);
    }
    expectNear({stepped.logits().begin(), stepped.logits().end()}, expected);
}

TEST_F(Phi4DecoderTest, TokenLoopAllocatesNothing) {
    Phi4Decoder decoder = makeDecoder(512);
    const DecoderMode mode{.adapter = Adapter::Vision};
    prefill(decoder, someIds(10), 0, mode);
    decoder.prepareStep(mode.adapter);
    decoder.step(1, 10, mode); // the first run may create what the driver delays
    const std::uint64_t pipelines = device().pipelinesCreated();
    const std::uint64_t allocations = device().allocationsMade();
    const std::uint64_t sets = device().descriptorSetsMade();
    for (std::int32_t i = 0; i < 20; ++i) {
        decoder.prepareStep(mode.adapter);
        decoder.step(i, 11 + i, mode);
    }
    EXPECT_EQ(device().pipelinesCreated(), pipelines);
    EXPECT_EQ(device().allocationsMade(), allocations);
    EXPECT_EQ(device().descriptorSetsMade(), sets);
}

TEST_F(Phi4DecoderTest, AStepThatCanBeStoppedComputesTheSame) {
    Phi4Decoder decoder = makeDecoder(512);
    const DecoderMode mode{.adapter = Adapter::Speech};
    prefill(decoder, someIds(10), 0, mode);
    decoder.prepareStep(mode.adapter);
    std::stop_source stop;
    const std::uint64_t sets = device().descriptorSetsMade();
    decoder.step(5, 10, mode, stop.get_token()); // the first: nobody knows how long it takes
    EXPECT_GT(device().descriptorSetsMade(), sets) << "was replayed";
    const std::vector<float> inPieces(decoder.logits().begin(), decoder.logits().end());
    const BestToken best = decoder.best();
    decoder.step(5, 10, mode);
    EXPECT_EQ(std::vector<float>(decoder.logits().begin(), decoder.logits().end()), inPieces);
    EXPECT_EQ(decoder.best().id, best.id);
}

TEST_F(Phi4DecoderTest, AStoppedStepCanBeRunAgain) {
    Phi4Decoder decoder = makeDecoder(512);
    const DecoderMode mode;
    prefill(decoder, someIds(10), 0, mode);
    decoder.prepareStep(mode.adapter);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(decoder.step(5, 10, mode, stop.get_token()), Error);
    decoder.step(5, 10, mode);
    const std::vector<float> again(decoder.logits().begin(), decoder.logits().end());
    decoder.step(5, 10, mode);
    EXPECT_EQ(std::vector<float>(decoder.logits().begin(), decoder.logits().end()), again);
}

TEST_F(Phi4DecoderTest, AdaptersChangeTheAnswer) {
    Phi4Decoder decoder = makeDecoder(512);
    const std::vector<std::int32_t> ids = someIds(12);
    const std::vector<float> none = prefill(decoder, ids, 0, {});
    const std::vector<float> speech = prefill(decoder, ids, 0, {.adapter = Adapter::Speech});
    const std::vector<float> vision = prefill(decoder, ids, 0, {.adapter = Adapter::Vision});
    EXPECT_NE(none, speech);
    EXPECT_NE(none, vision);
    EXPECT_NE(speech, vision);
    EXPECT_EQ(prefill(decoder, ids, 0, {}), none) << "same work, same device: same bits";
}

TEST_F(Phi4DecoderTest, CacheMayGrowBetweenSteps) {
    const DecoderMode mode;
    const std::vector<std::int32_t> ids = someIds(30);
    Phi4Decoder decoder = makeDecoder(512);
    const std::vector<float> expected = prefill(decoder, ids, 0, mode);
    const std::vector<std::int32_t> begin(ids.begin(), ids.end() - 1);
    prefill(decoder, begin, 0, mode);
    decoder.prepareStep(mode.adapter);
    decoder.reserve(1200); // more than the first step of the cache
    decoder.prepareStep(mode.adapter);
    decoder.step(ids.back(), 29, mode);
    expectNear({decoder.logits().begin(), decoder.logits().end()}, expected);
}

} // namespace
} // namespace phial::models
