// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/bench/bench.h"
#include "inference/bench/estimate.h"
#include "inference/bench/quantize_speed.h"
#include "inference/bench/tune.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace phial::bench {
namespace {

using testing::ElementsAre;

/// The tiny golden model: every structural feature, small.
class BenchTest : public testing::Test {
protected:
    void SetUp() override {
        if (!gpuAvailable()) {
            GTEST_SKIP() << "no Vulkan device";
        }
        m_options.device = gpuTestOptions();
        m_options.model = test::goldenFolder();
        m_options.precision = Precision::Fp32;
        m_options.contexts = {0, 20};
        m_options.promptTokens = 9;
        m_options.steps = 2;
        m_options.rounds = 1;
        m_options.audioSeconds = 0.5;
        m_options.imageWidth = 60;
        m_options.imageHeight = 40;
    }

    BenchResult run() {
        m_rows.clear();
        m_steps.clear();
        return runBench(m_options,
                        {.onStep = [this](const std::string& step) { m_steps.push_back(step); },
                         .onReady = [this](const BenchResult& ready) { m_ready = ready; },
                         .onRow = [this](const BenchRow& row) { m_rows.push_back(row); }},
                        m_stop.get_token());
    }

    std::vector<std::string> names() const {
        std::vector<std::string> list;
        for (const BenchRow& row : m_rows) {
            list.push_back(row.work + " " + std::to_string(row.context));
        }
        return list;
    }

    BenchOptions m_options;
    BenchResult m_ready;
    std::vector<BenchRow> m_rows;
    std::vector<std::string> m_steps;
    std::stop_source m_stop;
};

TEST_F(BenchTest, MeasuresAllThatTheModelCan) {
    const BenchResult result = run();
    EXPECT_THAT(names(), ElementsAre("load 0", "decode 0", "decode 20", "prefill 0",
                                     "first-token 20", "second-turn 20", "audio 0", "image 0"));
    EXPECT_GT(m_ready.limits.copyBytesPerSecond, 0);
    EXPECT_GT(m_ready.limits.matrixFlopsPerSecond, 0);
    EXPECT_GT(result.weightBytes, 0U);
    EXPECT_GT(result.cacheBytes, 0U);
    EXPECT_GE(result.peakBytes, result.weightBytes + result.cacheBytes);
    for (const BenchRow& row : m_rows) {
        SCOPED_TRACE(row.work);
        EXPECT_GT(row.seconds, 0);
        EXPECT_GT(row.units, 0);
        if (row.work == "load") {
            continue;
        }
        EXPECT_FALSE(row.ops.empty());
        std::uint64_t calls = 0;
        double seconds = 0;
        for (const gpu::Profiler::Row& op : row.ops) {
            calls += op.calls;
            seconds += op.seconds;
        }
        EXPECT_EQ(calls, row.totals.dispatches); // each dispatch of a run has its timestamp
        EXPECT_DOUBLE_EQ(seconds, row.opSeconds);
        EXPECT_LE(row.opSeconds, row.spanSeconds * 1.0001);
        EXPECT_GT(idealSeconds(row, m_ready.limits), 0);
    }
}

TEST_F(BenchTest, ALongerContextReadsMoreOfTheCache) {
    m_options.works = {Work::Decode};
    run();
    EXPECT_THAT(names(), ElementsAre("decode 0", "decode 20"));
    EXPECT_EQ(m_rows[0].totals.dispatches, m_rows[1].totals.dispatches);
    EXPECT_LT(m_rows[0].totals.work.bytes, m_rows[1].totals.work.bytes);
}

TEST_F(BenchTest, ComparesAnswersWithAndWithoutDrafts) {
    m_options.works = {Work::Drafts};
    m_options.promptTokens = 100;
    m_options.steps = 4;
    run();
    EXPECT_THAT(names(), ElementsAre("step of 1 0", "step of 2 0", "step of 4 0", "step of 8 0",
                                     "copy, no drafts 0", "copy, drafts 0", "edited, no drafts 0",
                                     "edited, drafts 0", "new, no drafts 0", "new, drafts 0",
                                     "deceiving, no drafts 0", "deceiving, drafts 0"));
    for (const BenchRow& row : m_rows) {
        SCOPED_TRACE(row.work);
        EXPECT_GT(row.seconds, 0);
        EXPECT_EQ(row.drafts.has_value(), row.work.ends_with(", drafts"));
        if (row.drafts) {
            EXPECT_GE(row.drafts->tokensPerStep, 1);
            EXPECT_LE(row.drafts->kept, row.drafts->guessed);
            EXPECT_GT(row.drafts->timesAsFast, 0);
        }
    }
    EXPECT_EQ(m_rows[9].drafts->guessed, 0) << "nothing to look up";
    m_options.steps = 2000; // more than the model takes
    EXPECT_THROW(run(), Error);
}

TEST_F(BenchTest, RefusesWhatMakesNoSense) {
    m_options.works = {Work::Decode};
    m_options.contexts = {100000}; // the model ends before
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_THAT(error.what(), testing::HasSubstr("100000"));
    }
    m_options.rounds = 0;
    EXPECT_THROW(run(), Error);
}

