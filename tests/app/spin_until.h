// SPDX-License-Identifier: MIT
#pragma once

#include <QCoreApplication>
#include <QElapsedTimer>

#include <chrono>

namespace phial::test {

/// Runs the event loop until a condition holds. The deadline only ends a hanging test; false then.
template <typename Condition>
bool spinUntil(Condition condition, std::chrono::milliseconds deadline = std::chrono::minutes(1)) {
    QElapsedTimer timer;
    timer.start();
    while (!condition()) {
        if (timer.hasExpired(deadline.count())) {
            return false;
        }
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 10);
    }
    return true;
}

} // namespace phial::test
