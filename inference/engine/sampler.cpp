// SPDX-License-Identifier: MIT
#include "inference/engine/sampler.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace phial {
namespace {

void require(bool condition, const std::string& sentence) {
    if (!condition) {
        throw Error(ErrorCode::InvalidArgument, sentence);
    }
}

void checkRanges(const Sampling& s) {
    require(s.maxTokens > 0, "max tokens must be at least 1, got " + std::to_string(s.maxTokens));
    require(std::isfinite(s.temperature) && s.temperature >= 0,
            "temperature must be 0 or more, got " + std::to_string(s.temperature));
    require(s.topK >= 0, "top-k must be 0 (off) or more, got " + std::to_string(s.topK));
    require(s.topP > 0 && s.topP <= 1,
            "top-p must be above 0 and at most 1, got " + std::to_string(s.topP));
    require(s.minP >= 0 && s.minP < 1,
            "min-p must be at least 0 and below 1, got " + std::to_string(s.minP));
    require(std::isfinite(s.repetitionPenalty) && s.repetitionPenalty >= 1,
            "repetition penalty must be 1 (off) or more, got " +
                std::to_string(s.repetitionPenalty));
}

/// log(sum(exp(x))) in double; -inf and NaN entries count as impossible.
double logSumExp(std::span<const float> x) {
    double largest = -INFINITY;
    for (const float value : x) {
        if (value > largest) {
            largest = value;
        }
    }
    check(std::isfinite(largest), "the logits of the next token are not finite");
    double sum = 0;
    for (const float value : x) {
        if (!std::isnan(value)) {
            sum += std::exp(value - largest);
        }
    }
    return largest + std::log(sum);
}

bool likelier(const Candidate& a, const Candidate& b) {
    return a.probability != b.probability ? a.probability > b.probability : a.id < b.id;
}

/// The first id with the largest logit.
std::int32_t likeliest(std::span<const float> logits) {
    std::size_t best = logits.size();
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (!std::isnan(logits[i]) && (best == logits.size() || logits[i] > logits[best])) {
            best = i;
        }
    }
    check(best < logits.size() && std::isfinite(logits[best]),
          "the logits of the next token are not finite");
    return static_cast<std::int32_t>(best);
}

double sumOf(const std::vector<Candidate>& list) {
    double sum = 0;
    for (const Candidate& candidate : list) {
        sum += candidate.probability;
    }
    return sum;
}

/// Leaves the smallest set of most likely candidates that has at least the share `p`. Orders only
/// as many as are needed: a full sort of 200,000 would cost as much as a token on a fast device.
void keepTopP(std::vector<Candidate>& list, double p) {
    const double wanted = p * sumOf(list);
    double reached = 0;
    std::size_t kept = 0;
    std::size_t ordered = 0;
    while (kept < list.size() && reached < wanted) {
        if (kept == ordered) {
            ordered = std::min(list.size(), ordered == 0 ? 64 : 8 * ordered);
            const auto from = list.begin() + static_cast<std::ptrdiff_t>(kept);
            std::partial_sort(from, list.begin() + static_cast<std::ptrdiff_t>(ordered), list.end(),
                              likelier);
        }
        reached += list[kept++].probability;
    }
    list.resize(std::max<std::size_t>(kept, 1));
}

} // namespace

Sampler::Sampler(const Sampling& sampling, std::span<const std::int32_t> promptIds)
    : m_sampling(sampling)
    , m_random(sampling.seed) {
    checkRanges(sampling);
    if (sampling.repetitionPenalty != 1.0F) {
        m_seen.insert(promptIds.begin(), promptIds.end());
    }
}

std::span<const float> Sampler::penalised(std::span<const float> logits) const {
    if (m_seen.empty()) {
        return logits;
    }
    m_penalised.assign(logits.begin(), logits.end());
    for (const std::int32_t id : m_seen) {
        float& logit = m_penalised.at(static_cast<std::size_t>(id));
        logit =
            logit > 0 ? logit / m_sampling.repetitionPenalty : logit * m_sampling.repetitionPenalty;
    }
    return m_penalised;
}

std::vector<Candidate> Sampler::candidates(std::span<const float> modelLogits) const {
    const std::span<const float> logits = penalised(modelLogits);
    const std::int32_t best = likeliest(logits);
    if (m_sampling.temperature == 0.0F) {
        return {{best, 1.0}};
    }
    const double bestLogit = logits[static_cast<std::size_t>(best)];
    std::vector<Candidate> list;
    list.reserve(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (!std::isnan(logits[i])) {
            const double distance = static_cast<double>(logits[i]) - bestLogit;
            list.push_back({static_cast<std::int32_t>(i),
                            std::exp(distance / static_cast<double>(m_sampling.temperature))});
        }
    }
    const auto topK = static_cast<std::size_t>(m_sampling.topK);
    if (topK > 0 && topK < list.size()) {
        const auto end = list.begin() + m_sampling.topK;
        std::nth_element(list.begin(), end, list.end(), likelier);
        list.erase(end, list.end());
    }
    if (m_sampling.topP < 1.0F) {
        keepTopP(list, static_cast<double>(m_sampling.topP));
    }
    // The best one has the weight 1.
    const double least = static_cast<double>(m_sampling.minP);
    std::erase_if(list, [least](const Candidate& c) { return c.probability < least; });
    const double sum = sumOf(list);
    for (Candidate& candidate : list) {
        candidate.probability /= sum;
    }
    return list;
}

SampledToken Sampler::take(const models::BestToken& best) {
    check(best.id >= 0 && std::isfinite(best.logit) && std::isfinite(best.logSumExp),
          "the logits of the next token are not finite");
    return {best.id, best.logit - best.logSumExp};
}

SampledToken Sampler::next(std::span<const float> logits) {
    const std::vector<Candidate> list = candidates(logits);
    std::int32_t chosen = list.front().id;
    if (list.size() > 1) {
        // 53 random bits: the same number on every platform, unlike std::uniform_real_distribution.
        double at = static_cast<double>(m_random() >> 11) * 0x1p-53;
        for (const Candidate& candidate : list) {
            chosen = candidate.id;
            at -= candidate.probability;
            if (at < 0) {
                break;
            }
        }
    }
    if (m_sampling.repetitionPenalty != 1.0F) {
        m_seen.insert(chosen);
    }
    const double logit = logits[static_cast<std::size_t>(chosen)];
    return {chosen, static_cast<float>(logit - logSumExp(logits))};
}

} // namespace phial
