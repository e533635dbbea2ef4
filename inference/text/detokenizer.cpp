// SPDX-License-Identifier: MIT
#include "inference/text/detokenizer.h"

#include "inference/text/utf8.h"

namespace phial::text {

Detokenizer::Detokenizer(const Tokenizer& tokenizer, SpecialTokens special)
    : m_tokenizer(&tokenizer)
    , m_special(special) {}

std::string Detokenizer::push(TokenId id) {
    if (m_special == SpecialTokens::Skip && m_tokenizer->isSpecial(id)) {
        return {};
    }
    std::string_view bytes = m_tokenizer->bytes(id);
    if (bytes.empty()) {
        return {};
    }
    if (m_atStart && bytes.front() == ' ' &&
        m_tokenizer->firstSpace() == Tokenizer::FirstSpace::Marker) {
        bytes.remove_prefix(1);
    }
    m_atStart = false;
    m_pending += bytes;
    return takeCertainText();
}

std::string Detokenizer::flush() {
    std::string rest;
    if (!m_pending.empty()) {
        rest = kReplacementCharacter; // one for the whole unfinished character
    }
    m_pending.clear();
    m_atStart = true;
    return rest;
}

std::string Detokenizer::takeCertainText() {
    std::string text;
    std::string_view rest = m_pending;
    while (!rest.empty()) {
        const Utf8Char character = readUtf8(rest);
        if (character.status == Utf8Char::Status::Truncated) {
            break;
        }
        text += character.status == Utf8Char::Status::Valid ? rest.substr(0, character.size)
                                                            : kReplacementCharacter;
        rest.remove_prefix(character.size);
    }
    m_pending.erase(0, m_pending.size() - rest.size());
    return text;
}

std::string decode(const Tokenizer& tokenizer, std::span<const TokenId> ids,
                   SpecialTokens special) {
    Detokenizer detokenizer(tokenizer, special);
    std::string text;
    for (const TokenId id : ids) {
        text += detokenizer.push(id);
    }
    return text + detokenizer.flush();
}

} // namespace phial::text
