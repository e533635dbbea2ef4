// SPDX-License-Identifier: MIT
#include "inference/engine/stop_matcher.h"

#include <algorithm>
#include <utility>

namespace phial {
namespace {

bool isContinuation(char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U;
}

} // namespace

StopMatcher::StopMatcher(std::vector<std::string> stops)
    : m_stops(std::move(stops)) {
    std::erase_if(m_stops, [](const std::string& stop) { return stop.empty(); });
}

std::string StopMatcher::push(std::string_view text) {
    if (m_matched) {
        return {};
    }
    m_held += text;
    std::size_t match = std::string::npos;
    for (const std::string& stop : m_stops) {
        match = std::min(match, m_held.find(stop));
    }
    if (match != std::string::npos) {
        m_matched = true;
        return std::exchange(m_held, {}).substr(0, match);
    }
    // The earliest place from where the rest is the beginning of a stop string.
    std::size_t keepFrom = m_held.size();
    for (const std::string& stop : m_stops) {
        const std::size_t longest = std::min(stop.size() - 1, m_held.size());
        for (std::size_t size = longest; size > 0; --size) {
            if (m_held.compare(m_held.size() - size, size, stop, 0, size) == 0) {
                keepFrom = std::min(keepFrom, m_held.size() - size);
                break;
            }
        }
    }
    // A stop string given as cut UTF-8 must not cut a character of the answer.
    while (keepFrom > 0 && keepFrom < m_held.size() && isContinuation(m_held[keepFrom])) {
        --keepFrom;
    }
    std::string ready = m_held.substr(0, keepFrom);
    m_held.erase(0, keepFrom);
    return ready;
}

std::string StopMatcher::finish() {
    return m_matched ? std::string() : std::exchange(m_held, {});
}

} // namespace phial
