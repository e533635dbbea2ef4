// SPDX-License-Identifier: MIT
#include "inference/models/conformer_encoder.h"
#include "inference/tensor/transfer.h"
#include "tests/models/golden_weights.h"

#include <cmath>

namespace phial::models {
namespace {

class ConformerEncoderTest : public GoldenWeightsTest {
protected:
    ConformerEncoder makeEncoder() {
        return {device(), *m_config.audio, *m_weights.audio, DType::F32};
    }

    static std::vector<float> melFrames(std::int64_t frames) {
        std::vector<float> mel(static_cast<std::size_t>(frames * 80));
        for (std::size_t i = 0; i < mel.size(); ++i) {
            mel[i] = 8.0F + 3.0F * std::sin(0.37F * static_cast<float>(i % 1013));
        }
        return mel;
    }

    std::int64_t rows(const std::vector<Tensor>& pieces) {
        std::int64_t sum = 0;
        for (const Tensor& piece : pieces) {
            sum += piece.shape()[0];
        }
        return sum;
    }
};

TEST_F(ConformerEncoderTest, GivesOneRowForEightFramesBegun) {
    ConformerEncoder encoder = makeEncoder();
    gpu::CommandStream s(device());
    for (const std::int64_t frames : {1, 8, 9, 520}) {
        const auto pieces = encoder.encode(s, melFrames(frames), AudioProjection::Speech);
        EXPECT_EQ(rows(pieces), (frames + 7) / 8) << frames;
        for (const float value : downloadFloats(device(), pieces[0].view())) {
            ASSERT_TRUE(std::isfinite(value)) << frames;
        }
    }
}

TEST_F(ConformerEncoderTest, ScratchMemoryDoesNotGrowWithTheRecording) {
    ConformerEncoder encoder = makeEncoder();
    gpu::CommandStream s(device());
    std::vector<double> done;
    const auto count = [&](double chunk, double) { done.push_back(chunk); };
    encoder.encode(s, melFrames(4000), AudioProjection::Speech);
    const std::uint64_t before = device().memoryUse().peakByPhial;
    const auto pieces = encoder.encode(s, melFrames(8'100), AudioProjection::Speech, count);
    EXPECT_EQ(done, (std::vector<double>{1, 2, 3}));
    EXPECT_EQ(pieces.size(), 3U);
    EXPECT_EQ(rows(pieces), 1013);
    const auto tokens = static_cast<std::uint64_t>(1013 * 192 * 4);
    // Each piece is rounded up to the allocator's step.
    EXPECT_LE(device().memoryUse().peakByPhial, before + tokens + 3 * 4096);
}

} // namespace
} // namespace phial::models
