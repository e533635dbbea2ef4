// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace phial::compare {

/// How far a model's next-token distributions are from those of a reference model behind the same
/// text. A value type; one thread.
class Divergence {
public:
    /// One position: the logits of both models and the token that really follows.
    void add(std::span<const float> reference, std::span<const float> candidate, std::int32_t next);

    Divergence& operator+=(const Divergence& other);

    std::int64_t positions() const { return static_cast<std::int64_t>(m_divergences.size()); }

    /// KL(reference || candidate) in nats: mean over positions, and its quantile (nearest rank).
    /// 0 without positions.
    double meanKl() const;
    double quantileKl(double share) const;

    /// Share of positions whose most likely token is the same.
    double agreement() const;

    /// exp of the mean negative log-probability of the tokens that really follow.
    double perplexity() const;
    double referencePerplexity() const;

private:
    double mean(double sum) const;

    std::vector<double> m_divergences;
    std::int64_t m_agreeing = 0;
    double m_surprise = 0; ///< sums of -log p(next), in nats
    double m_referenceSurprise = 0;
};

} // namespace phial::compare
