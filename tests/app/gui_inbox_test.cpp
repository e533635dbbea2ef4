// SPDX-License-Identifier: MIT
#include "app/base/gui_inbox.h"

#include <QCoreApplication>
#include <QEventLoop>

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

namespace phial::app {
namespace {

TEST(GuiInbox, RunsCallsOfEachThreadInOrderInItsOwnThread) {
    GuiInbox inbox;
    std::vector<std::vector<int>> seen(2);
    std::vector<std::jthread> threads;
    for (std::size_t which = 0; which < 2; ++which) {
        threads.emplace_back([&, which] {
            for (int i = 0; i < 1000; ++i) {
                inbox.post([&seen, which, i] { seen[which].push_back(i); });
            }
        });
    }
    while (seen[0].size() + seen[1].size() < 2000) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    for (const std::vector<int>& numbers : seen) {
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            ASSERT_EQ(numbers[i], static_cast<int>(i));
        }
    }
}

TEST(GuiInbox, KeepsOrderInNestedEventLoops) {
    GuiInbox inbox;
    std::vector<int> seen;
    QEventLoop nested;
    inbox.post([&] {
        seen.push_back(1);
        nested.exec();
        seen.push_back(4);
    });
    inbox.post([&] { seen.push_back(2); });
    inbox.post([&] {
        seen.push_back(3);
        nested.quit();
    });
    while (seen.size() < 4) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    EXPECT_EQ(seen, (std::vector<int>{1, 2, 3, 4}));
}

TEST(GuiInbox, MayBeDestroyedByACallAndDropsTheRest) {
    auto inbox = std::make_unique<GuiInbox>();
    bool ran = false;
    inbox->post([&inbox] { inbox.reset(); });
    inbox->post([&ran] { ran = true; });
    while (inbox != nullptr) {
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    QCoreApplication::processEvents();
    EXPECT_FALSE(ran);
}

} // namespace
} // namespace phial::app
