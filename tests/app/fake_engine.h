// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/error.h"
#include "inference/engine/engine.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace phial {

/// What the fake engine does with one request.
struct FakeAnswer {
    std::vector<std::string> pieces;
    std::optional<Error> error; ///< thrown after the pieces
    bool untilStopped = false;  ///< repeats its last piece until a stop is requested
    FinishReason finishReason = FinishReason::EndOfTurn;
};

/// Everything that a test and a fake engine share; it outlives the engine, which the code under
/// test owns.
class FakeEngineScript {
public:
    void answer(FakeAnswer answer) {
        const std::scoped_lock lock(m_mutex);
        m_answers.push_back(std::move(answer));
    }

    void answer(std::vector<std::string> pieces) {
        answer(FakeAnswer{.pieces = std::move(pieces)});
    }

    std::vector<Request> requests() const {
        const std::scoped_lock lock(m_mutex);
        return m_requests;
    }

    FakeAnswer take(const Request& request) {
        const std::scoped_lock lock(m_mutex);
        m_requests.push_back(request);
        if (m_answers.empty()) {
            return {.pieces = {"ok"}};
        }
        FakeAnswer next = std::move(m_answers.front());
        m_answers.pop_front();
        return next;
    }

    std::atomic<int> alive{0};      ///< engines that exist
    std::atomic<int> generating{0}; ///< calls of generate() that have begun and not ended

private:
    mutable std::mutex m_mutex;
    std::deque<FakeAnswer> m_answers;
    std::vector<Request> m_requests;
};

/// An engine that answers from a script, one token a piece.
class FakeEngine final : public Engine {
public:
    explicit FakeEngine(FakeEngineScript& script)
        : m_script(script) {
        ++m_script.alive;
    }

    ~FakeEngine() override { --m_script.alive; }

    FakeEngine(const FakeEngine&) = delete;
    FakeEngine& operator=(const FakeEngine&) = delete;

    EngineInfo info() const override {
        EngineInfo info;
        info.modelName = "fake";
        info.architecture = "phi4mm";
        info.hears = true;
        info.sees = true;
        info.contextTokens = 4096;
        info.deviceKind = gpu::DeviceKind::Software;
        info.deviceName = "Fake device";
        return info;
    }

    GenerationResult generate(const Request& request, const GenerationEvents& events,
                              std::stop_token stop) override {
        ++m_script.generating;

        const struct Leave {
            std::atomic<int>& count;

            ~Leave() { --count; }
        } leave{m_script.generating};

        const FakeAnswer answer = m_script.take(request);
        GenerationResult result;
        result.finishReason = answer.finishReason;
        result.usage.promptTokens = 7;
        const auto say = [&](const std::string& piece) {
            if (stop.stop_requested()) {
                result.finishReason = FinishReason::Cancelled;
                return false;
            }
            result.text += piece;
            result.tokenIds.push_back(static_cast<std::int32_t>(result.tokenIds.size()));
            ++result.usage.completionTokens;
            if (events.onText && !events.onText(piece)) {
                result.finishReason = FinishReason::Cancelled;
                return false;
            }
            return true;
        };
        if (events.onProgress) {
            events.onProgress({.stage = Progress::Stage::ReadingPrompt, .done = 7, .total = 7});
        }
        for (const std::string& piece : answer.pieces) {
            if (!say(piece)) {
                return result;
            }
        }
        if (answer.error) {
            throw Error(*answer.error);
        }
        while (answer.untilStopped && say(answer.pieces.back())) {
        }
        return result;
    }

    int textTokens(std::string_view text) const override { return static_cast<int>(text.size()); }

    int imageTokens(int /*width*/, int /*height*/) const override { return 545; }

    int audioTokens(double seconds) const override { return static_cast<int>(seconds * 12.5); }

private:
    FakeEngineScript& m_script;
};

} // namespace phial
