// SPDX-License-Identifier: MIT
#include "inference/engine/drafter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

namespace phial {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Ids = std::vector<std::int32_t>;

/// Costs that were measured, in steps of one token.
StepCosts costs(double two, double four, double eight) {
    StepCosts costs;
    for (int i = 0; i < 3; ++i) {
        costs.add(1, 1);
        costs.add(2, two);
        costs.add(4, four);
        costs.add(8, eight);
    }
    return costs;
}

Ids counting(int count) {
    Ids ids(static_cast<std::size_t>(count));
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
}

/// Writes an answer; how many steps of each width it took.
std::array<int, 9> write(Drafter& drafter, const Ids& answer) {
    std::array<int, 9> steps{};
    std::size_t at = 0;
    drafter.push(answer[at]);
    while (at + 1 < answer.size()) {
        const auto draft = drafter.draft(answer.size() - at - 2);
        const Ids guessed(draft.begin(), draft.end());
        ++steps.at(guessed.size() + 1);
        drafter.push(answer[++at]);
        for (std::size_t i = 0; i < guessed.size() && guessed[i] == answer[at]; ++i) {
            drafter.push(answer[++at]);
        }
    }
    return steps;
}

TEST(StepCosts, TheFirstStepOfAWidthDoesNotCount) {
    StepCosts costs;
    costs.add(1, 9); // compiles
    costs.add(1, 1);
    costs.add(2, 50);
    EXPECT_LT(costs.ratio(2), 2) << "not measured yet";
    costs.add(2, 1.5);
    EXPECT_DOUBLE_EQ(costs.ratio(1), 1);
    EXPECT_DOUBLE_EQ(costs.ratio(2), 1.5);
}

TEST(StepCosts, WidthsThatWereNotRunAreTakenToGrowAsThoseBelow) {
    StepCosts costs;
    for (const double seconds : {5.0, 1.0}) {
        costs.add(1, seconds);
        costs.add(2, 1.9 * seconds);
    }
    EXPECT_NEAR(costs.ratio(4), 1.9 * 1.9, 1e-9);
    EXPECT_NEAR(costs.ratio(8), 1.9 * 1.9 * 1.9, 1e-9);
}

TEST(StepCosts, TakesTheLeastOfLateAndForgets) {
    StepCosts costs;
    costs.add(1, 1);
    costs.add(1, 1);
    for (const double seconds : {1.5, 1.5, 30.0, 30.0}) {
        costs.add(2, seconds); // a busy machine
    }
    EXPECT_LT(costs.ratio(2), 1.6);
    for (int i = 0; i < 200; ++i) {
        costs.add(2, 3); // a longer context
    }
    EXPECT_DOUBLE_EQ(costs.ratio(2), 3);
    for (int i = 0; i < 200; ++i) {
        costs.add(1, 10); // other work beside: nothing is known about wider steps by that
    }
    EXPECT_DOUBLE_EQ(costs.ratio(2), 3);
}

TEST(StepCosts, AWiderStepNeverCostsLess) {
    const StepCosts busy = costs(0.1, 1.4, 1.2); // as clocks of a busy machine may say
    EXPECT_EQ(busy.ratio(2), 1);
    EXPECT_EQ(busy.ratio(4), 1.4);
    EXPECT_EQ(busy.ratio(8), 1.4);
}

TEST(Drafter, ACopyingAnswerTakesFewSteps) {
    const StepCosts cheap = costs(1.1, 1.2, 1.4);
    Drafter drafter(counting(200), Drafts::Auto, cheap);
    const Ids prompt = counting(200);
    const auto steps = write(drafter, {prompt.begin() + 50, prompt.begin() + 151});
    const int all = std::accumulate(steps.begin(), steps.end(), 0);
    EXPECT_LE(all, 20);
    EXPECT_GT(steps[8], 5);
}

TEST(Drafter, GuessesOneThreeOrSevenTokensAndNoMoreThanThereIsRoomFor) {
    const StepCosts cheap = costs(1.1, 1.2, 1.4);
    Drafter drafter(counting(50), Drafts::Always, cheap);
    for (const std::int32_t id : {10, 11, 12}) {
        drafter.push(id);
    }
    const auto sizes = [&](std::size_t room) { return drafter.draft(room).size(); };
    EXPECT_THAT(drafter.draft(7), ElementsAre(13, 14, 15, 16, 17, 18, 19));
    EXPECT_EQ(sizes(100), 7U);
    EXPECT_EQ(sizes(6), 3U);
    EXPECT_EQ(sizes(3), 3U);
    EXPECT_EQ(sizes(2), 1U);
    EXPECT_EQ(sizes(1), 1U);
    EXPECT_EQ(sizes(0), 0U);
}

TEST(Drafter, SwitchedOffItGuessesNothing) {
    const StepCosts cheap = costs(1, 1, 1);
    Drafter drafter(counting(50), Drafts::Off, cheap);
    for (const std::int32_t id : {10, 11, 12}) {
        drafter.push(id);
    }
    EXPECT_THAT(drafter.draft(7), IsEmpty());
}

TEST(Drafter, AnAnswerThatDeceivesIsSoonLeftAlone) {
    // Two tokens again and again, something else behind them each time: every third guess looks
    // good and none is right.
    const StepCosts cheap = costs(1, 1, 1);
    Drafter drafter(counting(100), Drafts::Auto, cheap);
    Ids answer;
    for (std::int32_t i = 0; i < 300; ++i) {
        answer.push_back(i % 3 < 2 ? 500 + i % 3 : 1000 + i);
    }
    const auto steps = write(drafter, answer);
    EXPECT_LE(steps[2] + steps[4] + steps[8], 4);
    EXPECT_EQ(steps[1] + steps[2] + steps[4] + steps[8], 299);
}

TEST(Drafter, WhereWiderStepsCostAsMuchAsTheirTokensNothingIsGuessed) {
    const StepCosts dear = costs(1.95, 3.9, 7.8);
    Drafter drafter(counting(200), Drafts::Auto, dear);
    const Ids prompt = counting(200);
    const auto steps = write(drafter, {prompt.begin() + 50, prompt.begin() + 151});
    EXPECT_EQ(steps[1], 100);
}

TEST(Drafter, ItComesBackWhenGuessesTurnOutRight) {
    const StepCosts cheap = costs(1.1, 1.2, 1.4);
    const Ids prompt = counting(200);
    Drafter drafter(prompt, Drafts::Auto, cheap);
    Ids answer;
    for (std::int32_t i = 0; i < 300; ++i) {
        answer.push_back(i % 3 < 2 ? 500 + i % 3 : 1000 + i);
    }
    write(drafter, answer);
    // Guesses are judged although none of them is run.
    const auto steps = write(drafter, {prompt.begin() + 20, prompt.begin() + 181});
    EXPECT_LE(std::accumulate(steps.begin(), steps.end(), 0), 90);
    EXPECT_GT(steps[8], 5);
}

} // namespace
} // namespace phial
