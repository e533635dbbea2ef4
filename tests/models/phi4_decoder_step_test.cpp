// SPDX-License-Identifier: MIT
// Steps of several tokens: each column must have the bits that it has alone, and rows of the cache
// that wrong guesses left must not be seen by what comes after.
#include "inference/base/error.h"
#include "inference/models/phi4_decoder.h"
#include "inference/models/phi4_model.h"
#include "inference/weights/checkpoint.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string>

namespace phial::models {
namespace {

using Ids = std::vector<std::int32_t>;
using Logits = std::vector<float>;

/// What the steps are made for.
struct Kind {
    const char* name;
    const char* disable = ""; ///< features left off
    DType activations = DType::F32;
    ops::KvFormat cache = ops::KvFormat::Plain;
};

class Phi4DecoderStepTest : public testing::Test, public testing::WithParamInterface<Kind> {
protected:
    void SetUp() override {
        if (!gpuAvailable()) {
            GTEST_SKIP() << "no Vulkan device";
        }
        gpu::DeviceOptions options = gpuTestOptions();
        if (*GetParam().disable != 0) {
            options.disable = GetParam().disable;
        }
        m_device = gpu::Device::open(options);
        if (GetParam().activations == DType::F16 && !m_device->info().features.storage16) {
            GTEST_SKIP() << "no 16-bit storage";
        }
        const weights::Checkpoint checkpoint(test::goldenFolder());
        m_config = weights::loadModelConfig(checkpoint);
        m_weights = loadPhi4Weights(*m_device, checkpoint, m_config,
                                    {.activations = GetParam().activations});
        m_decoder =
            std::make_unique<Phi4Decoder>(*m_device, m_config.decoder, m_weights.decoder,
                                          DecoderOptions{.activations = GetParam().activations,
                                                         .context = 300,
                                                         .kvFormat = GetParam().cache});
        m_decoder->reserve(200);
        gpu::CommandStream s(*m_device);
        const Ids prompt = someIds(kPrompt, 11);
        m_decoder->prefill(s, {prompt, {}}, 0, m_mode);
        for (const std::int64_t columns : {1, 2, 4, 8}) {
            m_decoder->prepareStep(m_mode.adapter, m_mode.user, columns);
        }
    }

    void TearDown() override {
        if (m_device != nullptr) {
            EXPECT_TRUE(m_device->validationMessages().empty());
        }
    }

    static Ids someIds(std::size_t count, std::size_t first) {
        Ids ids(count);
        for (std::size_t i = 0; i < count; ++i) {
            ids[i] = static_cast<std::int32_t>((i * 37 + first) % 900);
        }
        return ids;
    }

    Logits logits(std::int64_t column = 0) const {
        const std::span<const float> found = m_decoder->logits(column);
        return {found.begin(), found.end()};
    }

    static constexpr std::size_t kPrompt = 70; // more than a tile of keys

