// SPDX-License-Identifier: MIT
#include "inference/compare/compare_models.h"

#include "inference/base/error.h"
#include "inference/compare/logit_spool.h"
#include "inference/engine/load_engine.h"

#include <algorithm>
#include <utility>

namespace phial::compare {

namespace {

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
                read.prompt = planOf(*engine, *material.request).ids;
            } else {
                read.ids = textIdsOf(*engine, material, m_options.tokens);
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
                if (planOf(*engine, *material.request).ids != read.prompt) {
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

    GenerationResult answer(Phi4Engine& engine, const Material& material) const {
        return answerOf(engine, material, m_options.tokens, m_events.onProgress, m_stop);
    }

    void readAll(Phi4Engine& engine, const Material& material, const Read& read,
                 const PredictionSink& sink) const {
        for (const Passage& passage : passagesOf(engine, material, read.ids)) {
            readPassage(engine, passage, sink, {}, m_stop);
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
