// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace phial::tasks {

/// Finds out while an answer is written that it only says the same over and over: a run of up to
/// kLongestRun pieces of text (tokens) that follows itself kLeastRepeats times and fills
/// kLeastPieces. Nobody speaks so; a list of numbers that is read out stays below it. Sees each
/// piece once; meetings::repeatsItself, which is stricter, judges the words of an answer that has
/// ended.
class CircleFinder {
public:
    static constexpr std::size_t kLongestRun = 32;
    static constexpr std::size_t kLeastRepeats = 6;
    static constexpr std::size_t kLeastPieces = 24;

    /// The next piece. True from the moment on at which the answer goes round in circles.
    bool add(std::string_view piece);

private:
    std::vector<std::string> m_pieces;
    /// [n]: how many pieces in a row are the same as n + 1 pieces before.
    std::vector<std::size_t> m_same = std::vector<std::size_t>(kLongestRun, 0);
    bool m_found = false;
};

struct SpokenAnswer {
    GenerationResult generation;
    bool circled = false; ///< it was stopped for that; the finish reason is EndOfTurn
};

/// Engine::generate() for a request that writes down, translates or sums up what is said: an
/// answer that goes round in circles is stopped instead of filling all of its room. Thread, events
/// and errors as there.
SpokenAnswer answerSpoken(Engine& engine, const Request& request, const GenerationEvents& events,
                          const std::stop_token& stop);

} // namespace phial::tasks
