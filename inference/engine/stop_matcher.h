// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace phial {

/// Watches streamed text for stop strings and never lets a part of one through: text that could be
/// the beginning of a stop string is held back until it is decided. One thread.
class StopMatcher {
public:
    /// Empty strings are ignored.
    explicit StopMatcher(std::vector<std::string> stops);

    /// Adds text; returns what may be shown now. After a match nothing more is returned.
    std::string push(std::string_view text);

    /// True once a stop string has appeared; the text before it has been returned in full.
    bool matched() const { return m_matched; }

    /// The end of the answer: returns what was held back (nothing after a match).
    std::string finish();

private:
    std::vector<std::string> m_stops;
    std::string m_held;
    bool m_matched = false;
};

} // namespace phial
