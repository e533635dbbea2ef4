// SPDX-License-Identifier: MIT
#include "inference/models/phi4_decoder.h"

#include "inference/base/error.h"
#include "inference/models/host_write.h"
#include "inference/ops/attention.h"
#include "inference/ops/copy_rows.h"
#include "inference/ops/gated.h"
#include "inference/ops/gather_rows.h"
#include "inference/ops/linear.h"
#include "inference/ops/pick.h"
#include "inference/ops/rms_norm.h"
#include "inference/ops/rope_append.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace phial::models {
namespace {

KvCache::Layout cacheLayout(const weights::DecoderConfig& config, const DecoderOptions& options) {
    return {.layers = config.layers,
            .kvHeads = config.kvHeads,
            .headDim = config.headDim,
            .dtype = options.activations,
            .format = options.kvFormat,
            .context = options.context};
}

bool splitsAttention(const gpu::Device& device, const weights::DecoderConfig& config) {
    return device.info().kind != gpu::DeviceKind::Software && config.headDim % 4 == 0;
}

std::int64_t largestRank(const DecoderWeights& weights) {
    std::int64_t rank = 0;
    for (const DecoderLayerWeights& layer : weights.layers) {
        for (const AdaptedLinear* w :
             {&layer.qkvProj, &layer.oProj, &layer.gateUpProj, &layer.downProj}) {
            rank = std::max({rank, w->speech.a.rows(), w->vision.a.rows()});
            for (const LoraWeights& user : w->user) {
                rank = std::max(rank, user.a.rows());
            }
        }
    }
    return rank;
}

/// Elements [first, first + count) of a vector, as a vector.
TensorView part(const Tensor& vector, std::int64_t first, std::int64_t count) {
    return vector.view().columnSlice(first, count);
}

} // namespace

Phi4Decoder::Phi4Decoder(gpu::Device& device, const weights::DecoderConfig& config,
                         const DecoderWeights& weights, const DecoderOptions& options)
    : m_device(device)
    , m_config(config)
    , m_weights(weights)
    , m_options(options)
    , m_longRope{.rotaryDim = config.rotaryDim,
                 .theta = static_cast<float>(config.ropeTheta),
                 .shortFactors = config.shortFactors,
                 .longFactors = config.longFactors,
                 .originalPositions = config.originalMaxPositions,
                 .magnitude = config.rotaryMagnitude}
    , m_cache(device, cacheLayout(config, options)) {
    const std::int64_t context = options.context;
    const std::int64_t c = std::min(options.chunk, context);
    const std::int64_t d = config.hiddenSize;
    const DType act = options.activations;
    const std::string purpose = "the decoder";
    const auto host = [&](std::int64_t count, gpu::Memory memory, DType type) {
        return Tensor(device, type, Shape{count}, purpose, memory);
    };
    m_options.chunk = c;

    std::vector<std::int32_t> positions(static_cast<std::size_t>(context));
    std::iota(positions.begin(), positions.end(), 0);
    m_buf.ids = host(context, gpu::Memory::Upload, DType::I32);
    m_buf.positions = uploadInts(device, positions, Shape{context}, purpose);

    m_shortRows = std::min(context, m_longRope.originalPositions);
    std::vector<float> table = m_longRope.cosSin(RotarySet::Short, m_shortRows);
    if (context > m_shortRows) {
        const std::vector<float> longRows = m_longRope.cosSin(RotarySet::Long, context);
        table.insert(table.end(), longRows.begin(), longRows.end());
    }
    const auto tableRows = static_cast<std::int64_t>(table.size()) / m_longRope.rotaryDim;
    m_buf.rotary = uploadFloats(device, table, Shape{tableRows, m_longRope.rotaryDim}, DType::F32,
                                "rotary tables");

    const auto make = [&](DType type, std::int64_t columns) {
        return Tensor(device, type, Shape{c, columns}, purpose);
    };
    m_buf.x = make(DType::F32, d);
    m_buf.h = make(act, d);
    m_buf.qkv = make(act, config.qkvRows());
    m_buf.attn = make(act, config.heads * config.headDim);
    m_buf.gateUp = make(act, 2 * config.intermediateSize);
    m_buf.inner = make(act, config.intermediateSize);
    m_buf.low = make(act, std::max<std::int64_t>(1, largestRank(weights)));
    m_buf.logits = Tensor(device, DType::F32, Shape{kMostColumns, config.vocabulary}, "logits");
    m_buf.logitsHost = host(kMostColumns * config.vocabulary, gpu::Memory::Readback, DType::F32);
    m_buf.pickParts = Tensor(device, DType::I32,
                             Shape{kMostColumns * ops::pickParts(config.vocabulary), 3}, purpose);
    m_buf.picked = Tensor(device, DType::I32, Shape{kMostColumns, 3}, purpose);
    m_buf.pickedHost = host(kMostColumns * 3, gpu::Memory::Readback, DType::I32);
    if (splitsAttention(device, config)) {
        m_buf.attnParts = Tensor(
            device, DType::F32,
            Shape{kAttentionParts * kMostColumns * config.heads * (config.headDim + 2)}, purpose);
    }
    m_buf.stepToken = host(kMostColumns, gpu::Memory::Upload, DType::I32);
    m_buf.stepPosition = host(kMostColumns, gpu::Memory::Upload, DType::I32);
    m_buf.stepRotaryRow = host(kMostColumns, gpu::Memory::Upload, DType::I32);
    m_buf.stepKvLength = host(1, gpu::Memory::Upload, DType::I32);
    m_buf.draw = Tensor(device, DType::I32, Shape{kMostColumns, 5}, purpose, gpu::Memory::Upload);
}

