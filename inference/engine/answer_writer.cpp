// SPDX-License-Identifier: MIT
#include "inference/engine/answer_writer.h"

#include <utility>

namespace phial {

AnswerWriter::AnswerWriter(const text::Tokenizer& tokenizer, std::vector<std::string> stops,
                           const std::function<bool(std::string_view)>& onText)
    : m_detokenizer(tokenizer)
    , m_matcher(std::move(stops))
    , m_onText(onText) {}

AnswerWriter::State AnswerWriter::emit(const std::string& piece) {
    if (!piece.empty() && !m_refused) {
        m_text += piece;
        m_refused = m_onText && !m_onText(piece);
    }
    return m_refused ? State::Refused : m_matcher.matched() ? State::Stopped : State::Open;
}

AnswerWriter::State AnswerWriter::push(std::int32_t id) {
    return emit(m_matcher.push(m_detokenizer.push(id)));
}

AnswerWriter::State AnswerWriter::finish() {
    const std::string certain = m_matcher.push(m_detokenizer.flush());
    return emit(certain + m_matcher.finish());
}

} // namespace phial
