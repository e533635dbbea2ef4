// SPDX-License-Identifier: MIT
#pragma once

#include <QObject>

#include <deque>
#include <functional>
#include <mutex>

class QSocketNotifier;

namespace phial::app {

/// Carries calls from worker threads into the thread that created it, in order, through that
/// thread's event loop. Unlike a queued signal, nothing is handed over inside Qt: all data passes
/// our own mutex, so ThreadSanitizer sees the whole hand-over without suppressions that would also
/// hide real races. Calls that have not run when it is destroyed are dropped.
class GuiInbox : public QObject {
    Q_OBJECT

public:
    explicit GuiInbox(QObject* parent = nullptr);
    ~GuiInbox() override;

    /// Any thread; never blocks for longer than another post().
    void post(std::function<void()> call);

private:
    void run();

    int m_wake = -1; ///< an eventfd: readable while calls wait
    QSocketNotifier* m_notifier = nullptr;
    std::mutex m_mutex;
    std::deque<std::function<void()>> m_calls; ///< guarded by m_mutex
};

} // namespace phial::app