std::uint64_t Phi4Decoder::cacheBytes(const weights::DecoderConfig& config,
                                      const DecoderOptions& options, std::int64_t tokens) {
    return KvCache::bytesFor(cacheLayout(config, options), tokens);
}

void Phi4Decoder::clearCache() {
    gpu::CommandStream s(m_device);
    m_cache.clear(s);
    s.submitAndWait();
}

void Phi4Decoder::reserve(std::int64_t tokens) {
    if (m_cache.reserve(tokens)) {
        m_steps.clear();
    }
}

/// y (+)= n W^T + scale (n A^T) B^T, for the model's adapter and the user's; n = x, normed where a
/// norm is given.
void Phi4Decoder::project(gpu::CommandStream& s, const TensorView& x, const AdaptedLinear& w,
                          const Step& step, const TensorView& y, ops::Accumulate accumulate,
                          const std::optional<ops::InputNorm>& norm) {
    ops::linear(s, x, w.base, y, {.accumulate = accumulate, .norm = norm});
    for (const LoraWeights* lora : {w.lora(step.adapter), w.userLora(step.user)}) {
        if (lora == nullptr) {
            continue;
        }
        const TensorView low = m_buf.low.firstRows(x.rows()).columnSlice(0, lora->a.rows());
        ops::linear(s, x, lora->a, low, {.norm = norm});
        ops::linear(s, low, lora->b, y, {.scale = lora->scale, .accumulate = ops::Accumulate::Yes});
    }
}

/// y (+)= the projection of x behind its norm. Few rows are normed by the product itself, unless
/// somebody wants to see the normed rows: they are made in h.
void Phi4Decoder::normProject(gpu::CommandStream& s, const NormedInput& input,
                              const AdaptedLinear& w, const Step& step, const TensorView& y) {
    if (fuses(input.x)) {
        project(s, input.x, w, step, y, ops::Accumulate::No,
                ops::InputNorm{input.gain, m_config.rmsNormEps});
        return;
    }
    const TensorView h = m_buf.h.firstRows(input.x.rows());
    ops::rmsNorm(s, input.x, input.gain, m_config.rmsNormEps, h);
    tap(s, input.tapName, input.layer, h);
    project(s, h, w, step, y, ops::Accumulate::No);
}