TEST_F(BenchTest, StopsOnRequest) {
    m_stop.request_stop();
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
}

TEST(Estimate, TakesTheSlowerOfBytesAndArithmeticOfEachOperation) {
    BenchRow row{.ops = {{.label = "reads", .calls = 1, .flops = 1e9, .bytes = 4e9},
                         {.label = "multiplies", .calls = 1, .flops = 6e12, .bytes = 1e9}}};
    EXPECT_DOUBLE_EQ(idealSeconds(row, {.copyBytesPerSecond = 2e9, .matrixFlopsPerSecond = 1e12}),
                     2 + 6);
    EXPECT_EQ(idealSeconds(row, {}), 0);
    EXPECT_EQ(idealSeconds({}, {.copyBytesPerSecond = 1, .matrixFlopsPerSecond = 1}), 0);

    EXPECT_TRUE(opsExplainRun(row)); // no timestamps
    row.opSeconds = 0.91;
    row.spanSeconds = 1;
    EXPECT_TRUE(opsExplainRun(row));
    EXPECT_DOUBLE_EQ(opsShare(row), 0.91);
    row.opSeconds = 0.89;
    EXPECT_FALSE(opsExplainRun(row));
    row.opSeconds = 1.11;
    EXPECT_FALSE(opsExplainRun(row));
}

TEST(QuantizeSpeed, TellsEveryFormatOfPackagesAndItsTrueSize) {
    std::map<std::string, QuantizeSpeed> found;
    measureQuantizing({.rows = 96, .columns = 256}, 1,
                      [&](const QuantizeSpeed& speed) { found.emplace(speed.scheme, speed); }, {});
    EXPECT_EQ(found.size(), 15U);
    for (const char* scheme :
         {"sq2", "sq4", "sq8", "sinq4g64", "sinq8g64", "nf4g64", "hqq4g64", "rtn4g64"}) {
        ASSERT_TRUE(found.contains(scheme)) << scheme;
        EXPECT_EQ(found.at(scheme).sourceBytes, 2U * 96 * 256);
        EXPECT_GT(found.at(scheme).taken.cpu, 0) << scheme;
    }
    // 4 bits a weight, 16 bytes for each 8 groups of 32, 4 bytes a row, 2 bytes a column.
    EXPECT_EQ(found.at("sq4").packedBytes, 96U * (128 + 16 + 4) + 512);
    // 8 bits a weight, 4 bytes for each group of 64.
    EXPECT_EQ(found.at("sinq8g64").packedBytes, 96U * (256 + 16) + 512);
}

TEST(QuantizeSpeed, StopsOnRequest) {
    std::stop_source stop;
    int rows = 0;
    const auto measure = [&] {
        measureQuantizing(
            {.rows = 96, .columns = 256}, 1,
            [&](const QuantizeSpeed&) {
                ++rows;
                stop.request_stop();
            },
            stop.get_token());
    };
    EXPECT_THROW(measure(), Error);
    EXPECT_EQ(rows, 1);
}

