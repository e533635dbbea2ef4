// SPDX-License-Identifier: MIT
#pragma once

#include <stop_token>
#include <thread>

namespace phial::cli {

/// Turns Ctrl-C (SIGINT) and SIGTERM into a stop request, so that a run ends cleanly and keeps what
/// it has written. A second one ends the program at once. Create before any other thread starts:
/// the signals are blocked in all of them.
class InterruptWatcher {
public:
    InterruptWatcher();
    ~InterruptWatcher();

    InterruptWatcher(const InterruptWatcher&) = delete;
    InterruptWatcher& operator=(const InterruptWatcher&) = delete;

    std::stop_token token() const { return m_interrupted.get_token(); }

private:
    void watch();

    std::stop_source m_interrupted;
    int m_signals = -1; ///< delivers the signals as readable data
    int m_end = -1;     ///< becomes readable when the watcher ends
    std::thread m_thread;
};

} // namespace phial::cli
