// SPDX-License-Identifier: MIT
#include "inference/compare/collect_inputs.h"

#include "inference/base/error.h"
#include "inference/engine/load_engine.h"
#include "inference/package/decoded_matrix.h"
#include "inference/package/open_checkpoint.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <array>
#include <random>
#include <string_view>
#include <utility>

namespace phial::compare {
namespace {

/// Where a position's row goes.
struct Pick {
    std::int64_t row = 0; ///< of the present chunk
    std::size_t slot = 0; ///< of the sample
};

/// An even draw of `capacity` from positions whose number is not known beforehand. The same
/// sequence of positions gives the same draw everywhere: the generator is fixed by the standard.
class Draw {
public:
    explicit Draw(std::size_t capacity)
        : m_capacity(capacity) {}

    /// The slot for the next position, or nothing.
    std::optional<std::size_t> next() {
        const std::uint64_t place = m_seen++;
        if (place < m_capacity) {
            return static_cast<std::size_t>(place);
        }
        const std::uint64_t chosen = m_random() % m_seen;
        return chosen < m_capacity ? std::optional(static_cast<std::size_t>(chosen)) : std::nullopt;
    }

    std::size_t filled() const { return std::min<std::size_t>(m_capacity, m_seen); }

    std::uint64_t seen() const { return m_seen; }

private:
    std::size_t m_capacity;
    std::uint64_t m_seen = 0;
    std::mt19937_64 m_random{20250917};
};

/// The matrix that reads what is seen at a tap; empty for other taps.
std::string readerOf(std::string_view tap, std::int64_t layer, const std::string& head) {
    constexpr std::array<std::pair<std::string_view, const char*>, 4> kReaders = {
        {{"layer.input_norm", "self_attn.qkv_proj"},
         {"layer.attn", "self_attn.o_proj"},
         {"layer.post_norm", "mlp.gate_up_proj"},
         {"layer.inner", "mlp.down_proj"}}};
    if (tap == "final_norm") {
        return head;
    }
    for (const auto& [name, matrix] : kReaders) {
        if (tap == name) {
            return "model.layers." + std::to_string(layer) + "." + matrix + ".base_layer.weight";
        }
    }
    return {};
}

/// Listens to the decoder while passages are read.
class Collector {
public:
    Collector(gpu::Device& device, std::size_t samples, std::string head)
        : m_device(device)
        , m_draw(samples)
        , m_head(std::move(head)) {}

    void beginPassage(models::Adapter adapter) { m_adapter = adapter; }

    void take(std::string_view name, std::int64_t index, const TensorView& view) {
        if (name == "embeddings") {
            drawRows(view.rows());
            return;
        }
        const std::string matrix = readerOf(name, index, m_head);
        if (matrix.empty() || m_picks.empty()) {
            return;
        }
        const std::vector<float> values = downloadFloats(m_device, view);
        const auto width = static_cast<std::size_t>(view.columns());
        package::InputSample& sample = m_found.inputs[matrix];
        sample.columns = view.columns();
        sample.values.resize(std::max(sample.values.size(), m_draw.filled() * width));
        for (const Pick& pick : m_picks) {
            std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(pick.row * view.columns()),
                        width,
                        sample.values.begin() + static_cast<std::ptrdiff_t>(pick.slot * width));
        }
    }

    CollectedInputs finish() {
        m_found.positions = static_cast<std::int64_t>(m_draw.seen());
        return std::move(m_found);
    }

private:
    void drawRows(std::int64_t rows) {
        m_picks.clear();
        for (std::int64_t row = 0; row < rows; ++row) {
            if (const auto slot = m_draw.next()) {
                m_picks.push_back({row, *slot});
                m_found.adapters.resize(m_draw.filled());
                m_found.adapters[*slot] = m_adapter;
            }
        }
    }

    gpu::Device& m_device;
    Draw m_draw;
    std::string m_head;
    models::Adapter m_adapter = models::Adapter::None;
    std::vector<Pick> m_picks; ///< of the present chunk
    CollectedInputs m_found;
};

/// A quantized model's taps carry its column scales; the samples are told without them.
void divideScales(const std::filesystem::path& model, package::Calibration& inputs) {
    const weights::Checkpoint checkpoint = package::openCheckpoint(model);
    for (auto& [name, sample] : inputs) {
        const std::vector<float> scale = package::inputScale(checkpoint, name);
        for (std::size_t i = 0; i < sample.values.size() && !scale.empty(); ++i) {
            sample.values[i] /= scale[i % scale.size()];
        }
    }
}

/// The tokens that follow a material's prompt, or those of its text.
std::vector<std::int32_t> idsOf(Phi4Engine& engine, const CollectOptions& options,
                                const Material& material, const CollectEvents& events,
                                const std::stop_token& stop) {
    if (!material.request) {
        return textIdsOf(engine, material, options.tokens);
    }
    if (material.right.empty()) {
        return answerOf(engine, material, options.tokens, events.onProgress, stop).tokenIds;
    }
    std::vector<std::int32_t> ids = engine.workbench().parts.tokenizer->encodePlain(material.right);
    ids.resize(std::min(ids.size(), static_cast<std::size_t>(options.tokens)));
    return ids;
}

} // namespace

CollectedInputs collectInputs(const CollectOptions& options, const std::vector<Material>& material,
                              const CollectEvents& events, std::stop_token stop) {
    check(options.samples > 0 && options.tokens > 1 && !material.empty(), "something to collect");
    CollectedInputs found;
    {
        const auto engine = loadPhi4Engine(options.model, events.onProgress, stop);
        const Phi4Engine::Workbench bench = engine->workbench();
        const bool tied = bench.parts.model->config().decoder.tiedHead;
        Collector collector(*bench.parts.device, static_cast<std::size_t>(options.samples),
                            tied ? "model.embed_tokens.weight" : "lm_head.weight");
        std::size_t done = 0;
        for (const Material& each : material) {
            const std::vector<std::int32_t> ids = idsOf(*engine, options, each, events, stop);
            for (Passage& passage : passagesOf(*engine, each, ids)) {
                // Nothing is to be predicted, only read.
                passage.scored = static_cast<std::int64_t>(passage.plan.ids.size());
                collector.beginPassage(passage.plan.adapter);
                readPassage(
                    *engine, passage, [](std::int32_t, std::span<const float>) {},
                    [&](std::string_view name, std::int64_t index, const TensorView& view) {
                        collector.take(name, index, view);
                    },
                    stop);
            }
            if (events.onMaterial) {
                events.onMaterial(++done);
            }
        }
        found = collector.finish();
    }
    divideScales(options.model, found.inputs);
    return found;
}

} // namespace phial::compare
