// SPDX-License-Identifier: MIT
#include "app/tasks/spoken_answer.h"

#include <algorithm>

namespace phial::tasks {

bool CircleFinder::add(std::string_view piece) {
    const std::size_t at = m_pieces.size();
    m_pieces.emplace_back(piece);
    for (std::size_t run = 1; run <= std::min(kLongestRun, at); ++run) {
        std::size_t& same = m_same[run - 1];
        same = m_pieces[at] == m_pieces[at - run] ? same + 1 : 0;
        m_found = m_found || same + run >= std::max(kLeastRepeats * run, kLeastPieces);
    }
    return m_found;
}

SpokenAnswer answerSpoken(Engine& engine, const Request& request, const GenerationEvents& events,
                          const std::stop_token& stop) {
    SpokenAnswer answer;
    CircleFinder circles;
    GenerationEvents watched = events;
    watched.onText = [&](std::string_view piece) {
        const bool wanted = !events.onText || events.onText(piece);
        answer.circled = wanted && circles.add(piece);
        return wanted && !answer.circled;
    };
    answer.generation = engine.generate(request, watched, stop);
    answer.circled = answer.circled && !stop.stop_requested();
    if (answer.circled) {
        answer.generation.finishReason = FinishReason::EndOfTurn;
    }
    return answer;
}

} // namespace phial::tasks
