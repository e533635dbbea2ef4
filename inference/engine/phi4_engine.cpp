// SPDX-License-Identifier: MIT
#include "inference/engine/phi4_engine.h"

#include "inference/base/error.h"
#include "inference/engine/step_clock.h"
#include "inference/preprocess/log_mel.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>
#include <optional>
#include <utility>

namespace phial {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point begin) {
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

PromptRules rulesOf(const weights::ModelConfig& config) {
    PromptRules rules;
    rules.hears = config.hears();
    rules.sees = config.sees();
    if (config.vision.has_value()) {
        rules.crops = {.cropSize = config.vision->cropSize,
                       .patchSize = config.vision->patchSize,
                       .maxCrops = config.vision->maxCrops};
    }
    return rules;
}

std::unordered_set<std::int32_t> endTokensOf(const weights::ModelConfig& config,
                                             const text::Tokenizer& tokenizer) {
    std::unordered_set<std::int32_t> ids(config.endTokens.begin(), config.endTokens.end());
    // Some configs list only one of the two.
    for (const std::string_view content : {"<|end|>", "<|endoftext|>"}) {
        if (const std::optional<text::TokenId> id = tokenizer.specialId(content)) {
            ids.insert(*id);
        }
    }
    return ids;
}

} // namespace

/// One answer: encode media, read the prompt, write tokens until something ends it.
class Phi4Engine::Run {
public:
    Run(Phi4Engine& engine, const Request& request, PromptPlan plan, const GenerationEvents& events,
        std::stop_token stop)
        : m_engine(engine)
        , m_decoder(engine.m_parts.model->decoder())
        , m_sampling(request.sampling)
        , m_plan(std::move(plan))
        , m_events(events)
        , m_stop(std::move(stop))
        , m_sampler(request.sampling, textIds(m_plan))
        , m_drafter(textIds(m_plan), request.sampling.drafts, engine.m_stepCosts)
        , m_writer(*engine.m_parts.tokenizer, request.sampling.stop, events.onText)
        , m_promptTokens(static_cast<std::int64_t>(m_plan.ids.size()))
        , m_user(engine.m_parts.adapters.empty() ? kNoAdapter : request.adapter)
        , m_drawsOnDevice(m_sampler.canDrawOnDevice() && engine.m_parts.drawOnDevice) {}

    ~Run() { m_decoder.draws.clear(); }

    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    GenerationResult finish() {
        try {
            encodeMedia();
            readPrompt();
            m_result.finishReason = write();
        } catch (const Error& error) {
            if (error.code() != ErrorCode::Cancelled) {
                throw;
            }
            m_result.finishReason = FinishReason::Cancelled;
        }
        const bool refused = m_writer.finish() == AnswerWriter::State::Refused;
        if (refused) {
            m_result.finishReason = FinishReason::Cancelled;
        }
        m_result.text = m_writer.text();
        m_result.usage.promptTokens = static_cast<int>(m_promptTokens);
        m_result.usage.imageTokens = m_plan.imageTokens;
        m_result.usage.audioTokens = m_plan.audioTokens;
        m_result.usage.completionTokens = static_cast<int>(m_result.tokenIds.size());
        return std::move(m_result);
    }

private:
    /// The prompt's ids without the placeholders of media, for the repetition penalty and guesses.
    static std::vector<std::int32_t> textIds(const PromptPlan& plan) {
        std::vector<std::int32_t> ids = plan.ids;
        // From the back, so that the places of the earlier ones stay what they are.
        for (auto medium = plan.media.rbegin(); medium != plan.media.rend(); ++medium) {
            const auto first = ids.begin() + medium->first;
            ids.erase(first, first + medium->tokens);
        }
        return ids;
    }

    void progress(Progress::Stage stage, double done, double total) const {
        if (m_events.onProgress) {
            m_events.onProgress({stage, done, total});
        }
    }

