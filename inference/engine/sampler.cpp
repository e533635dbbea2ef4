// SPDX-License-Identifier: MIT
#include "inference/engine/sampler.h"

#include "inference/base/error.h"
#include "shaders/include/sample_weight.h"

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

// As on the device: smaller ones, infinities and NaN do not take part.
constexpr float kNothing = -3.4e38F;

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

/// The settings as the device reads them.
ops::Draw drawOf(const Sampling& s) {
    ops::Draw draw;
    constexpr double kLog2E = 1.4426950408889634;
    draw.scale =
        s.temperature > 0
            ? static_cast<float>(std::min(1e30, kLog2E / static_cast<double>(s.temperature)))
            : 0;
    draw.topK = static_cast<std::uint32_t>(s.topK);
    const double share = std::ceil(static_cast<double>(s.topP) * 0x1p16);
    draw.topP = share < 0x1p16 ? static_cast<std::uint32_t>(share) : 0;
    const double least = std::ceil(static_cast<double>(s.minP) * 0x1p30);
    draw.leastWeight = std::max(1U, static_cast<std::uint32_t>(least));
    return draw;
}

/// Orders by likelihood.
constexpr auto kLikelier = [](const auto& a, const auto& b) {
    return a.logit != b.logit ? a.logit > b.logit : a.id < b.id;
};

std::uint64_t sumOf(const auto& list) {
    std::uint64_t sum = 0;
    for (const auto& token : list) {
        sum += token.weight;
    }
    return sum;
}

/// Leaves the smallest set of most likely tokens that has at least the part share / 2^16. Orders
/// only as many as are needed: a full sort of 200,000 would cost as much as a token on a fast
/// device.
void keepTopP(auto& list, std::uint64_t share) {
    const std::uint64_t wanted = (sumOf(list) * share + 0xffffU) >> 16U;
    std::uint64_t reached = 0;
    std::size_t kept = 0;
    std::size_t ordered = 0;
    while (kept < list.size() && reached < wanted) {
        if (kept == ordered) {
            ordered = std::min(list.size(), ordered == 0 ? 64 : 8 * ordered);
            const auto from = list.begin() + static_cast<std::ptrdiff_t>(kept);
            std::partial_sort(from, list.begin() + static_cast<std::ptrdiff_t>(ordered), list.end(),
                              kLikelier);
        }
        reached += list[kept++].weight;
    }
    list.erase(list.begin() + static_cast<std::ptrdiff_t>(kept), list.end());
}

} // namespace

Sampler::Sampler(const Sampling& sampling, std::span<const std::int32_t> promptIds)
    : m_sampling(sampling)
    , m_random(sampling.seed) {
    checkRanges(sampling);
    m_draw = drawOf(sampling);
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

/// What is drawn from, by id.
std::vector<Sampler::Weighed> Sampler::weighed(std::span<const float> logits) const {
    const float best = logits[static_cast<std::size_t>(likeliest(logits))];
    std::vector<Weighed> list;
    list.reserve(logits.size());
    for (std::size_t i = 0; i < logits.size(); ++i) {
        if (logits[i] > kNothing) {
            list.push_back({static_cast<std::int32_t>(i), logits[i],
                            params::sampleWeight(logits[i], best, m_draw.scale)});
        }
    }
    if (m_draw.topK > 0 && m_draw.topK < list.size()) {
        const auto end = list.begin() + m_draw.topK;
        std::nth_element(list.begin(), end, list.end(), kLikelier);
        list.erase(end, list.end());
    }
    if (m_draw.topP > 0) {
        keepTopP(list, m_draw.topP);
    }
    std::erase_if(list, [&](const Weighed& token) { return token.weight < m_draw.leastWeight; });
    std::sort(list.begin(), list.end(),
              [](const Weighed& a, const Weighed& b) { return a.id < b.id; });
    return list;
}

std::vector<Candidate> Sampler::candidates(std::span<const float> modelLogits) const {
    const std::span<const float> logits = penalised(modelLogits);
    if (m_sampling.temperature == 0.0F) {
        return {{likeliest(logits), 1.0}};
    }
    const std::vector<Weighed> list = weighed(logits);
    const auto sum = static_cast<double>(sumOf(list));
    std::vector<Candidate> result;
    result.reserve(list.size());
    for (const Weighed& token : list) {
        result.push_back({token.id, static_cast<double>(token.weight) / sum});
    }
    return result;
}

std::vector<ops::Draw> Sampler::draws(std::size_t count) {
    while (m_ahead.size() < count) {
        m_ahead.push_back(static_cast<std::uint32_t>(m_random() >> 32U));
    }
    std::vector<ops::Draw> draws(count, m_draw);
    for (std::size_t i = 0; i < count; ++i) {
        draws[i].random = m_ahead[i];
    }
    return draws;
}

SampledToken Sampler::take(const models::BestToken& best) {
    check(best.id >= 0 && std::isfinite(best.logit) && std::isfinite(best.logSumExp),
          "the logits of the next token are not finite");
    return {best.id, best.logit - best.logSumExp};
}

SampledToken Sampler::next(std::span<const float> logits) {
    const std::span<const float> changed = penalised(logits);
    std::int32_t chosen = -1;
    if (m_sampling.temperature == 0.0F) {
        chosen = likeliest(changed);
    } else {
        const std::vector<Weighed> list = weighed(changed);
        const std::uint64_t random = draws(1).front().random;
        drawn();
        const std::uint64_t sum = sumOf(list);
        // floor(random * sum / 2^32) of numbers whose product has more than 64 bits
        std::uint64_t at = random * (sum >> 32U) + (random * (sum & 0xffffffffU) >> 32U);
        auto token = list.begin();
        while (at >= token->weight) {
            at -= token->weight;
            ++token;
        }
        chosen = token->id;
    }
    if (m_sampling.repetitionPenalty != 1.0F) {
        m_seen.insert(chosen);
    }
    const double logit = logits[static_cast<std::size_t>(chosen)];
    return {chosen, static_cast<float>(logit - logSumExp(logits))};
}

} // namespace phial
