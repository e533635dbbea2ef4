// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/answer_writer.h"
#include "inference/engine/conversation_state.h"
#include "inference/engine/drafter.h"
#include "inference/engine/engine.h"
#include "inference/engine/media_encoder.h"
#include "inference/engine/prompt_plan.h"
#include "inference/engine/sampler.h"
#include "inference/models/phi4_model.h"
#include "inference/text/tokenizer.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <tuple>
#include <unordered_set>
#include <vector>

namespace phial {

/// What loadEngine() puts together.
struct Phi4Parts {
    std::unique_ptr<gpu::Device> device;
    std::unique_ptr<const text::Tokenizer> tokenizer;
    std::unique_ptr<models::Phi4Model> model;
    std::string modelName;
    std::vector<std::string> adapters; ///< names of the user's, in the order of their weights
    std::uint64_t predictedBytes = 0;  ///< of device memory, see EngineInfo
    bool drawOnDevice = false; ///< whether the device draws tokens, where the settings allow it
    std::string deviceNotice;  ///< a sentence about kernels that were refused, or empty
};

/// The engine for checkpoints of the Phi-4 family. Threads: as Engine.
class Phi4Engine final : public Engine {
public:
    explicit Phi4Engine(Phi4Parts parts);

    EngineInfo info() const override;
    GenerationResult generate(const Request& request, const GenerationEvents& events,
                              std::stop_token stop) override;
    int textTokens(std::string_view text) const override;
    int imageTokens(int width, int height) const override;
    int audioTokens(double seconds) const override;

    /// Runs one token through every kernel of the decoder, so that the first answer does not wait
    /// for pipelines. Throws Error{Cancelled}.
    void warmUp(std::stop_token stop);

    const gpu::Device& device() const { return *m_parts.device; }

    /// The parts of a loaded engine, for measurements that run the networks themselves
    /// (inference/compare). Borrowed from the engine.
    struct Workbench {
        Phi4Parts& parts;
        MediaEncoder& media;
        const text::ChatTemplate& chatTemplate;
        const PromptRules& rules;
    };

    /// The engine forgets its conversation, because the caller may overwrite the cache.
    Workbench workbench() {
        m_state.clear();
        return {m_parts, m_mediaEncoder, m_chatTemplate, m_rules};
    }

private:
    class Run; ///< one call of generate(); phi4_engine.cpp

    void checkFits(const PromptPlan& plan) const;

    /// Whether a step of these tokens gives each the bits that it has alone; found out once for
    /// each adapter and number of tokens. `position` is about to be run.
    bool columnsAgree(std::span<const std::int32_t> ids, std::int64_t position,
                      models::DecoderMode mode, const std::stop_token& stop);

    Phi4Parts m_parts; ///< first: everything below uses it
    text::ChatTemplate m_chatTemplate;
    PromptRules m_rules;
    std::unordered_set<std::int32_t> m_endTokens;
    MediaEncoder m_mediaEncoder;
    ConversationState m_state;
    StepCosts m_stepCosts;
    std::map<std::tuple<models::Adapter, int, std::size_t>, bool> m_columnsAgree;
};

} // namespace phial
