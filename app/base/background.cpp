// SPDX-License-Identifier: MIT
#include "app/base/background.h"

#include <utility>

namespace phial::app {

Background::Background(AtEnd atEnd)
    : m_atEnd(atEnd)
    , m_thread([this] { loop(); }) {}

Background::~Background() {
    const std::scoped_lock lock(m_mutex);
    m_closing = true;
    if (m_atEnd == AtEnd::Drop) {
        m_waiting.clear();
        m_stop.request_stop();
    }
    m_wake.notify_one();
}

void Background::run(Work work) {
    {
        const std::scoped_lock lock(m_mutex);
        m_waiting.push_back(std::move(work));
    }
    m_wake.notify_one();
}

void Background::clear() {
    const std::scoped_lock lock(m_mutex);
    m_waiting.clear();
    m_stop.request_stop();
}

void Background::loop() {
    while (true) {
        Work work;
        std::stop_token stop;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_closing || !m_waiting.empty(); });
            if (m_waiting.empty()) {
                return;
            }
            work = std::move(m_waiting.front());
            m_waiting.pop_front();
            m_stop = std::stop_source();
            stop = m_stop.get_token();
        }
        if (Then then = work(stop)) {
            m_inbox.post(std::move(then));
        }
    }
}

} // namespace phial::app
