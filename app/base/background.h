// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/gui_inbox.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace phial::app {

/// Files and the like on one thread of its own, in order, with the results in the GUI thread.
/// Created, used and destroyed there.
class Background {
public:
    /// What the destructor does with work that has not begun.
    enum class AtEnd {
        Finish, ///< for what must not be lost: saving
        Drop,   ///< and work that runs is asked to stop: for what can be done again
    };

    /// What follows in the GUI thread; empty = nothing.
    using Then = std::function<void()>;
    using Work = std::function<Then(const std::stop_token&)>;

    explicit Background(AtEnd atEnd);
    ~Background();

    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    /// Work must not throw.
    void run(Work work);

    /// Asks the work that runs to stop and drops what waits.
    void clear();

private:
    void loop();

    const AtEnd m_atEnd;
    GuiInbox m_inbox;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    std::deque<Work> m_waiting; ///< guarded by m_mutex, as everything below
    std::stop_source m_stop;    ///< of the work that runs
    bool m_closing = false;
    std::jthread m_thread; ///< last member: joined before anything it uses dies
};

} // namespace phial::app
