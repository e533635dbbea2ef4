// SPDX-License-Identifier: MIT
#include "tests/app/cli_fixture.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace phial::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using Json = nlohmann::json;

class CliBenchTest : public CliTest {
protected:
    CliBenchTest() {
        m_services.runBench = [this](const bench::BenchOptions& options,
                                     const bench::BenchEvents& events, const std::stop_token&) {
            m_bench = options;
            events.onStep("decode");
            bench::BenchResult result{
                .model = options.works == std::vector{bench::Work::Quantize} ? "" : "fake model",
                .deviceName = "Fake",
                .driver = "1",
                .limits = {.copyBytesPerSecond = 20e9, .matrixFlopsPerSecond = 1e12}};
            events.onReady(result);
            bench::BenchRow row{
                .work = "decode",
                .context = 128,
                .units = 1,
                .unit = "token",
                .seconds = 0.25,
                .cpuSeconds = 0.5,
                .ops =
                    {{.label = "linear", .calls = 3, .seconds = 0.2, .flops = 1e11, .bytes = 1e9}},
                .opSeconds = 0.2,
                .spanSeconds = m_spanSeconds};
            row.totals.dispatches = 77;
            row.drafts = m_gain;
            events.onRow(row);
            result.weightBytes = 5'000'000;
            result.peakBytes = 9'000'000;
            return result;
        };
    }

    bench::BenchOptions m_bench;
    double m_spanSeconds = 0.21;
    std::optional<bench::DraftGain> m_gain;
};

TEST_F(CliBenchTest, ShowsWhatABenchMeasures) {
    EXPECT_EQ(
        run({"bench", "decode", "image", "--shape", "phi4mm", "--layers", "2", "--format", "sq4",
             "--at", "0,128", "--kv", "turbo4", "--picture", "64x48", "--ops", "--software"}),
        0)
        << m_err;
    EXPECT_THAT(m_bench.works, testing::ElementsAre(bench::Work::Decode, bench::Work::Image));
    EXPECT_THAT(m_bench.contexts, testing::ElementsAre(0, 128));
    EXPECT_TRUE(m_bench.model.empty());
    EXPECT_EQ(m_bench.cuts.layers, 2);
    ASSERT_TRUE(m_bench.format.has_value());
    EXPECT_EQ(m_bench.format->format, WeightFormat::Packed);
    EXPECT_EQ(m_bench.format->packing.bits, 4);
    EXPECT_EQ(m_bench.kvCache, KvCacheFormat::Tq4);
    EXPECT_EQ(m_bench.imageHeight, 48);
    EXPECT_EQ(m_bench.device.software, gpu::SoftwareDevices::Allow);
    EXPECT_THAT(m_out, AllOf(HasSubstr("fake model\n"), HasSubstr("copy 20.00 GB/s"),
                             HasSubstr("decode at 128"), HasSubstr("4.00"), HasSubstr("77"),
                             HasSubstr("linear"), HasSubstr("5.00 (25 %)"), HasSubstr("95.2 %"),
                             HasSubstr("decode at 128: 10.00 token/s at the rates of copy and "
                                       "matrix product, measured 4.00 (40 %)\n"),
                             Not(HasSubstr("do not explain")), HasSubstr("9 MB (4 MB beyond)")));
    EXPECT_EQ(run({"bench", "--json"}), 0);
    EXPECT_EQ(m_bench.model.filename(), "embedded"); // the shipped model
    std::istringstream lines(m_out);
    std::string line;
    ASSERT_TRUE(std::getline(lines, line) && std::getline(lines, line));
    const Json row = Json::parse(line);
    EXPECT_EQ(row.at("work"), "decode");
    EXPECT_EQ(row.at("units_per_second"), 4);
    EXPECT_EQ(row.at("ops").at(0).at("op"), "linear");
    EXPECT_DOUBLE_EQ(row.at("ideal_seconds"), 0.1);
    EXPECT_NEAR(row.at("ops_share"), 0.952, 0.001);
    EXPECT_EQ(row.at("ops_explain_run"), true);
}

TEST_F(CliBenchTest, SaysWhenOperationsDoNotExplainTheRun) {
    m_spanSeconds = 0.25;
    EXPECT_EQ(run({"bench", "decode"}), 0) << m_err;
    EXPECT_THAT(m_out, HasSubstr("its operations sum to 80 % of the run, so their times do not "
                                 "explain it\n"));
    EXPECT_EQ(run({"bench", "decode", "--json"}), 0);
    EXPECT_THAT(m_out, HasSubstr("\"ops_explain_run\":false"));
    m_spanSeconds = 0; // no timestamps: nothing to say
    EXPECT_EQ(run({"bench", "decode"}), 0);
    EXPECT_THAT(m_out, Not(HasSubstr("do not explain")));
}

