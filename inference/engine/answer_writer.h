// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "inference/engine/stop_matcher.h"
#include "inference/text/detokenizer.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace phial {

/// Turns generated ids into the streamed answer: complete UTF-8, nothing of a stop string. One
/// thread; the tokenizer and the callback outlive it.
class AnswerWriter {
public:
    AnswerWriter(const text::Tokenizer& tokenizer, std::vector<std::string> stops,
                 const std::function<bool(std::string_view)>& onText);

    enum class State {
        Open,    ///< more may follow
        Stopped, ///< a stop string appeared
        Refused, ///< the callback returned false
    };

    /// Adds a token and hands on the text that is certain.
    State push(std::int32_t id);

    /// Hands on what was held back for an unfinished character or stop string.
    State finish();

    /// Everything the callback received.
    const std::string& text() const { return m_text; }

private:
    State emit(const std::string& piece);

    text::Detokenizer m_detokenizer;
    StopMatcher m_matcher;
    const std::function<bool(std::string_view)>& m_onText;
    std::string m_text;
    bool m_refused = false;
};

} // namespace phial
