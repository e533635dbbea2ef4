// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace phial {

/// Guesses how a text goes on: its last tokens are looked up in all that came before, and what
/// followed them there is the guess. Good for what copies its input: summaries, corrections,
/// translations with names and numbers. No model, a few table entries a token. One thread.
class PromptLookup {
public:
    /// Most and fewest tokens that are looked up.
    static constexpr std::size_t kLongest = 3;
    static constexpr std::size_t kShortest = 2;

    struct Guess {
        std::vector<std::int32_t> ids; ///< empty when nothing was found
        std::size_t matched = 0;       ///< tokens that were found again
    };

    /// `prompt`: the text before, without what stands for pictures and sound.
    explicit PromptLookup(std::span<const std::int32_t> prompt);

    /// The text goes on with this token.
    void push(std::int32_t id);

    /// The `count` tokens behind the latest place where the last three tokens stood before, or else
    /// the last two. Where that place reaches the end of the text it goes on with itself, so that a
    /// text that repeats itself is guessed to do so for ever.
    Guess guess(std::size_t count) const;

private:
    /// The last `length` tokens as a key.
    std::uint64_t lastTokens(std::size_t length) const;

    std::vector<std::int32_t> m_ids;
    /// By length: the place behind the latest run of such tokens that something follows.
    std::array<std::unordered_map<std::uint64_t, std::size_t>, kLongest + 1> m_behind;
};

} // namespace phial
