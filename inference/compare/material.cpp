// SPDX-License-Identifier: MIT
#include "inference/compare/material.h"

#include "inference/base/error.h"

#include <algorithm>
#include <utility>

namespace phial::compare {

namespace {

/// Tokens of a text that are read as one sequence; longer texts go in several, each from nothing.
constexpr std::size_t kWindow = 512;

} // namespace

PromptPlan planOf(Phi4Engine& engine, const Request& request) {
    const Phi4Engine::Workbench bench = engine.workbench();
    return planPrompt(request, bench.chatTemplate, bench.rules);
}

std::vector<std::int32_t> textIdsOf(Phi4Engine& engine, const Material& material, int tokens) {
    const text::Tokenizer& tokenizer = *engine.workbench().parts.tokenizer;
    std::vector<std::int32_t> ids = tokenizer.encodePlain(material.text);
    if (const auto start = tokenizer.startToken()) {
        ids.insert(ids.begin(), *start);
    }
    if (ids.size() < 2) {
        throw Error(ErrorCode::InvalidArgument,
                    material.name + " is too short to compare: it has fewer than two tokens");
    }
    ids.resize(std::min(ids.size(), static_cast<std::size_t>(tokens)));
    return ids;
}

GenerationResult answerOf(Phi4Engine& engine, const Material& material, int tokens,
                          const std::function<void(const Progress&)>& onProgress,
                          const std::stop_token& stop) {
    check(material.request.has_value(), "an answer to a request");
    Request request = *material.request;
    request.sampling.maxTokens = tokens;
    GenerationResult result =
        engine.generate(request, {.onProgress = onProgress, .onText = {}}, stop);
    if (result.finishReason == FinishReason::Cancelled) {
        throw Error(ErrorCode::Cancelled, "the comparison was stopped");
    }
    return result;
}

std::vector<Passage> passagesOf(Phi4Engine& engine, const Material& material,
                                const std::vector<std::int32_t>& ids) {
    std::vector<Passage> passages;
    if (material.request) {
        Passage passage;
        passage.plan = planOf(engine, *material.request);
        passage.scored = static_cast<std::int64_t>(passage.plan.ids.size());
        passage.plan.ids.insert(passage.plan.ids.end(), ids.begin(), ids.end());
        passages.push_back(std::move(passage));
        return passages;
    }
    const auto context =
        static_cast<std::size_t>(engine.workbench().parts.model->decoder().context());
    const std::size_t window = std::min(kWindow, context);
    for (std::size_t from = 0; from + 1 < ids.size(); from += window) {
        const auto begin = ids.begin() + static_cast<std::ptrdiff_t>(from);
        const auto count = static_cast<std::ptrdiff_t>(std::min(window, ids.size() - from));
        if (count > 1) {
            passages.push_back(textPassage({begin, begin + count}));
        }
    }
    return passages;
}

} // namespace phial::compare
