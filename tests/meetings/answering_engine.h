// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace phial::meetings {

/// An engine that answers with a function of the test, and hears a stop between two words. A token
/// is four bytes.
class AnsweringEngine final : public Engine {
public:
    using Answer = std::function<std::string(const Request&)>;

    explicit AnsweringEngine(Answer answer)
        : m_answer(std::move(answer)) {}

    EngineInfo info() const override {
        EngineInfo info;
        info.contextTokens = contextTokens;
        info.hears = hears;
        info.sees = sees;
        info.modelName = modelName;
        return info;
    }

    GenerationResult generate(const Request& request, const GenerationEvents& events,
                              std::stop_token stop) override {
        requests.push_back(request);
        const std::string all = m_answer(request);
        GenerationResult result;
        result.finishReason = finishReason;
        for (std::size_t at = 0; at < all.size();) {
            const std::size_t end = std::min(all.find(' ', at), all.size() - 1) + 1;
            if (onWord) {
                onWord();
            }
            if (stop.stop_requested()) {
                result.finishReason = FinishReason::Cancelled;
                return result;
            }
            const std::string word = all.substr(at, end - at);
            result.text += word;
            result.tokenIds.push_back(1);
            result.logProbabilities.push_back(std::log(0.5F));
            if (events.onText && !events.onText(word)) {
                result.finishReason = FinishReason::Cancelled;
                return result;
            }
            at = end;
        }
        return result;
    }

    int textTokens(std::string_view text) const override {
        return static_cast<int>(text.size() / 4);
    }

    int imageTokens(int /*width*/, int /*height*/) const override { return 0; }

    int audioTokens(double seconds) const override { return static_cast<int>(seconds * 12.5); }

    int contextTokens = 8192;
    bool hears = false;
    bool sees = false;
    std::string modelName = "answering";
    FinishReason finishReason = FinishReason::EndOfTurn;
    std::function<void()> onWord;
    std::vector<Request> requests;

private:
    Answer m_answer;
};

} // namespace phial::meetings
