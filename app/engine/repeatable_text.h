// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace phial::app {

/// The text of a job that may have to be done over, because the graphics driver took the device
/// away: what was delivered before is not delivered again. One thread.
class RepeatableText {
public:
    /// The next piece of text; returns what of it is new. After restart() text that differs from
    /// what was delivered returns nothing and makes differs() true.
    std::string_view take(std::string_view piece) {
        const std::size_t known = m_delivered.size() - m_position;
        const std::string_view again = piece.substr(0, known);
        if (m_delivered.compare(m_position, again.size(), again) != 0) {
            m_differs = true;
        }
        if (m_differs) {
            return {};
        }
        m_position += again.size();
        const std::string_view fresh = piece.substr(again.size());
        m_delivered += fresh;
        m_position += fresh.size();
        return fresh;
    }

    /// The job begins anew.
    void restart() { m_position = 0; }

    bool differs() const { return m_differs; }

private:
    std::string m_delivered;
    std::size_t m_position = 0; ///< of the current run within it
    bool m_differs = false;
};

} // namespace phial::app
