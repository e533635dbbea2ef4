// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/gpu/profiler.h"
#include "inference/models/siglip_encoder.h"
#include "inference/tensor/transfer.h"
#include "tests/models/golden_weights.h"

#include <cmath>
#include <numeric>

namespace phial::models {
namespace {

class SiglipEncoderTest : public GoldenWeightsTest {
protected:
    void SetUp() override {
        GoldenWeightsTest::SetUp();
        if (IsSkipped()) {
            return;
        }
        // Crops of 64 patches in place of 1024: what is tested here does not depend on their size.
        m_config.vision->cropSize = 8 * m_config.vision->patchSize;
    }

    SiglipEncoder makeEncoder(std::int64_t cropsAtOnce) {
        return {device(), *m_config.vision, *m_weights.vision, DType::F32, cropsAtOnce};
    }

    std::int64_t patchesPerCrop() const {
        return std::int64_t{m_config.vision->patchesPerSide()} * m_config.vision->patchesPerSide();
    }

    /// Crops that differ in pixels, mask and positions; every odd one is partly behind the edge of
    /// the picture.
    ImageCrop crop(std::int64_t index) const {
        const std::int64_t side = m_config.vision->cropSize;
        ImageCrop crop;
        crop.planes.resize(static_cast<std::size_t>(3 * side * side));
        for (std::size_t i = 0; i < crop.planes.size(); ++i) {
            const auto phase = static_cast<float>(i % 2039) * (0.11F + 0.05F * float(index));
            crop.planes[i] = m_brightness * std::sin(phase);
        }
        const std::int64_t patches = patchesPerCrop();
        const std::int64_t shown = index % 2 == 0 ? patches : patches * 3 / 5 - 2 * index;
        for (std::int64_t i = 0; i < patches; ++i) {
            crop.positionIds.push_back(static_cast<std::int32_t>((i + 5 * index) % patches));
            crop.keyMask.push_back(i < shown ? 1 : 0);
        }
        return crop;
    }

    /// Every feature of every crop and both separators.
    ImageInput image(std::int64_t crops) const {
        ImageInput input{.count = crops,
                         .crop = [this](std::int64_t index) { return crop(index); },
                         .sequence = {}};
        input.sequence.resize(static_cast<std::size_t>(crops * patchesPerCrop() / 4 + 2));
        std::iota(input.sequence.begin(), input.sequence.end(), 0);
        return input;
    }

    std::vector<float> encoded(SiglipEncoder& encoder, const ImageInput& input) {
        gpu::CommandStream s(device());
        return downloadFloats(device(), encoder.encode(s, input).view());
    }

    /// Dispatches for an image of so many crops, each in one piece.
    std::uint64_t dispatches(std::int64_t cropsAtOnce, std::int64_t crops) {
        SiglipEncoder encoder = makeEncoder(cropsAtOnce);
        gpu::Profiler profiler;
        gpu::CommandStream s(device());
        s.setProfiler(&profiler);
        ImageInput input = image(crops);
        input.sequence.resize(9); // as many for the projector
        encoder.encode(s, input);
        return s.totals().dispatches;
    }

    float m_brightness = 1;
};

TEST_F(SiglipEncoderTest, CropsOfAGroupGiveWhatEachGivesAlone) {
    // All at once; groups of 2, 1 and 2; of 2 and 3; more room than crops.
    for (const std::int64_t atOnce : {5, 2, 3, 8}) {
        SCOPED_TRACE(atOnce);
        // Another picture each time, the group first, so that nothing right lies in memory already.
        m_brightness = 0.1F * static_cast<float>(atOnce);
        const ImageInput input = image(5);
        SiglipEncoder group = makeEncoder(atOnce);
        const std::vector<float> found = encoded(group, input);
        SiglipEncoder single = makeEncoder(1);
        const std::vector<float> expected = encoded(single, input);
        float largest = 0;
        for (const float value : expected) {
            ASSERT_TRUE(std::isfinite(value));
            largest = std::max(largest, std::abs(value));
        }
        ASSERT_EQ(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) {
            ASSERT_NEAR(found[i], expected[i], 1e-5F * largest) << "value " << i;
        }
    }
}

TEST_F(SiglipEncoderTest, ASmallPictureBehindALargeOneIsNotMixedWithIt) {
    const ImageInput input = image(1);
    SiglipEncoder fresh = makeEncoder(4);
    const std::vector<float> expected = encoded(fresh, input);
    SiglipEncoder used = makeEncoder(4);
    encoded(used, image(4));
    EXPECT_EQ(encoded(used, input), expected);
}

TEST_F(SiglipEncoderTest, AGroupTakesAsManyDispatchesAsOneCrop) {
    const std::uint64_t one = dispatches(4, 1);
    EXPECT_EQ(dispatches(4, 4), one);
    EXPECT_GT(dispatches(1, 4), 3 * one);
}

TEST_F(SiglipEncoderTest, TellsHowFarItIsInCrops) {
    SiglipEncoder encoder = makeEncoder(2);
    gpu::CommandStream s(device());
    std::vector<double> done;
    encoder.encode(s, image(3), [&](double crops, double all) {
        EXPECT_EQ(all, 3);
        done.push_back(crops);
    });
    EXPECT_EQ(done.size(), 2 * m_weights.vision->layers.size());
    EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
    EXPECT_EQ(done.back(), 3);
}

TEST_F(SiglipEncoderTest, AStopInsideAGroupEndsIt) {
    SiglipEncoder encoder = makeEncoder(4);
    std::stop_source source;
    gpu::CommandStream s(device(), gpu::CommandStream::Mode::Immediate, source.get_token());
    int after = 0;
    const auto encode = [&] {
        encoder.encode(s, image(4), [&](double, double) {
            after += source.stop_requested() ? 1 : 0;
            source.request_stop();
        });
    };
    try {
        encode();
        FAIL() << "went on to the end";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
    EXPECT_EQ(after, 0) << "began another layer";
    SiglipEncoder fresh = makeEncoder(4);
    EXPECT_EQ(encoded(encoder, image(1)), encoded(fresh, image(1)));
}

TEST_F(SiglipEncoderTest, TakesTheMemoryThatItSays) {
    weights::VisionConfig& config = *m_config.vision;
    config.cropSize *= 4; // so much that the allocator's steps do not count
    const auto taken = [&](std::int64_t crops) {
        const std::uint64_t before = device().memoryUse().allocatedByPhial;
        const SiglipEncoder encoder = makeEncoder(crops);
        return static_cast<double>(device().memoryUse().allocatedByPhial - before);
    };
    // What the host writes lies in its own memory.
    const double expected =
        8.0 * static_cast<double>(SiglipEncoder::bytesPerCrop(config, DType::F32));
    EXPECT_NEAR(taken(12) - taken(4), expected, 0.02 * expected);
    EXPECT_GE(SiglipEncoder::cropsAtOnce(config, DType::F32), 1);
    weights::VisionConfig full;
    EXPECT_EQ(SiglipEncoder::cropsAtOnce(full, DType::F16), 4);
    EXPECT_EQ(SiglipEncoder::cropsAtOnce(full, DType::F32), 2);
    full.hiddenSize *= 8;
    full.intermediateSize *= 8;
    EXPECT_EQ(SiglipEncoder::cropsAtOnce(full, DType::F32), 1) << "one must go";
}

} // namespace
} // namespace phial::models
