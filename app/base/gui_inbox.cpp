// SPDX-License-Identifier: MIT
#include "app/base/gui_inbox.h"

#include "inference/base/error.h"

#include <QSocketNotifier>

#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace phial::app {

GuiInbox::GuiInbox(QObject* parent)
    : QObject(parent)
    , m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    check(m_wake >= 0, "no file descriptor left for waking the event loop");
    m_notifier = new QSocketNotifier(m_wake, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &GuiInbox::run);
}

GuiInbox::~GuiInbox() {
    delete m_notifier; // before its descriptor is closed
    ::close(m_wake);
}

void GuiInbox::post(std::function<void()> call) {
    {
        const std::scoped_lock lock(m_mutex);
        m_calls.push_back(std::move(call));
    }
    // Fails only when the counter is full, and then the loop is awake anyway.
    [[maybe_unused]] const int written = ::eventfd_write(m_wake, 1);
}

void GuiInbox::run() {
    eventfd_t count = 0;
    ::eventfd_read(m_wake, &count);
    std::function<void()> call;
    {
        const std::scoped_lock lock(m_mutex);
        if (m_calls.empty()) {
            return;
        }
        call = std::move(m_calls.front());
        m_calls.pop_front();
        if (!m_calls.empty()) {
            // One call a turn: a dialog that runs its own event loop inside the call gets the next
            // one, still in order.
            [[maybe_unused]] const int written = ::eventfd_write(m_wake, 1);
        }
    }
    call(); // may destroy this object
}

} // namespace phial::app
