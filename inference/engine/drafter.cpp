// SPDX-License-Identifier: MIT
#include "inference/engine/drafter.h"

#include "inference/base/error.h"

#include <algorithm>

namespace phial {
namespace {

// Before anything is known: reading the weights is most of a step.
constexpr double kGuessedGrowth = 1.2;
// Contexts grow and machines become busy: what was least rises a little with every step.
constexpr double kForgetting = 1.02;
// About the last 30 guessed tokens count.
constexpr double kKept = 0.97;

std::size_t indexOf(std::size_t width) {
    const auto found = std::find(kStepWidths.begin(), kStepWidths.end(), width);
    check(found != kStepWidths.end(), "a step of a width that is none");
    return static_cast<std::size_t>(found - kStepWidths.begin());
}

} // namespace

void StepCosts::add(std::size_t width, double seconds) {
    Cost& cost = m_costs.at(indexOf(width));
    const double one = m_costs[0].least;
    if (++cost.steps > 1 && (width == 1 || one > 0)) {
        const double now = width == 1 ? seconds : seconds / one;
        cost.least = cost.least > 0 ? std::min(cost.least * kForgetting, now) : now;
    }
}

double StepCosts::ratio(std::size_t width) const {
    const std::size_t last = indexOf(width);
    double ratio = 1;
    double growth = kGuessedGrowth;
    for (std::size_t i = 1; i <= last; ++i) {
        const double least = m_costs.at(i).least;
        const double next = std::max(ratio, least > 0 ? least : ratio * growth);
        growth = next / ratio;
        ratio = next;
    }
    return ratio;
}

Drafter::Drafter(std::span<const std::int32_t> prompt, Drafts drafts, const StepCosts& costs)
    : m_drafts(drafts)
    , m_costs(costs)
    , m_lookup(drafts == Drafts::Off ? std::span<const std::int32_t>() : prompt) {}

void Drafter::push(std::int32_t id) {
    if (m_drafts == Drafts::Off) {
        return;
    }
    if (m_judged < m_guess.ids.size()) {
        Share& share = m_shares.at(m_guess.matched);
        const bool right = m_guess.ids[m_judged] == id;
        share.right = kKept * share.right + (right ? 1 : 0);
        share.all = kKept * share.all + 1;
        m_judged = right ? m_judged + 1 : m_guess.ids.size();
    }
    m_lookup.push(id);
}

/// Of the widths up to `widest` the one that promises most tokens for its cost.
std::size_t Drafter::widthFor(std::size_t widest) const {
    const Share& share = m_shares.at(m_guess.matched);
    const double right = share.right / share.all;
    if (m_drafts == Drafts::Auto && right < kLeastShare) {
        return 1;
    }
    std::size_t best = 1;
    double bestGain = kLeastGain;
    double expected = 1; // tokens of a step: one, and each guess if all before it are right
    double chance = 1;
    std::size_t tokens = 1;
    for (const std::size_t width : kStepWidths) {
        if (width > widest) {
            break;
        }
        for (; tokens < width; ++tokens) {
            chance *= right;
            expected += chance;
        }
        const double gain = expected / m_costs.ratio(width);
        if (width > 1 && (m_drafts == Drafts::Always || gain > bestGain)) {
            best = width;
            bestGain = gain;
        }
    }
    return best;
}

std::span<const std::int32_t> Drafter::draft(std::size_t room) {
    if (m_drafts == Drafts::Off) {
        return {};
    }
    m_guess = m_lookup.guess(kStepWidths.back() - 1);
    m_judged = 0;
    return std::span<const std::int32_t>(m_guess.ids)
        .first(widthFor(std::min(room, m_guess.ids.size()) + 1) - 1);
}

} // namespace phial