    void throwIfStopped() const {
        if (m_stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "the answer was stopped");
        }
    }

    void encodeMedia() {
        throwIfStopped();
        const Clock::time_point begin = Clock::now();
        m_media = m_engine.m_mediaEncoder.encode(m_plan, m_events.onProgress, m_stop);
        m_result.timings.encode = secondsSince(begin);
        for (const std::int32_t id : m_plan.ids) {
            m_places.push_back({0, id});
        }
        for (std::size_t i = 0; i < m_media.size(); ++i) {
            std::int64_t row = 0;
            for (const Tensor& piece : m_media[i]->pieces) {
                m_rows.push_back({m_plan.media[i].first + row, piece.view()});
                row += piece.shape()[0];
            }
            for (std::int64_t k = 0; k < row; ++k) {
                m_places[static_cast<std::size_t>(m_plan.media[i].first + k)] = {m_media[i]->serial,
                                                                                 k};
            }
        }
    }

    /// Before each run of the decoder: how the tokens behind it are chosen.
    void prepareDraws(std::size_t columns) {
        m_decoder.draws.clear();
        if (m_drawsOnDevice) {
            m_decoder.draws = m_sampler.draws(columns);
        }
    }

    /// Computes positions [first, end) of the sequence so far.
    void prefill(std::int64_t first) {
        ConversationState& state = m_engine.m_state;
        prepareDraws(1);
        m_ran.clear();
        m_column = 0;
        state.truncate(first, m_mode);
        gpu::CommandStream s(*m_engine.m_parts.device, gpu::CommandStream::Mode::Immediate, m_stop);
        m_decoder.prefill(s, {m_plan.ids, m_rows}, first, m_mode,
                          [this](double done, double total) {
                              progress(Progress::Stage::ReadingPrompt, done, total);
                          });
        state.assign(m_places);
    }

    void readPrompt() {
        throwIfStopped();
        const Clock::time_point begin = Clock::now();
        m_limit =
            std::min<std::int64_t>(m_sampling.maxTokens, m_decoder.context() - m_promptTokens);
        m_decoder.reserve(m_promptTokens + m_limit);
        m_mode = {m_plan.adapter, m_decoder.longRope().setFor(m_promptTokens), m_user};
        prepareDraws(1);
        m_decoder.prepareStep(m_mode.adapter, m_mode.user);
        const std::int64_t first = m_engine.m_state.reusable(m_places, m_mode);
        m_result.usage.reusedTokens = static_cast<int>(first);
        prefill(first);
        m_result.timings.prefill = secondsSince(begin);
    }

    FinishReason write() {
        const Clock::time_point begin = Clock::now();
        while (true) {
            throwIfStopped();
            const SampledToken token = choose();
            m_result.tokenIds.push_back(token.id);
            m_result.logProbabilities.push_back(token.logProbability);
            const auto written = static_cast<std::int64_t>(m_result.tokenIds.size());
            if (written == 1) {
                m_result.timings.firstToken = secondsSince(m_begin);
            }
            if (const std::optional<FinishReason> reason = accept(token.id, written)) {
                m_result.timings.decode = secondsSince(begin);
                return *reason;
            }
            throwIfStopped();
            advance(token.id);
            m_result.timings.decode = secondsSince(begin);
        }
    }

    /// The token behind the last column of the last run that holds.
    SampledToken choose() {
        const auto column = static_cast<std::int64_t>(m_column);
        if (!m_sampler.takesLikeliest() && !m_drawsOnDevice) {
            return m_sampler.next(m_decoder.logits(column));
        }
        if (m_drawsOnDevice) {
            m_sampler.drawn();
        }
        return Sampler::take(m_decoder.best(column));
    }

    /// Shows the token; says why the answer ends with it, if it does.
    std::optional<FinishReason> accept(std::int32_t id, std::int64_t written) {
        if (m_engine.m_endTokens.contains(id)) {
            return FinishReason::EndOfTurn;
        }
        const AnswerWriter::State state = m_writer.push(id);
        progress(Progress::Stage::Writing, static_cast<double>(written),
                 static_cast<double>(m_limit));
        if (state == AnswerWriter::State::Refused) {
            return FinishReason::Cancelled;
        }
        if (state == AnswerWriter::State::Stopped) {
            return FinishReason::StopString;
        }
        if (written == m_limit) {
            return written == m_sampling.maxTokens ? FinishReason::TokenLimit
                                                   : FinishReason::ContextFull;
        }
        return std::nullopt;
    }

    /// Goes on behind the new token, which has been run already where it was guessed. When the
    /// sequence outgrows the short rotary factors, all of it is computed again with the long ones:
    /// keys of one kind do not fit queries of the other.
    void advance(std::int32_t id) {
        m_plan.ids.push_back(id);
        m_places.push_back({0, id});
        m_drafter.push(id);
        if (m_column + 1 < m_ran.size() && m_ran[m_column + 1] == id) {
            ++m_column;
            ++m_result.drafts.kept;
            m_engine.m_state.append(m_places.back());
            return;
        }
        const auto length = static_cast<std::int64_t>(m_plan.ids.size());
        const models::RotarySet rotary = m_decoder.longRope().setFor(length);
        ++m_result.drafts.steps;
        if (rotary != m_mode.rotary) {
            m_mode.rotary = rotary;
            prefill(0);
        } else {
            step(length - 1);
        }
    }

    /// Runs the last token, at `position`, and what is guessed to follow it.
    void step(std::int64_t position) {
        m_ran = {m_plan.ids.back()};
        const std::span<const std::int32_t> draft = m_drafter.draft(roomForDraft());
        m_ran.insert(m_ran.end(), draft.begin(), draft.end());
        prepareDraws(m_ran.size());
        if (m_ran.size() > 1 && !m_engine.columnsAgree(m_ran, position, m_mode, m_stop)) {
            m_ran.resize(1);
        }
        m_column = 0;
        m_result.drafts.guessed += static_cast<int>(m_ran.size()) - 1;
        m_decoder.prepareStep(m_mode.adapter, m_mode.user, std::ssize(m_ran));
        const gpu::DeviceKind device = m_engine.m_parts.device->info().kind;
        const double begin = stepClock(device);
        m_decoder.step(m_ran, position, m_mode, m_stop);
        m_engine.m_stepCosts.add(m_ran.size(), stepClock(device) - begin);
        m_engine.m_state.append(m_places.back());
    }

    /// Guesses that can come true before the answer ends or all of it is computed again.
    std::size_t roomForDraft() const {
        const std::int64_t written = std::ssize(m_result.tokenIds);
        std::int64_t room = std::min(m_limit - written, m_decoder.mostColumns()) - 1;
        const std::int64_t length = std::ssize(m_plan.ids);
        while (room > 0 && m_decoder.longRope().setFor(length + room) != m_mode.rotary) {
            --room;
        }
        return static_cast<std::size_t>(room);
    }

    Phi4Engine& m_engine;
    models::Phi4Decoder& m_decoder;
    Sampling m_sampling;
    PromptPlan m_plan; ///< ids grow with the answer
    const GenerationEvents& m_events;
    std::stop_token m_stop;
    Sampler m_sampler;
    Drafter m_drafter;
    AnswerWriter m_writer;
    std::int64_t m_promptTokens = 0;
    int m_user = kNoAdapter; ///< the user's adapter that answers
    bool m_drawsOnDevice = false;
    std::int64_t m_limit = 0; ///< tokens the answer may have
    models::DecoderMode m_mode;
    std::vector<std::int32_t> m_ran; ///< tokens of the last step; all but the first are guesses
    std::size_t m_column = 0;        ///< the last of them that holds
    std::vector<EncodedMediaCache::Entry> m_media; ///< keeps the rows below alive
    std::vector<models::MediaRows> m_rows;
    std::vector<Place> m_places;
    GenerationResult m_result;
    Clock::time_point m_begin = Clock::now();
};

