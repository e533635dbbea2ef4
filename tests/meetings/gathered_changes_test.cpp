// SPDX-License-Identifier: MIT
#include "app/meetings/workspace/gathered_changes.h"
#include "inference/base/error.h"

#include <gtest/gtest.h>

namespace phial::meetings {
namespace {

using std::chrono::milliseconds;

/// A job of lines, each of which takes `perLine`, and a disk on which a save takes `perSave`.
class GatheredChangesTest : public testing::Test {
protected:
    StepResult line(std::int64_t id, milliseconds perLine, StepResult result = StepResult::More) {
        return m_changes.during([&] {
            m_now += perLine;
            m_changes.add([id](Transcript& transcript) {
                transcript.lastId = id;
                return true;
            });
            return result;
        });
    }

    std::chrono::steady_clock::time_point m_now;
    milliseconds m_perSave{1};
    int m_saves = 0;
    bool m_changed = false; ///< by the last save
    Transcript m_saved;
    GatheredChanges m_changes{[this](const GatheredChanges::Change& change) {
                                  ++m_saves;
                                  m_now += m_perSave;
                                  m_changed = change(m_saved);
                              },
                              [this] { return m_now; }};
};

TEST_F(GatheredChangesTest, AreSavedTogetherAboutOnceASecond) {
    for (int i = 1; i <= 100; ++i) {
        line(i, milliseconds(100));
    }
    EXPECT_EQ(m_saves, 10);
    EXPECT_EQ(m_saved.lastId, 100);
    EXPECT_EQ(line(101, milliseconds(10)), StepResult::More);
    EXPECT_EQ(m_saved.lastId, 100);
    EXPECT_EQ(line(102, milliseconds(10), StepResult::Done), StepResult::Done);
    EXPECT_EQ(m_saved.lastId, 102);
}

TEST_F(GatheredChangesTest, SavingTakesAtMostATenthOfTheTime) {
    m_perSave = milliseconds(500);
    for (int i = 1; i <= 1000; ++i) {
        line(i, milliseconds(50)); // 50 s
    }
    EXPECT_GE(m_saves, 9);
    EXPECT_LE(m_saves, 11);
}

TEST_F(GatheredChangesTest, WhatIsDoneIsKeptWhenAStepIsStoppedOrFails) {
    line(1, milliseconds(10), StepResult::Stopped);
    EXPECT_EQ(m_saved.lastId, 1);
    const auto lose = [] {
        throw Error(ErrorCode::DeviceLost, "The device was lost.");
        return StepResult::More;
    };
    line(2, milliseconds(10));
    EXPECT_EQ(m_saved.lastId, 1);
    EXPECT_THROW(m_changes.during(lose), Error);
    EXPECT_EQ(m_saved.lastId, 2);
    EXPECT_EQ(m_changes.during([] { return StepResult::Done; }), StepResult::Done);
    EXPECT_EQ(m_saves, 2) << "nothing new";
}

TEST_F(GatheredChangesTest, TellWhetherAnyOfThemChangesAnything) {
    const auto nothing = [this](StepResult result) {
        return m_changes.during([&] {
            m_changes.add([](Transcript&) { return false; });
            return result;
        });
    };
    nothing(StepResult::More);
    nothing(StepResult::Done);
    EXPECT_EQ(m_saves, 1);
    EXPECT_FALSE(m_changed);
    line(5, milliseconds(1));
    nothing(StepResult::Done);
    EXPECT_TRUE(m_changed);
}

} // namespace
} // namespace phial::meetings