TEST_F(CliBenchTest, SaysWhatDraftsBrought) {
    m_gain = {.tokensPerStep = 3.25,
              .guessed = 70,
              .kept = 45,
              .timesAsFast = 1.5,
              .timesAsFastByCpu = 1.4};
    EXPECT_EQ(run({"bench", "drafts"}), 0) << m_err;
    EXPECT_THAT(m_bench.works, testing::ElementsAre(bench::Work::Drafts));
    EXPECT_THAT(m_out, HasSubstr("3.25 tokens a step, 45 of 70 guesses right, 1.50 times as fast "
                                 "(1.40 by processor time)\n"));
    EXPECT_EQ(run({"bench", "drafts", "--json"}), 0) << m_err;
    EXPECT_THAT(m_out, HasSubstr(R"("drafts":{"tokens_per_step":3.25,"guessed_tokens":70)"));
}

TEST_F(CliBenchTest, ShowsWhatTuningMeasuresAndWhereItIsKept) {
    const ops::LinearClass products{.rows = ops::LinearClass::Rows::Few,
                                    .weights = ops::LinearClass::Weights::Nibbles,
                                    .x = DType::F16};
    bench::TuneOptions asked;
    m_services.runTune = [&](const bench::TuneOptions& options, const bench::TuneEvents& events,
                             const std::stop_token&) {
        asked = options;
        const auto row = [&](const char* kernel, double seconds, const char* fault,
                             bench::TuneRow::Place place) {
            return bench::TuneRow{.products = products,
                                  .choice = ops::findLinearChoice(kernel),
                                  .seconds = seconds,
                                  .flops = 2e6,
                                  .fault = fault,
                                  .place = place};
        };
        events.onProducts(
            {row("vector 64, 4", 4e-6, "", bench::TuneRow::Place::Default),
             row("vector 32, 4", 2e-6, "", bench::TuneRow::Place::Winner),
             row("vector 64, 1", 0, "3 in place of 2", bench::TuneRow::Place::Other)});
        return bench::TuneResult{.deviceName = "Fake",
                                 .driver = "1",
                                 .file = options.device.pipelineCacheDirectory / "t"};
    };
    EXPECT_EQ(run({"bench", "--tune", "--format", "sq4", "--rounds", "2", "--software"}), 0)
        << m_err;
    EXPECT_EQ(asked.rounds, 2);
    ASSERT_EQ(asked.formats.size(), 1U);
    EXPECT_EQ(asked.formats.front().packing.bits, 4);
    EXPECT_EQ(asked.device.pipelineCacheDirectory, m_services.cacheDirectory / "pipelines");
    EXPECT_THAT(m_out, AllOf(HasSubstr("few rows, nibbles"), HasSubstr("500.0"),
                             HasSubstr("1000.0"), HasSubstr("kept"), HasSubstr("default"),
                             HasSubstr("wrong: 3 in place of 2"), HasSubstr("pipelines/t")));
    EXPECT_EQ(run({"bench", "--tune", "--json"}), 0) << m_err;
    std::istringstream lines(m_out);
    std::string line;
    ASSERT_TRUE(std::getline(lines, line) && std::getline(lines, line));
    EXPECT_EQ(Json::parse(line).at("kernel"), "vector 32, 4");
    EXPECT_EQ(Json::parse(line).at("place"), "kept");
    EXPECT_NE(run({"bench", "--tune", "decode"}), 0);
    EXPECT_NE(run({"bench", "--tune", "--shape", "phi4mm"}), 0);
}

TEST_F(CliBenchTest, SaysNothingOfADeviceWhereNoneIsUsed) {
    EXPECT_EQ(run({"bench", "quantize", "--rounds", "2"}), 0) << m_err;
    EXPECT_THAT(m_bench.works, testing::ElementsAre(bench::Work::Quantize));
    EXPECT_EQ(m_bench.rounds, 2);
    EXPECT_THAT(m_out, AllOf(HasSubstr("one thread of the processor"), HasSubstr("4.00"),
                             Not(HasSubstr("Fake")), Not(HasSubstr("weights"))));
}

} // namespace
} // namespace phial::cli