Phi4Engine::Phi4Engine(Phi4Parts parts)
    : m_parts(std::move(parts))
    , m_chatTemplate(*m_parts.tokenizer)
    , m_rules(rulesOf(m_parts.model->config()))
    , m_endTokens(endTokensOf(m_parts.model->config(), *m_parts.tokenizer))
    , m_mediaEncoder(*m_parts.device, *m_parts.model, m_rules) {}

EngineInfo Phi4Engine::info() const {
    const weights::ModelConfig& config = m_parts.model->config();
    const gpu::DeviceInfo& device = m_parts.device->info();
    EngineInfo info;
    info.modelName = m_parts.modelName;
    info.architecture = config.family == weights::ModelFamily::Phi4Multimodal ? "phi4mm" : "phi3";
    info.hears = m_rules.hears;
    info.sees = m_rules.sees;
    info.contextTokens = static_cast<int>(m_parts.model->decoder().context());
    info.parameters = m_parts.model->weights().parameters;
    info.deviceKind = device.kind;
    info.deviceName = device.name;
    info.deviceUuid = device.uuid;
    info.driver = device.driver;
    if (!m_parts.deviceNotice.empty()) {
        info.driver += "; " + m_parts.deviceNotice;
    }
    info.precision = m_parts.model->activations() == DType::F16 ? Precision::Fp16 : Precision::Fp32;
    const gpu::MemoryUse memory = m_parts.device->memoryUse();
    info.deviceBytes = memory.allocatedByPhial;
    info.devicePeakBytes = memory.peakByPhial;
    info.predictedBytes = m_parts.predictedBytes;
    info.adapters = m_parts.adapters;
    return info;
}

