// SPDX-License-Identifier: MIT
// The sampler against distributions worked out by hand: plain loops over all tokens.
#include "inference/base/error.h"
#include "inference/engine/sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace phial {
namespace {

std::vector<float> randomLogits(std::size_t size, std::uint32_t seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.0F, 3.0F);
    std::vector<float> logits(size);
    std::generate(logits.begin(), logits.end(), [&] { return normal(random); });
    return logits;
}

/// The filtered distribution by definition, id -> probability.
std::map<std::int32_t, double> bruteForce(std::vector<double> logits, const Sampling& s) {
    std::vector<std::int32_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto at = [&](std::int32_t id) { return logits[static_cast<std::size_t>(id)]; };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int32_t a, std::int32_t b) { return at(a) > at(b); });
    if (s.topK > 0) {
        order.resize(std::min(order.size(), static_cast<std::size_t>(s.topK)));
    }
    double sum = 0;
    for (const std::int32_t id : order) {
        sum += std::exp(at(id) / static_cast<double>(s.temperature));
    }
    std::vector<std::pair<std::int32_t, double>> kept;
    double reached = 0;
    for (const std::int32_t id : order) {
        if (s.topP < 1.0F && reached >= static_cast<double>(s.topP)) {
            break;
        }
        const double p = std::exp(at(id) / static_cast<double>(s.temperature)) / sum;
        kept.emplace_back(id, p);
        reached += p;
    }
    std::map<std::int32_t, double> result;
    double total = 0;
    for (const auto& [id, p] : kept) {
        // Less than 2^-30 of the likeliest is no whole weight.
        if (p >= std::max(static_cast<double>(s.minP), 0x1p-30) * kept.front().second) {
            result[id] = p;
            total += p;
        }
    }
    for (auto& [id, p] : result) {
        p /= total;
    }
    return result;
}

void expectSame(const std::vector<Candidate>& got, const std::map<std::int32_t, double>& expected) {
    ASSERT_EQ(got.size(), expected.size());
    for (const Candidate& candidate : got) {
        ASSERT_TRUE(expected.contains(candidate.id)) << candidate.id;
        EXPECT_NEAR(candidate.probability, expected.at(candidate.id), 1e-6) << candidate.id;
    }
}

TEST(Sampler, FiltersGiveTheDistributionOfTheDefinition) {
    const std::vector<float> logits = randomLogits(257, 1);
    const std::vector<double> exact(logits.begin(), logits.end());
    for (const float temperature : {0.5F, 1.0F, 2.0F}) {
        for (const int topK : {0, 1, 7, 1000}) {
            for (const float topP : {0.3F, 0.9F, 1.0F}) {
                for (const float minP : {0.0F, 0.05F, 0.5F}) {
                    const Sampling s{
                        .temperature = temperature, .topK = topK, .topP = topP, .minP = minP};
                    SCOPED_TRACE(testing::Message()
                                 << temperature << " " << topK << " " << topP << " " << minP);
                    expectSame(Sampler(s, {}).candidates(logits), bruteForce(exact, s));
                }
            }
        }
    }
}

TEST(Sampler, DrawsAsOftenAsTheProbabilitiesSay) {
    const std::vector<float> logits{1.0F, 0.0F, -1.0F, 0.5F};
    Sampler sampler({.temperature = 1.0F, .seed = 7}, {});
    std::map<std::int32_t, int> counts;
    constexpr int kDraws = 40'000;
    for (int i = 0; i < kDraws; ++i) {
        ++counts[sampler.next(logits).id];
    }
    for (const Candidate& candidate : sampler.candidates(logits)) {
        // Five standard deviations of a binomial count: one failure in two million seeds.
        const double p = candidate.probability;
        const double deviation = std::sqrt(kDraws * p * (1 - p));
        EXPECT_NEAR(counts[candidate.id], kDraws * p, 5 * deviation) << candidate.id;
    }
}

TEST(Sampler, GreedyTakesTheLargestAndTheSmallerIdOnATie) {
    Sampler sampler({}, {});
    const std::vector<float> logits{0.0F, 2.5F, -1.0F, 2.5F};
    EXPECT_EQ(sampler.next(logits).id, 1);
}

TEST(Sampler, LogProbabilityIsOfTheUnmodifiedDistribution) {
    const std::vector<float> logits = randomLogits(100, 3);
    Sampler sampler({.temperature = 0.3F, .topK = 5, .repetitionPenalty = 1.5F, .seed = 1}, {});
    double sum = 0;
    for (const float logit : logits) {
        sum += std::exp(static_cast<double>(logit));
    }
    for (int i = 0; i < 20; ++i) {
        const SampledToken token = sampler.next(logits);
        const double expected =
            static_cast<double>(logits[static_cast<std::size_t>(token.id)]) - std::log(sum);
        EXPECT_NEAR(token.logProbability, expected, 1e-5);
    }
}

TEST(Sampler, RepetitionPenaltyCountsPromptAndAnswerOnce) {
    const std::vector<std::int32_t> prompt{0, 0, 0};
    Sampler sampler({.repetitionPenalty = 2.0F}, prompt);
    // 0 was in the prompt: 4 / 2 = 2 < 3; then 1 is penalised: 3 / 2 < 2; then both 2 and 1.5.
    const std::vector<float> logits{4.0F, 3.0F, -1.0F};
    EXPECT_EQ(sampler.next(logits).id, 1);
    EXPECT_EQ(sampler.next(logits).id, 0);
    const std::vector<float> negative{-1.5F, -1.6F, -2.0F}; // -3, -3.2 behind the penalty
    EXPECT_EQ(sampler.next(negative).id, 2);
}

TEST(Sampler, SameSeedSameTokens) {
    const std::vector<float> logits = randomLogits(50, 9);
    const auto draw = [&](std::uint64_t seed) {
        Sampler sampler({.temperature = 4.0F, .seed = seed}, {});
        std::vector<std::int32_t> ids(32);
        std::generate(ids.begin(), ids.end(), [&] { return sampler.next(logits).id; });
        return ids;
    };
    EXPECT_EQ(draw(5), draw(5));
    EXPECT_NE(draw(5), draw(6));
}

TEST(Sampler, RefusesSettingsOutOfRange) {
    const std::vector<Sampling> wrong{{.maxTokens = 0},     {.temperature = -1.0F},
                                      {.temperature = NAN}, {.topK = -1},
                                      {.topP = 0.0F},       {.topP = 1.5F},
                                      {.minP = 1.0F},       {.repetitionPenalty = 0.5F}};
    for (const Sampling& sampling : wrong) {
        EXPECT_THROW(Sampler(sampling, {}), Error);
    }
}

TEST(Sampler, SurvivesLogitsThatAreNotNumbers) {
    Sampler sampler({.temperature = 1.0F}, {});
    const std::vector<float> some{NAN, -INFINITY, 1.0F};
    EXPECT_EQ(sampler.next(some).id, 2);
    const std::vector<float> none{NAN, NAN};
    EXPECT_THROW(sampler.next(none), Error);
}

} // namespace
} // namespace phial
