// SPDX-License-Identifier: MIT
#include "inference/engine/prompt_lookup.h"

namespace phial {

PromptLookup::PromptLookup(std::span<const std::int32_t> prompt) {
    m_ids.reserve(prompt.size());
    for (std::size_t length = kShortest; length <= kLongest; ++length) {
        m_behind.at(length).reserve(prompt.size());
    }
    for (const std::int32_t id : prompt) {
        push(id);
    }
}

std::uint64_t PromptLookup::lastTokens(std::size_t length) const {
    // Vocabularies have less than 2^21 tokens, so three ids have a key of their own.
    static_assert(kLongest == 3);
    std::uint64_t key = 0;
    for (std::size_t i = m_ids.size() - length; i < m_ids.size(); ++i) {
        key = key << 21U | static_cast<std::uint32_t>(m_ids[i]);
    }
    return key;
}

void PromptLookup::push(std::int32_t id) {
    // Only now does something follow the tokens before.
    for (std::size_t length = kShortest; length <= kLongest; ++length) {
        if (m_ids.size() >= length) {
            m_behind.at(length)[lastTokens(length)] = m_ids.size();
        }
    }
    m_ids.push_back(id);
}

PromptLookup::Guess PromptLookup::guess(std::size_t count) const {
    for (std::size_t length = kLongest; length >= kShortest; --length) {
        if (m_ids.size() < length) {
            continue;
        }
        const auto found = m_behind.at(length).find(lastTokens(length));
        if (found == m_behind.at(length).end()) {
            continue;
        }
        Guess guess{.ids = {}, .matched = length};
        for (std::size_t i = found->second; guess.ids.size() < count; ++i) {
            guess.ids.push_back(i < m_ids.size() ? m_ids[i] : guess.ids[i - m_ids.size()]);
        }
        return guess;
    }
    return {};
}

} // namespace phial
