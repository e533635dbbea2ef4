// SPDX-License-Identifier: MIT
#include "inference/reference/sample.h"

#include "shaders/include/sample_weight.h"

#include <algorithm>
#include <vector>

namespace phial::reference {
namespace {

struct Token {
    std::int32_t id;
    float logit;
    std::uint64_t weight;
};

} // namespace

std::int32_t sample(const SampleInputs& in) {
    std::vector<Token> tokens;
    for (std::size_t i = 0; i < in.logits.size(); ++i) {
        if (in.logits[i] > -3.4e38F) {
            tokens.push_back({static_cast<std::int32_t>(i), in.logits[i], 0});
        }
    }
    if (tokens.empty()) {
        return -1;
    }
    std::stable_sort(tokens.begin(), tokens.end(),
                     [](const Token& a, const Token& b) { return a.logit > b.logit; });
    if (in.topK > 0 && in.topK < tokens.size()) {
        tokens.resize(in.topK);
    }
    std::uint64_t total = 0;
    for (Token& token : tokens) {
        token.weight = params::sampleWeight(token.logit, tokens.front().logit, in.scale);
        total += token.weight;
    }
    if (in.topP > 0) {
        const std::uint64_t wanted = (total * in.topP + 0xffff) >> 16U;
        std::size_t kept = 0;
        for (std::uint64_t reached = 0; reached < wanted; ++kept) {
            reached += tokens[kept].weight;
        }
        tokens.resize(kept);
    }
    std::erase_if(tokens, [&](const Token& token) { return token.weight < in.leastWeight; });
    std::sort(tokens.begin(), tokens.end(),
              [](const Token& a, const Token& b) { return a.id < b.id; });
    total = 0;
    for (const Token& token : tokens) {
        total += token.weight;
    }
    const std::uint64_t random = in.random;
    std::uint64_t at = random * (total >> 32U) + (random * (total & 0xffffffffU) >> 32U);
    for (const Token& token : tokens) {
        if (at < token.weight) {
            return token.id;
        }
        at -= token.weight;
    }
    return -1; // not reached: at < total
}

} // namespace phial::reference
