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

} // namespace

Sampler::Sampler(const Sampling& sampling, std::span<const std::int32_t> promptIds)
    : m_sampling(sampling)
    , m_random(sampling.seed) {
    checkRanges(sampling);
    if (sampling.repetitionPenalty != 1.0F) {
        m_seen.insert(promptIds.begin(), promptIds.end());
    }
}

float Sampler::penalised(std::span<const float> logits, std::int32_t id) const {
    const float logit = logits[static_cast<std::size_t>(id)];
    if (m_sampling.repetitionPenalty == 1.0F || !m_seen.contains(id)) {
        return logit;
    }
    return logit > 0 ? logit / m_sampling.repetitionPenalty : logit * m_sampling.repetitionPenalty;
}

std::vector<Candidate> Sampler::candidates(std::span<const float> logits) const {
    std::vector<Candidate> list;
    list.reserve(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
        const auto id = static_cast<std::int32_t>(i);
        const float logit = penalised(logits, id);
        if (!std::isnan(logit)) {
            list.push_back({id, logit});
        }
    }
    const auto better = [](const Candidate& a, const Candidate& b) {
        return a.probability != b.probability ? a.probability > b.probability : a.id < b.id;
    };
    check(!list.empty(), "the logits of the next token are not finite");
    if (m_sampling.temperature == 0.0F) {
        const Candidate best = *std::min_element(list.begin(), list.end(), better);
        check(std::isfinite(best.probability), "the logits of the next token are not finite");
        return {{best.id, 1.0}};
    }
    if (m_sampling.topK > 0 && static_cast<std::size_t>(m_sampling.topK) < list.size()) {
        // Only the k best need an order: a full sort of 200,000 entries would cost as much as the
        // token itself on a fast device.
        std::partial_sort(list.begin(), list.begin() + m_sampling.topK, list.end(), better);
        list.resize(static_cast<std::size_t>(m_sampling.topK));
    } else {
        std::sort(list.begin(), list.end(), better);
    }
    const double best = list.front().probability;
    check(std::isfinite(best), "the logits of the next token are not finite");
    double sum = 0;
    for (Candidate& candidate : list) {
        candidate.probability =
            std::exp((candidate.probability - best) / static_cast<double>(m_sampling.temperature));
        sum += candidate.probability;
    }
    if (m_sampling.topP < 1.0F) {
        double reached = 0;
        std::size_t kept = 0;
        while (kept < list.size() && reached < static_cast<double>(m_sampling.topP) * sum) {
            reached += list[kept++].probability;
        }
        list.resize(std::max<std::size_t>(kept, 1));
    }
    const double least = static_cast<double>(m_sampling.minP) * list.front().probability;
    while (list.size() > 1 && list.back().probability < least) {
        list.pop_back();
    }
    sum = 0;
    for (const Candidate& candidate : list) {
        sum += candidate.probability;
    }
    for (Candidate& candidate : list) {
        candidate.probability /= sum;
    }
    return list;
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
