// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "inference/engine/prompt_lookup.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace phial {

/// Numbers of tokens that a step is made for: powers of two, as the shaders for few rows are.
inline constexpr std::array<std::size_t, 4> kStepWidths = {1, 2, 4, 8};

/// What steps of several tokens cost on a device with a model, learnt while they are run. One
/// thread.
class StepCosts {
public:
    /// A step of so many tokens, one of kStepWidths, took so long. The first of a width does not
    /// count: it compiles and records.
    void add(std::size_t width, double seconds);

    /// Its time in steps of one token, never less than that of a narrower one. What was not
    /// measured yet is guessed from the widths below: growing as they do, so that a device which
    /// gains nothing from two tokens is not asked for eight.
    double ratio(std::size_t width) const;

private:
    struct Cost {
        int steps = 0;
        /// The least of late, 0 = not known: seconds of a step of one token; of others times as
        /// many as that took then, because a machine may have become slower since.
        double least = 0;
    };

    std::array<Cost, kStepWidths.size()> m_costs;
};

/// Decides which tokens are guessed and verified together with the next one while one answer is
/// written. Guesses are judged whether they are run or not, so it costs nothing to find out that a
/// text does not copy: a guess is run where its share of right ones so far, by the number of tokens
/// that were found again, promises more tokens than the wider step costs. One thread.
class Drafter {
public:
    /// Room for errors of both figures.
    static constexpr double kLeastGain = 1.05;
    /// Of right guesses, whatever wider steps are said to cost: clocks of busy machines err.
    static constexpr double kLeastShare = 0.3;

    /// `prompt`: its text without media. `costs` outlives the object.
    Drafter(std::span<const std::int32_t> prompt, Drafts drafts, const StepCosts& costs);

    /// The next token was chosen.
    void push(std::int32_t id);

    /// Tokens to run behind the last one that was pushed: 0, 1, 3 or 7, at most `room`. Valid until
    /// the next call.
    std::span<const std::int32_t> draft(std::size_t room);

private:
    /// Right ones among the guessed tokens of late, with one right and one wrong to begin with.
    struct Share {
        double right = 1;
        double all = 2;
    };

    std::size_t widthFor(std::size_t widest) const;

    Drafts m_drafts;
    const StepCosts& m_costs;
    PromptLookup m_lookup;
    PromptLookup::Guess m_guess;
    std::size_t m_judged = 0; ///< tokens of the guess that have come true
    std::array<Share, PromptLookup::kLongest + 1> m_shares;
};

} // namespace phial
