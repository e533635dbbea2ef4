// SPDX-License-Identifier: MIT
#include "inference/compare/compare_models.h"

#include "inference/base/error.h"
#include "inference/compare/logit_spool.h"
#include "inference/compare/passage_reader.h"
#include "inference/engine/load_engine.h"

#include <algorithm>
#include <utility>

namespace phial::compare {

namespace {

/// Tokens of a text that are read as one sequence; longer texts go in several, each from nothing.
constexpr std::size_t kWindow = 512;

/// The reference's part in one material: what the candidate is measured against.
struct Read {
    std::vector<std::int32_t> prompt; ///< of a request, media placeholders included
    std::vector<std::int32_t> ids;    ///< of a text, or of the reference's answer
    std::string answer;
};

class Run {
public:
    Run(const CompareOptions& options, const std::vector<Material>& materials,
        const CompareEvents& events, std::stop_token stop)
        : m_options(options)
        , m_materials(materials)
        , m_events(events)
        , m_stop(std::move(stop)) {}

    std::vector<Comparison> finish() {
        readReference();
        readCandidate();
        return std::move(m_found);
    }

private:
    void readReference() {
        const auto engine = loadPhi4Engine(m_options.reference, m_events.onProgress, m_stop);
        m_spool.emplace(vocabulary(*engine));
        m_tokenizerSize = engine->workbench().parts.tokenizer->vocabularySize();
        for (const Material& material : m_materials) {
            Read& read = m_read.emplace_back();
            if (material.request) {
                const GenerationResult result = answer(*engine, material);
                read.ids = result.tokenIds;
                read.answer = result.text;
                read.prompt = plan(*engine, *material.request).ids;
            } else {
                read.ids = textIds(*engine, material);
            }
            readAll(*engine, material, read,
                    [&](std::int32_t, std::span<const float> logits) { m_spool->write(logits); });
            told(Side::Reference);
        }
        m_spool->rewind();
    }

    void readCandidate() {
        const auto engine = loadPhi4Engine(m_options.candidate, m_events.onProgress, m_stop);
        if (vocabulary(*engine) != m_spool->columns() ||
            engine->workbench().parts.tokenizer->vocabularySize() != m_tokenizerSize) {
            throw Error(ErrorCode::InvalidArgument,
                        "the two models do not have the same tokens, so they cannot be compared: " +
                            m_options.candidate.model.string() + " and " +
                            m_options.reference.model.string());
        }
        for (std::size_t i = 0; i < m_materials.size(); ++i) {
            const Material& material = m_materials[i];
            const Read& read = m_read[i];
            Comparison& found = m_found.emplace_back();
            found.name = material.name;
            if (material.request) {
                if (plan(*engine, *material.request).ids != read.prompt) {
                    throw Error(ErrorCode::InvalidArgument,
                                material.name +
                                    " takes other tokens in the two models; their tokenizers or "
                                    "media settings differ");
                }
                scoreTexts(material, read, answer(*engine, material).text, found);
            }
            readAll(*engine, material, read, [&](std::int32_t next, std::span<const float> logits) {
                found.divergence.add(m_spool->read(), logits, next);
            });
            told(Side::Candidate);
        }
    }

    static std::int64_t vocabulary(Phi4Engine& engine) {
        return engine.workbench().parts.model->config().decoder.vocabulary;
    }

    static PromptPlan plan(Phi4Engine& engine, const Request& request) {
        const Phi4Engine::Workbench bench = engine.workbench();
        return planPrompt(request, bench.chatTemplate, bench.rules);
    }

    GenerationResult answer(Phi4Engine& engine, const Material& material) const {
        Request request = *material.request;
        request.sampling.maxTokens = m_options.tokens;
        GenerationResult result =
            engine.generate(request, {.onProgress = m_events.onProgress, .onText = {}}, m_stop);
        if (result.finishReason == FinishReason::Cancelled) {
            throw Error(ErrorCode::Cancelled, "the comparison was stopped");
        }
        return result;
    }

    std::vector<std::int32_t> textIds(Phi4Engine& engine, const Material& material) const {
        const text::Tokenizer& tokenizer = *engine.workbench().parts.tokenizer;
        std::vector<std::int32_t> ids = tokenizer.encodePlain(material.text);
        if (const auto start = tokenizer.startToken()) {
            ids.insert(ids.begin(), *start);
        }
        if (ids.size() < 2) {
            throw Error(ErrorCode::InvalidArgument,
                        material.name + " is too short to compare: it has fewer than two tokens");
        }
        ids.resize(std::min(ids.size(), static_cast<std::size_t>(m_options.tokens)));
        return ids;
    }

    /// Reads the material's passages. Long texts go in windows that fit the context.
    void readAll(Phi4Engine& engine, const Material& material, const Read& read,
                 const PredictionSink& sink) const {
        if (material.request) {
            Passage passage;
            passage.plan = plan(engine, *material.request);
            passage.scored = static_cast<std::int64_t>(passage.plan.ids.size());
            passage.plan.ids.insert(passage.plan.ids.end(), read.ids.begin(), read.ids.end());
            readPassage(engine, passage, sink, {}, m_stop);
            return;
        }
        const auto context =
            static_cast<std::size_t>(engine.workbench().parts.model->decoder().context());
        const std::size_t window = std::min(kWindow, context);
        for (std::size_t from = 0; from + 1 < read.ids.size(); from += window) {
            const auto begin = read.ids.begin() + static_cast<std::ptrdiff_t>(from);
            const auto count =
                static_cast<std::ptrdiff_t>(std::min(window, read.ids.size() - from));
            if (count > 1) {
                readPassage(engine, textPassage({begin, begin + count}), sink, {}, m_stop);
            }
        }
    }

    static void scoreTexts(const Material& material, const Read& read, const std::string& given,
                           Comparison& found) {
        const std::string& right = material.right.empty() ? read.answer : material.right;
        found.words = evaluate::wordEdits(right, given);
        found.characters = evaluate::characterEdits(right, given);
        found.referenceWords = evaluate::wordEdits(right, read.answer);
        found.referenceCharacters = evaluate::characterEdits(right, read.answer);
    }

    void told(Side side) const {
        if (m_events.onMaterial) {
            m_events.onMaterial(side, side == Side::Reference ? m_read.size() : m_found.size());
        }
    }

    const CompareOptions& m_options;
    const std::vector<Material>& m_materials;
    const CompareEvents& m_events;
    std::stop_token m_stop;
    std::optional<LogitSpool> m_spool;
    int m_tokenizerSize = 0;
    std::vector<Read> m_read;
    std::vector<Comparison> m_found;
};

} // namespace

Comparison& Comparison::operator+=(const Comparison& other) {
    divergence += other.divergence;
    words += other.words;
    characters += other.characters;
    referenceWords += other.referenceWords;
    referenceCharacters += other.referenceCharacters;
    return *this;
}

std::vector<Comparison> compareModels(const CompareOptions& options,
                                      const std::vector<Material>& materials,
                                      const CompareEvents& events, std::stop_token stop) {
    check(options.tokens > 1, "a comparison of at least two tokens");
    return Run(options, materials, events, std::move(stop)).finish();
}

} // namespace phial::compare
