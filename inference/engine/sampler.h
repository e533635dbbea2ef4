// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "inference/models/phi4_decoder.h"
#include "inference/ops/sample.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <random>
#include <span>
#include <unordered_set>
#include <vector>

namespace phial {

/// A token and its probability after all filters.
struct Candidate {
    std::int32_t id = 0;
    double probability = 0;
};

struct SampledToken {
    std::int32_t id = 0;
    float logProbability = 0; ///< natural logarithm, under the unmodified distribution
};

/// Chooses the next token from logits on the host. The filters work in this order: repetition
/// penalty (each id seen once counts: positive logits are divided by it, others multiplied),
/// temperature, top-k, top-p (the smallest set of most likely tokens that reaches p), min-p
/// (relative to the most likely one); what is left is drawn from in proportion. Ties go to the
/// smaller id. Tokens with less than 2^-30 of the most likely one's probability are not drawn.
/// Probabilities are whole numbers and the rules those of ops::sample(), so that the
/// device draws the same token. Same seed and logits: same choice. One thread.
class Sampler {
public:
    /// Throws Error{InvalidArgument} naming the setting that is out of its range.
    Sampler(const Sampling& sampling, std::span<const std::int32_t> promptIds);

    /// Picks a token and remembers it for the repetition penalty. Throws Error{Internal} when no
    /// logit is finite.
    SampledToken next(std::span<const float> logits);

    /// Whether next() takes the likeliest token of the unmodified distribution, which take() then
    /// can be given instead of all logits.
    bool takesLikeliest() const {
        return m_sampling.temperature == 0.0F && m_sampling.repetitionPenalty == 1.0F;
    }

    /// next() for a token that the device found or drew. Throws Error{Internal} when it found none.
    static SampledToken take(const models::BestToken& best);

    /// Whether next() can be left to the device, which is given draws() in place of it.
    bool canDrawOnDevice() const {
        return m_sampling.temperature > 0.0F && m_sampling.repetitionPenalty == 1.0F;
    }

    /// Settings and random numbers for the next `count` tokens, which take() then is given. They
    /// stay the next ones until drawn() is called for each token that is taken, so that guesses
    /// which come to nothing use up none.
    std::vector<ops::Draw> draws(std::size_t count);

    /// A token was taken that the device drew.
    void drawn() { m_ahead.pop_front(); }

    /// The distribution that next() would draw from, in the order in which it draws: by id; one
    /// entry when greedy.
    std::vector<Candidate> candidates(std::span<const float> logits) const;

private:
    struct Weighed {
        std::int32_t id;
        float logit;
        std::uint64_t weight;
    };

    std::vector<Weighed> weighed(std::span<const float> penalisedLogits) const;
    std::span<const float> penalised(std::span<const float> logits) const;

    Sampling m_sampling;
    ops::Draw m_draw;                        ///< all but its random number
    std::unordered_set<std::int32_t> m_seen; ///< empty without a penalty
    mutable std::vector<float> m_penalised;  ///< scratch
    std::mt19937_64 m_random;
    std::deque<std::uint32_t> m_ahead; ///< random numbers of the next tokens
};

} // namespace phial