    weights::ModelConfig m_config;
    std::unique_ptr<gpu::Device> m_device;
    Phi4Weights m_weights; // behind the device it lives on
    std::unique_ptr<Phi4Decoder> m_decoder;
    DecoderMode m_mode{.adapter = Adapter::Speech};
};

TEST_P(Phi4DecoderStepTest, EachColumnHasTheBitsThatItHasAlone) {
    const Ids ids = someIds(14, 500);
    std::vector<Logits> alone;
    std::vector<BestToken> best;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        m_decoder->step(ids[i], static_cast<std::int64_t>(kPrompt + i), m_mode);
        alone.push_back(logits());
        best.push_back(m_decoder->best());
    }
    std::size_t at = 0;
    for (const std::size_t columns : {2, 8, 4}) {
        m_decoder->step(std::span(ids).subspan(at, columns),
                        static_cast<std::int64_t>(kPrompt + at), m_mode);
        for (std::size_t i = 0; i < columns; ++i, ++at) {
            const auto column = static_cast<std::int64_t>(i);
            EXPECT_EQ(logits(column), alone[at]) << columns << " columns, " << i;
            EXPECT_EQ(m_decoder->best(column).id, best[at].id);
            EXPECT_EQ(m_decoder->best(column).logit, best[at].logit);
            EXPECT_EQ(m_decoder->best(column).logSumExp, best[at].logSumExp);
        }
    }
    EXPECT_EQ(at, ids.size());
}

TEST_P(Phi4DecoderStepTest, WrongGuessesLeaveNoTrace) {
    const Ids right = someIds(10, 500);
    std::vector<Logits> expected;
    for (std::size_t i = 0; i < right.size(); ++i) {
        m_decoder->step(right[i], static_cast<std::int64_t>(kPrompt + i), m_mode);
        expected.push_back(logits());
    }
    // Eight columns of which only the first `kept` are right, then the right ones one by one.
    for (std::size_t kept = 1; kept < 8; ++kept) {
        SCOPED_TRACE(kept);
        Ids guess = someIds(8, 123);
        std::copy_n(right.begin(), kept, guess.begin());
        m_decoder->step(guess, kPrompt, m_mode);
        EXPECT_EQ(logits(static_cast<std::int64_t>(kept) - 1), expected[kept - 1]);
        for (std::size_t i = kept; i < right.size(); ++i) {
            m_decoder->step(right[i], static_cast<std::int64_t>(kPrompt + i), m_mode);
            ASSERT_EQ(logits(), expected[i]) << i;
        }
    }
}

TEST_P(Phi4DecoderStepTest, FindsThatItsColumnsAgree) {
    for (const std::size_t columns : {2, 4, 8}) {
        EXPECT_TRUE(m_decoder->columnsAgree(someIds(columns, 5), kPrompt, m_mode)) << columns;
    }
}

TEST_P(Phi4DecoderStepTest, AWideStepMakesAsManyDispatchesAsANarrowOne) {
    const auto dispatches = [&](std::int64_t columns) {
        return m_decoder->stepTotals(m_mode.adapter, m_mode.user, columns).dispatches;
    };
    for (const std::int64_t columns : {2, 4, 8}) {
        EXPECT_EQ(dispatches(columns), dispatches(1));
    }
}

TEST_P(Phi4DecoderStepTest, TokenLoopAllocatesNothing) {
    const Ids ids = someIds(8, 5);
    m_decoder->step(ids, kPrompt, m_mode);
    const std::uint64_t pipelines = m_device->pipelinesCreated();
    const std::uint64_t allocations = m_device->allocationsMade();
    const std::uint64_t sets = m_device->descriptorSetsMade();
    for (int i = 0; i < 5; ++i) {
        m_decoder->prepareStep(m_mode.adapter, m_mode.user, 8);
        m_decoder->step(ids, kPrompt + 8 * i, m_mode);
    }
    EXPECT_EQ(m_device->pipelinesCreated(), pipelines);
    EXPECT_EQ(m_device->allocationsMade(), allocations);
    EXPECT_EQ(m_device->descriptorSetsMade(), sets);
}

TEST_P(Phi4DecoderStepTest, RefusesWhatDoesNotFit) {
    EXPECT_THROW(m_decoder->prepareStep(m_mode.adapter, m_mode.user, 9), Error);
    EXPECT_THROW(m_decoder->step(someIds(3, 5), kPrompt, m_mode), Error) << "not recorded";
    const std::int64_t last = m_decoder->reserved() - 1;
    EXPECT_THROW(m_decoder->step(someIds(2, 5), last, m_mode), Error);
    EXPECT_THROW(m_decoder->best(1), Error);
    EXPECT_THROW(m_decoder->logits(-1), Error);
    m_decoder->draws.resize(1); // one draw for two tokens
    m_decoder->prepareStep(m_mode.adapter, m_mode.user, 2);
    EXPECT_THROW(m_decoder->step(someIds(2, 5), kPrompt, m_mode), Error);
}

std::string kindName(const testing::TestParamInfo<Kind>& kind) {
    return kind.param.name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, Phi4DecoderStepTest,
                         testing::Values(Kind{"Plain"},
                                         Kind{"K8V4", "", DType::F32, ops::KvFormat::K8V4},
                                         Kind{"Tq4", "", DType::F32, ops::KvFormat::Tq4},
                                         Kind{"Fp16", "", DType::F16},
                                         Kind{"Fp16Tq4", "", DType::F16, ops::KvFormat::Tq4},
                                         Kind{"WithoutSubgroups", "subgroup"}),
                         kindName);

} // namespace
} // namespace phial::models