TEST(BenchShapes, CutsLeaveTheSizesOfOperations) {
    const weights::ModelConfig whole = configOf(Shape::Phi4Multimodal, {});
    EXPECT_EQ(whole.decoder.layers, 32);
    EXPECT_EQ(whole.decoder.vocabulary, 200064);
    EXPECT_TRUE(whole.sees() && whole.hears());
    const weights::ModelConfig cut =
        configOf(Shape::Phi4Multimodal, {.layers = 2, .vocabulary = 512});
    EXPECT_EQ(cut.decoder.layers, 2);
    EXPECT_EQ(cut.decoder.vocabulary, 512);
    EXPECT_EQ(cut.vision->usedLayers, 2);
    EXPECT_EQ(cut.audio->layers, 2);
    EXPECT_EQ(cut.decoder.qkvRows(), whole.decoder.qkvRows());
    EXPECT_EQ(cut.decoder.intermediateSize, whole.decoder.intermediateSize);
    const weights::ModelConfig text = configOf(Shape::Phi4Mini, {});
    EXPECT_FALSE(text.sees() || text.hears());
}

TEST_F(BenchTest, TuningKeepsTheQuickestKernelForTheNextLoad) {
    const test::TempFolder folder;
    TuneOptions options{.device = m_options.device,
                        .precision = Precision::Fp32,
                        .formats = {{WeightFormat::BF16, {}}},
                        .rows = {ops::LinearClass::Rows::UpTo32},
                        .rounds = 1};
    options.device.pipelineCacheDirectory = folder.path();
    std::vector<TuneRow> kept;
    std::vector<std::size_t> counts;
    const TuneResult result = runTune(options,
                                      {.onStep = [](const std::string&) {},
                                       .onProducts =
                                           [&](const std::vector<TuneRow>& rows) {
                                               counts.push_back(rows.size());
                                               for (const TuneRow& row : rows) {
                                                   EXPECT_EQ(row.fault, "");
                                                   EXPECT_GT(row.seconds, 0);
                                                   if (row.place == TuneRow::Place::Winner) {
                                                       kept.push_back(row);
                                                   }
                                               }
                                           }},
                                      {});
    EXPECT_EQ(result.precision, Precision::Fp32);
    ASSERT_EQ(counts.size(), 2U); // many outputs and few
    EXPECT_GE(counts.front(), 3U);
    ASSERT_EQ(kept.size(), 2U);
    const auto device = gpu::Device::open(options.device);
    EXPECT_EQ(applyTuning(*device, folder.path()), 2);
    for (const TuneRow& row : kept) {
        EXPECT_EQ(&ops::chosenLinear(*device, row.products, 24, 1000), row.choice);
    }
}

TEST(TuneWinner, IsClearlyQuickerThanTheDefaultAndNoSumInFp16) {
    const auto row = [](std::string_view name, double seconds, TuneRow::Place place) {
        return TuneRow{.choice = ops::findLinearChoice(name), .seconds = seconds, .place = place};
    };
    std::vector<TuneRow> rows = {row("tiled 64x64", 10, TuneRow::Place::Default),
                                 row("half 64x64", 1, TuneRow::Place::Other),
                                 row("tiled 32x64", 9.9, TuneRow::Place::Other)};
    EXPECT_EQ(winnerOf(rows), &rows[0]);
    rows.push_back(row("tiled 128x64", 5, TuneRow::Place::Other));
    EXPECT_EQ(winnerOf(rows), &rows[3]);
    rows[3].fault = "wrong";
    EXPECT_EQ(winnerOf(rows), &rows[0]);
}

TEST_F(BenchTest, TuningStopsWhenAsked) {
    m_stop.request_stop();
    EXPECT_THROW(runTune({.device = m_options.device},
                         {.onStep = [](const std::string&) {},
                          .onProducts = [](const std::vector<TuneRow>&) {}},
                         m_stop.get_token()),
                 Error);
}

} // namespace
} // namespace phial::bench
