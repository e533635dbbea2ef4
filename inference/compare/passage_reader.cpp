// SPDX-License-Identifier: MIT
#include "inference/compare/passage_reader.h"

#include "inference/base/error.h"
#include "inference/ops/linear.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <string>
#include <utility>

namespace phial::compare {

namespace {

/// Rows whose logits are made at once: 13 MB for the full vocabulary.
constexpr std::int64_t kRowsAtOnce = 16;

/// From the decoder's last norm to logits, for the rows that are asked for.
class Predictions {
public:
    Predictions(Phi4Engine::Workbench bench, const Passage& passage, const PredictionSink& sink,
                std::stop_token stop)
        : m_bench(bench)
        , m_passage(passage)
        , m_sink(sink)
        , m_stop(std::move(stop))
        , m_vocabulary(bench.parts.model->config().decoder.vocabulary)
        , m_logits(*bench.parts.device, DType::F32, Shape{kRowsAtOnce, m_vocabulary},
                   "the comparison") {}

    /// h: [T, D] of the next T positions.
    void take(const TensorView& h) {
        const auto total = static_cast<std::int64_t>(m_passage.plan.ids.size());
        const std::int64_t base = m_done;
        m_done += h.rows();
        // Position p predicts the token at p + 1.
        const std::int64_t begin = std::max(base, m_passage.scored - 1);
        const std::int64_t end = std::min(base + h.rows(), total - 1);
        for (std::int64_t from = begin; from < end; from += kRowsAtOnce) {
            const std::int64_t rows = std::min(kRowsAtOnce, end - from);
            predict(h.rowSlice(from - base, rows), from);
        }
    }

private:
    void predict(const TensorView& h, std::int64_t first) {
        gpu::Device& device = *m_bench.parts.device;
        const TensorView logits = m_logits.firstRows(h.rows());
        gpu::CommandStream s(device, gpu::CommandStream::Mode::Immediate, m_stop);
        ops::linear(s, h, m_bench.parts.model->weights().decoder.head(), logits);
        s.submitAndWait();
        const std::vector<float> values = downloadFloats(device, logits);
        const auto width = static_cast<std::size_t>(m_vocabulary);
        for (std::int64_t row = 0; row < h.rows(); ++row) {
            m_sink(m_passage.plan.ids[static_cast<std::size_t>(first + row + 1)],
                   std::span(values).subspan(static_cast<std::size_t>(row) * width, width));
        }
    }

    Phi4Engine::Workbench m_bench;
    const Passage& m_passage;
    const PredictionSink& m_sink;
    std::stop_token m_stop;
    std::int64_t m_vocabulary;
    Tensor m_logits;
    std::int64_t m_done = 0; ///< positions that have passed
};

} // namespace

Passage textPassage(std::vector<std::int32_t> ids) {
    Passage passage;
    passage.plan.ids = std::move(ids);
    return passage;
}

void readPassage(Phi4Engine& engine, const Passage& passage, const PredictionSink& sink,
                 const models::TapSink& taps, std::stop_token stop) {
    const PromptPlan& plan = passage.plan;
    const auto length = static_cast<std::int64_t>(plan.ids.size());
    check(passage.scored > 0 && passage.scored <= length, "a passage that is scored inside itself");
    Phi4Engine::Workbench bench = engine.workbench();
    models::Phi4Decoder& decoder = bench.parts.model->decoder();
    if (length > decoder.context()) {
        throw Error(ErrorCode::ContextOverflow, "the passage takes " + std::to_string(length) +
                                                    " tokens, but the context holds " +
                                                    std::to_string(decoder.context()));
    }
    const auto media = bench.media.encode(plan, {}, stop);
    std::vector<models::MediaRows> rows;
    for (std::size_t i = 0; i < media.size(); ++i) {
        std::int64_t first = plan.media[i].first;
        for (const Tensor& piece : media[i]->pieces) {
            rows.push_back({first, piece.view()});
            first += piece.shape()[0];
        }
    }
    decoder.reserve(length);
    Predictions predictions(bench, passage, sink, stop);
    const models::TapListener listener(
        decoder.tap, [&](std::string_view name, std::int64_t index, const TensorView& view) {
            if (taps) {
                taps(name, index, view);
            }
            if (name == "final_norm") {
                predictions.take(view);
            }
        });
    gpu::CommandStream s(*bench.parts.device, gpu::CommandStream::Mode::Immediate, stop);
    const int user = bench.parts.adapters.empty() ? kNoAdapter : 0;
    decoder.prefill(s, {plan.ids, rows}, 0,
                    {plan.adapter, decoder.longRope().setFor(length), user});
}

} // namespace phial::compare