/// inner = silu(gate) * up of the normed rows, in one dispatch where they are few and have no
/// adapter.
void Phi4Decoder::gateUp(gpu::CommandStream& s, const NormedInput& input,
                         const DecoderLayerWeights& w, const Step& step, const TensorView& inner) {
    const AdaptedLinear& weights = w.gateUpProj;
    const std::optional<TensorView> innerScale = w.downProj.inputScale();
    if (fuses(input.x) && weights.lora(step.adapter) == nullptr &&
        weights.userLora(step.user) == nullptr && ops::canGate(weights.base)) {
        ops::linearGated(
            s, input.x, weights.base, inner,
            {.norm = ops::InputNorm{input.gain, m_config.rmsNormEps}, .outputScale = innerScale});
        return;
    }
    const TensorView gateUp = m_buf.gateUp.firstRows(input.x.rows()); // [T, 2 F]
    normProject(s, input, weights, step, gateUp);
    tap(s, "layer.gate_up", input.layer, gateUp);
    ops::gated(s, gateUp, inner, {.order = ops::GateOrder::GateFirst, .columnScale = innerScale});
}

/// One decoder block, pre-norm. x: [T, D] fp32, updated in place.
void Phi4Decoder::block(gpu::CommandStream& s, std::int64_t layer, const TensorView& x,
                        const Step& step) {
    const DecoderLayerWeights& w = m_weights.layers[static_cast<std::size_t>(layer)];
    const std::int64_t rows = x.rows();
    const std::int64_t headDim = m_config.headDim;
    const std::int64_t queries = m_config.heads * headDim;
    const TensorView qkv = m_buf.qkv.firstRows(rows);     // [T, (Hq + 2 Hkv) Dh]
    const TensorView attn = m_buf.attn.firstRows(rows);   // [T, Hq Dh]
    const TensorView inner = m_buf.inner.firstRows(rows); // [T, F]
    const TensorView keys = m_cache.keys(layer);          // rows of the cache
    const TensorView values = m_cache.values(layer);

    tap(s, "layer.input", layer, x);
    normProject(s, {x, w.inputNorm.view(), "layer.input_norm", layer}, w.qkvProj, step, qkv);
    tap(s, "layer.qkv", layer, qkv);
    ops::ropeAppend(s, {.qkv = qkv,
                        .tableRows = step.rotaryRows,
                        .positions = step.positions,
                        .cosSin = step.rotaryTable,
                        .keys = keys,
                        .values = values,
                        .layout = {.queryHeads = m_config.heads,
                                   .kvHeads = m_config.kvHeads,
                                   .headDim = headDim,
                                   .rotaryDim = m_longRope.rotaryDim},
                        .format = m_cache.format(),
                        .codec = m_cache.codec()});
    const bool fixedLength = !step.kvLength.has_value();
    ops::attention(s, {.q = qkv.columnSlice(0, queries),
                       .k = fixedLength ? keys.rowSlice(0, step.keys) : keys,
                       .v = fixedLength ? values.rowSlice(0, step.keys) : values,
                       .out = attn,
                       .heads = m_config.heads,
                       .kvHeads = m_config.kvHeads,
                       .headDim = headDim,
                       .scale = 1.0F / std::sqrt(static_cast<float>(headDim)),
                       .mask = ops::AttentionMask::Causal,
                       .positions = step.positions,
                       .kvLength = step.kvLength,
                       .kvFormat = m_cache.format(),
                       .codec = m_cache.codec(),
                       .parts = step.attnParts,
                       .columnScale = w.oProj.inputScale(),
                       .work = step.attention});
    tap(s, "layer.attn", layer, attn);
    project(s, attn, w.oProj, step, x, ops::Accumulate::Yes);
    tap(s, "layer.after_attn", layer, x);

    gateUp(s, {x, w.postAttentionNorm.view(), "layer.post_norm", layer}, w, step, inner);
    tap(s, "layer.inner", layer, inner);
    project(s, inner, w.downProj, step, x, ops::Accumulate::Yes);
    tap(s, "layer", layer, x);
    s.checkpoint();
}