void Phi4Engine::checkFits(const PromptPlan& plan) const {
    const std::int64_t context = m_parts.model->decoder().context();
    const auto needed = static_cast<std::int64_t>(plan.ids.size());
    if (needed >= context) {
        throw Error(ErrorCode::ContextOverflow,
                    "the request takes " + std::to_string(needed) +
                        " tokens and needs room for an answer, but the context holds " +
                        std::to_string(context));
    }
}

GenerationResult Phi4Engine::generate(const Request& request, const GenerationEvents& events,
                                      std::stop_token stop) {
    const auto adapters = static_cast<int>(m_parts.adapters.size());
    if (adapters > 0 && (request.adapter < kNoAdapter || request.adapter >= adapters)) {
        throw Error(ErrorCode::InvalidArgument, "the request asks for adapter " +
                                                    std::to_string(request.adapter) + ", but " +
                                                    std::to_string(adapters) + " are loaded");
    }
    PromptPlan plan = planPrompt(request, m_chatTemplate, m_rules);
    checkFits(plan);
    try {
        return Run(*this, request, std::move(plan), events, std::move(stop)).finish();
    } catch (const std::bad_alloc&) {
        m_state.clear();
        throw Error(ErrorCode::OutOfHostMemory,
                    "the computer has too little memory for this request");
    } catch (...) {
        // After a failure nobody knows what the cache holds.
        m_state.clear();
        throw;
    }
}

bool Phi4Engine::columnsAgree(std::span<const std::int32_t> ids, std::int64_t position,
                              models::DecoderMode mode, const std::stop_token& stop) {
    const std::tuple kind(mode.adapter, mode.user, ids.size());
    auto found = m_columnsAgree.find(kind);
    if (found == m_columnsAgree.end()) {
        const bool agree = m_parts.model->decoder().columnsAgree(ids, position, mode, stop);
        found = m_columnsAgree.emplace(kind, agree).first;
    }
    return found->second;
}

int Phi4Engine::textTokens(std::string_view text) const {
    return static_cast<int>(m_parts.tokenizer->encodePlain(text).size());
}

int Phi4Engine::imageTokens(int width, int height) const {
    return preprocess::planCrops(width, height, m_rules.crops).tokens;
}

int Phi4Engine::audioTokens(double seconds) const {
    if (!(seconds > 0) || seconds > 1e6) {
        throw Error(ErrorCode::BadMedia,
                    "a recording of " + std::to_string(seconds) + " seconds is impossible");
    }
    return preprocess::audioTokensOfClip(std::llround(seconds * preprocess::kWideRateHz),
                                         preprocess::kWideRateHz);
}

void Phi4Engine::warmUp(std::stop_token stop) {
    models::Phi4Decoder& decoder = m_parts.model->decoder();
    const std::vector<std::int32_t> ids(
        std::min<std::size_t>(16, static_cast<std::size_t>(decoder.context() - 1)));
    const models::DecoderMode mode;
    decoder.reserve(static_cast<std::int64_t>(ids.size()) + 1);
    gpu::CommandStream s(*m_parts.device, gpu::CommandStream::Mode::Immediate, stop);
    decoder.prefill(s, {ids, {}}, 0, mode);
    decoder.prepareStep(mode.adapter);
    decoder.step(0, static_cast<std::int64_t>(ids.size()), mode, stop);
}

std::string_view finishReasonName(FinishReason reason) {
    switch (reason) {
    case FinishReason::EndOfTurn:
        return "stop";
    case FinishReason::StopString:
        return "stop_string";
    case FinishReason::TokenLimit:
        return "length";
    case FinishReason::ContextFull:
        return "context_full";
    case FinishReason::Cancelled:
        return "cancelled";
    }
    return "?";
}

} // namespace phial
