// SPDX-License-Identifier: MIT
#include "inference/compare/divergence.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>

namespace phial::compare {

namespace {

/// log of the sum of exp: what turns logits into log-probabilities. fp64, so that a vocabulary of
/// 200064 rounding errors stays far below what is measured.
double logNorm(std::span<const float> logits) {
    const double top = static_cast<double>(*std::max_element(logits.begin(), logits.end()));
    double sum = 0;
    for (const float logit : logits) {
        sum += std::exp(static_cast<double>(logit) - top);
    }
    return top + std::log(sum);
}

std::ptrdiff_t best(std::span<const float> logits) {
    return std::max_element(logits.begin(), logits.end()) - logits.begin();
}

} // namespace

void Divergence::add(std::span<const float> reference, std::span<const float> candidate,
                     std::int32_t next) {
    check(!reference.empty() && reference.size() == candidate.size(),
          "distributions over the same vocabulary");
    check(next >= 0 && next < std::ssize(reference), "a token of the vocabulary");
    const double referenceNorm = logNorm(reference);
    const double candidateNorm = logNorm(candidate);
    double divergence = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const double p = static_cast<double>(reference[i]) - referenceNorm;
        const double q = static_cast<double>(candidate[i]) - candidateNorm;
        divergence += std::exp(p) * (p - q);
    }
    // Never negative but for rounding.
    m_divergences.push_back(std::max(divergence, 0.0));
    m_agreeing += best(reference) == best(candidate) ? 1 : 0;
    const auto at = static_cast<std::size_t>(next);
    m_referenceSurprise += referenceNorm - static_cast<double>(reference[at]);
    m_surprise += candidateNorm - static_cast<double>(candidate[at]);
}

Divergence& Divergence::operator+=(const Divergence& other) {
    m_divergences.insert(m_divergences.end(), other.m_divergences.begin(),
                         other.m_divergences.end());
    m_agreeing += other.m_agreeing;
    m_surprise += other.m_surprise;
    m_referenceSurprise += other.m_referenceSurprise;
    return *this;
}

double Divergence::mean(double sum) const {
    return m_divergences.empty() ? 0 : sum / static_cast<double>(m_divergences.size());
}

double Divergence::meanKl() const {
    double sum = 0;
    for (const double divergence : m_divergences) {
        sum += divergence;
    }
    return mean(sum);
}

double Divergence::quantileKl(double share) const {
    if (m_divergences.empty()) {
        return 0;
    }
    std::vector<double> sorted = m_divergences;
    std::sort(sorted.begin(), sorted.end());
    const double rank = std::ceil(share * static_cast<double>(sorted.size()));
    const auto index = static_cast<std::size_t>(std::max(rank, 1.0)) - 1;
    return sorted[std::min(index, sorted.size() - 1)];
}

double Divergence::agreement() const {
    return mean(static_cast<double>(m_agreeing));
}

double Divergence::perplexity() const {
    return std::exp(mean(m_surprise));
}

double Divergence::referencePerplexity() const {
    return std::exp(mean(m_referenceSurprise));
}

} // namespace phial::compare