/// Logits of at most kMostColumns rows of x, and the chosen tokens into the readback buffer.
void Phi4Decoder::head(gpu::CommandStream& s, const TensorView& rows) {
    const std::int64_t count = rows.rows();
    const TensorView logits = m_buf.logits.firstRows(count);
    const TensorView picked = m_buf.picked.firstRows(count);
    ops::linear(s, rows, m_weights.head(), logits,
                {.norm = ops::InputNorm{m_weights.norm.view(), m_config.rmsNormEps}});
    ops::pick(s, logits, m_buf.pickParts.view(), picked);
    if (!draws.empty()) {
        ops::sample(s, logits, m_buf.draw.firstRows(count), picked);
    }
    const auto bytes = static_cast<std::uint64_t>(3 * count * bytesPerElement(DType::I32));
    s.copy({&m_buf.picked.buffer(), 0, bytes}, {&m_buf.pickedHost.buffer(), 0, bytes});
}

void Phi4Decoder::tapHead(gpu::CommandStream& s, const TensorView& x) {
    const TensorView h = m_buf.h.firstRows(x.rows());
    ops::rmsNorm(s, x, m_weights.norm.view(), m_config.rmsNormEps, h);
    tap(s, "final_norm", -1, h);
    const std::int64_t rows = std::min(kTapLogitRows, x.rows());
    const TensorView logits = m_buf.logits.firstRows(rows);
    ops::linear(s, h.rowSlice(x.rows() - rows, rows), m_weights.head(), logits);
    tap(s, "logits", -1, logits);
}

/// Token embeddings. ids: [T]; x: [T, D].
void Phi4Decoder::embed(gpu::CommandStream& s, const TensorView& ids, const TensorView& x) {
    const Tensor& scale = m_weights.embedScale;
    ops::gatherRows(s, m_weights.embedTokens, ids, x,
                    scale.valid() ? std::optional(scale.view()) : std::nullopt);
}

/// Replaces the rows of x (positions from `first` on) that belong to images and recordings.
void Phi4Decoder::embedMedia(gpu::CommandStream& s, const Sequence& sequence, std::int64_t first,
                             const TensorView& x) {
    for (const MediaRows& media : sequence.media) {
        const std::int64_t begin = std::max(first, media.first);
        const std::int64_t end = std::min(first + x.rows(), media.first + media.rows.rows());
        if (begin < end) {
            ops::copyRows(s, media.rows.rowSlice(begin - media.first, end - begin),
                          x.rowSlice(begin - first, end - begin));
        }
    }
}

void Phi4Decoder::prefill(gpu::CommandStream& s, const Sequence& sequence, std::int64_t first,
                          DecoderMode mode, const std::function<void(double, double)>& onChunk) {
    const auto total = static_cast<std::int64_t>(sequence.ids.size());
    check(first >= 0 && first < total && total <= m_cache.capacity(),
          "prefill outside the reserved cache");
    const bool shortSet = mode.rotary == RotarySet::Short;
    check(!shortSet || total <= m_shortRows, "short rotary factors for a long sequence");
    for (const std::int32_t id : sequence.ids) {
        check(id >= 0 && id < m_config.vocabulary, "a token id outside the vocabulary");
    }
    writeHost<std::int32_t>(m_buf.ids, sequence.ids);
    writeDraws(1);
    const TensorView table = m_buf.rotary.view();
    for (std::int64_t from = first; from < total; from += m_options.chunk) {
        const std::int64_t rows = std::min(m_options.chunk, total - from);
        const TensorView x = m_buf.x.firstRows(rows);
        const TensorView positions = part(m_buf.positions, from, rows);
        const Step step{.adapter = mode.adapter,
                        .user = mode.user,
                        .positions = positions,
                        .rotaryRows = positions,
                        .rotaryTable = shortSet ? table.rowSlice(0, m_shortRows)
                                                : table.rowSlice(m_shortRows, context()),
                        .kvLength = std::nullopt,
                        .keys = from + rows};
        embed(s, part(m_buf.ids, from, rows), x);
        embedMedia(s, sequence, from, x);
        tap(s, "embeddings", -1, x);
        for (std::int64_t layer = 0; layer < m_config.layers; ++layer) {
            block(s, layer, x, step);
        }
        if (tap.on()) {
            tapHead(s, x);
        }
        if (from + rows == total) {
            head(s, x.rowSlice(rows - 1, 1));
        }
        if (onChunk) {
            s.submitAndWait();
            onChunk(static_cast<double>(from + rows - first), static_cast<double>(total - first));
        }
    }
    s.submitAndWait();
}

} // namespace phial::models
