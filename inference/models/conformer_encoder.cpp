// SPDX-License-Identifier: MIT
#include "inference/models/conformer_encoder.h"

#include "inference/base/error.h"
#include "inference/models/host_write.h"
#include "inference/ops/attention.h"
#include "inference/ops/conv1d_depthwise.h"
#include "inference/ops/conv2d_depthwise.h"
#include "inference/ops/conv2d_first.h"
#include "inference/ops/gated.h"
#include "inference/ops/linear.h"
#include "inference/ops/normalize_mel.h"
#include "inference/ops/transpose_channels.h"

#include <algorithm>
#include <cmath>

namespace phial::models {
namespace {

using ops::halved;

// Output frames of one convolution window: bounds scratch memory (42 MB of fp32 at 1024 channels).
constexpr std::int64_t kWindow = 64;

/// Frames [first, first + count) of a stage.
struct Frames {
    std::int64_t first = 0;
    std::int64_t count = 0;

    /// The input frames that a 3-wide, stride-2 convolution needs for these outputs.
    Frames needed(std::int64_t total) const {
        const std::int64_t begin = std::max<std::int64_t>(0, 2 * first - 1);
        return {begin, std::min(total, 2 * (first + count)) - begin};
    }
};

std::int64_t eighth(std::int64_t frames) {
    return halved(halved(halved(frames)));
}

ops::Conv3x3Weights conv(const Conv3x3& w) {
    return {w.weight.view(), w.bias.view()};
}

} // namespace

ConformerEncoder::ConformerEncoder(gpu::Device& device, const weights::AudioConfig& config,
                                   const AudioWeights& weights, DType activations)
    : m_device(device)
    , m_config(config)
    , m_weights(weights)
    , m_chunk(config.chunkFrames)
    , m_speech(device, weights.speechProjector, activations)
    , m_vision(device, weights.visionProjector, activations) {
    const std::int64_t mel = config.melChannels;
    const std::int64_t c = config.convChannels;
    const std::int64_t d = config.hiddenSize;
    const std::int64_t f = config.intermediateSize;
    const std::int64_t mel2 = halved(mel);
    const std::int64_t mel4 = halved(mel2);
    const std::int64_t mel8 = halved(mel4);
    const auto make = [&](DType type, std::int64_t rows, std::int64_t columns) {
        return Tensor(device, type, Shape{rows, columns}, "the audio encoder");
    };
    m_buf.mel = Tensor(device, DType::F32, Shape{8 * m_chunk + 7, mel}, "the audio encoder",
                       gpu::Memory::Upload);
    m_buf.normalized = make(DType::F32, 8 * kWindow + 7, mel);
    m_buf.conv0 = make(activations, (4 * kWindow + 3) * mel2, c);
    m_buf.conv2 = make(activations, (2 * kWindow + 1) * mel4, c);
    m_buf.conv3 = make(activations, (2 * kWindow + 1) * mel4, c);
    m_buf.conv5 = make(activations, kWindow * mel8, c);
    m_buf.conv6 = make(activations, kWindow * mel8, c);
    m_buf.flat = make(activations, kWindow, c * mel8);
    m_buf.x = make(DType::F32, m_chunk, d);
    m_buf.h = make(activations, m_chunk, d);
    m_buf.wide = make(activations, m_chunk, std::max(3 * d, 2 * f));
    m_buf.inner = make(activations, m_chunk, std::max(d, f));
    m_buf.small = make(activations, m_chunk, d);
}

ops::LayerNormWeights ConformerEncoder::norm(const Norm& n) const {
    return {n.weight.view(), n.bias.view(), m_config.layerNormEps};
}

/// Output frames [firstFrame, firstFrame + count) of this chunk's rows into m_buf.x, whose row 0 is
/// the chunk's first frame. m_buf.mel holds mel frames from melFirst on.
void ConformerEncoder::subsample(gpu::CommandStream& s, std::int64_t firstFrame, std::int64_t count,
                                 std::int64_t melFirst, std::int64_t melTotal) {
    const std::int64_t half = halved(melTotal);
    const std::int64_t quarter = halved(half);
    const std::int64_t mel2 = halved(m_config.melChannels);
    const std::int64_t mel4 = halved(mel2);
    const std::int64_t mel8 = halved(mel4);
    const std::int64_t chunkFirst = firstFrame / m_chunk * m_chunk;

    const Frames out{firstFrame, count};
    const Frames second = out.needed(quarter); // frames behind conv.3
    const Frames first = second.needed(half);  // frames behind conv.0
    const Frames input = first.needed(melTotal);

    const TensorView normalized = m_buf.normalized.firstRows(input.count);
    const TensorView conv0 = m_buf.conv0.firstRows(first.count * mel2);
    const TensorView conv2 = m_buf.conv2.firstRows(second.count * mel4);
    const TensorView conv3 = m_buf.conv3.firstRows(second.count * mel4);
    const TensorView conv5 = m_buf.conv5.firstRows(count * mel8);
    const TensorView conv6 = m_buf.conv6.firstRows(count * mel8);
    const TensorView flat = m_buf.flat.firstRows(count);
    const auto pointwise = [&s](const TensorView& x, const BiasedLinear& w, const TensorView& y) {
        ops::linear(s, x, w.weight, y,
                    {.bias = w.bias.view(), .activation = ops::Activation::Relu});
    };

    ops::normalizeMel(s, m_buf.mel.view().rowSlice(input.first - melFirst, input.count),
                      m_weights.mean.view(), m_weights.inverseStd.view(), normalized);
    tap(s, "normalized", firstFrame, normalized);
    ops::conv2dFirst(s, normalized, conv(m_weights.conv0), conv0,
                     {.total = melTotal, .inputFirst = input.first, .outputFirst = first.first});
    tap(s, "conv0", firstFrame, conv0);
    ops::conv2dDepthwise(s, conv0, mel2, conv(m_weights.conv2), conv2,
                         {.total = half, .inputFirst = first.first, .outputFirst = second.first});
    pointwise(conv2, m_weights.conv3, conv3);
    ops::conv2dDepthwise(s, conv3, mel4, conv(m_weights.conv5), conv5,
                         {.total = quarter, .inputFirst = second.first, .outputFirst = firstFrame});
    pointwise(conv5, m_weights.conv6, conv6);
    tap(s, "conv_out", firstFrame, conv6);
    ops::transposeChannels(s, conv6, mel8, flat);
    ops::linear(s, flat, m_weights.out.weight,
                m_buf.x.view().rowSlice(firstFrame - chunkFirst, count),
                {.bias = m_weights.out.bias.view()});
    s.checkpoint();
}

/// x += 0.5 * FF(x)
void ConformerEncoder::feedForward(gpu::CommandStream& s, const ConformerFeedForwardWeights& w,
                                   const TensorView& x) {
    const std::int64_t rows = x.rows();
    const std::int64_t f = m_config.intermediateSize;
    const TensorView h = m_buf.h.firstRows(rows);
    const TensorView wide = m_buf.wide.firstRows(rows).columnSlice(0, 2 * f);
    const TensorView inner = m_buf.inner.firstRows(rows).columnSlice(0, f);
    ops::layerNorm(s, x, norm(w.norm), h);
    ops::linear(s, h, w.gateUp.weight, wide, {.bias = w.gateUp.bias.view()});
    ops::gated(s, wide, inner, {.order = ops::GateOrder::ValueFirst});
    ops::linear(s, inner, w.down.weight, x,
                {.bias = w.down.bias.view(), .scale = 0.5F, .accumulate = ops::Accumulate::Yes});
}

/// One conformer block: half feed-forward, self-attention, convolution, half feed-forward, norm. x:
/// [N, D] fp32, in place.
void ConformerEncoder::block(gpu::CommandStream& s, std::int64_t index, const TensorView& x) {
    const ConformerBlockWeights& w = m_weights.blocks[static_cast<std::size_t>(index)];
    const std::int64_t rows = x.rows();
    const std::int64_t d = m_config.hiddenSize;
    const std::int64_t headDim = d / m_config.heads;
    const TensorView h = m_buf.h.firstRows(rows);                            // [N, D]
    const TensorView qkv = m_buf.wide.firstRows(rows).columnSlice(0, 3 * d); // [N, 3 D]
    const TensorView glu = m_buf.wide.firstRows(rows).columnSlice(0, 2 * d); // [N, 2 D]
    const TensorView inner = m_buf.inner.firstRows(rows).columnSlice(0, d);  // [N, D]
    const TensorView small = m_buf.small.firstRows(rows);                    // [N, D]

    tap(s, "block.input", index, x);
    feedForward(s, w.feedForwardIn, x);
    tap(s, "block.after_ff_in", index, x);

    ops::layerNorm(s, x, norm(w.attentionNorm), h);
    tap(s, "block.attn_norm", index, h);
    ops::linear(s, h, w.qkv.weight, qkv, {.bias = w.qkv.bias.view()});
    ops::attention(s, {.q = qkv.columnSlice(0, d),
                       .k = qkv.columnSlice(d, d),
                       .v = qkv.columnSlice(2 * d, d),
                       .out = inner,
                       .heads = m_config.heads,
                       .kvHeads = m_config.heads,
                       .headDim = headDim,
                       .scale = 1.0F / std::sqrt(static_cast<float>(headDim)),
                       .relativeBias = m_weights.relativeBias.view()});
    ops::linear(s, inner, w.out.weight, x,
                {.bias = w.out.bias.view(), .accumulate = ops::Accumulate::Yes});
    tap(s, "block.after_attn", index, x);

    ops::layerNorm(s, x, norm(w.convNorm), h);
    ops::linear(s, h, w.glu.weight, glu, {.bias = w.glu.bias.view()});
    ops::gated(s, glu, inner,
               {.order = ops::GateOrder::ValueFirst,
                .valueBias = w.gluValueBias.view(),
                .gateBias = w.gluGateBias.view()});
    tap(s, "block.glu", index, inner);
    ops::conv1dDepthwise(s, inner, w.depthwise.view(), w.depthwiseBias.view(), h);
    ops::linear(s, h, w.pointwise.weight, small,
                {.bias = w.pointwise.bias.view(), .activation = ops::Activation::Silu});
    ops::linear(s, small, w.convOut.weight, x,
                {.bias = w.convOut.bias.view(), .accumulate = ops::Accumulate::Yes});
    tap(s, "block.after_conv", index, x);

    feedForward(s, w.feedForwardOut, x);
    tap(s, "block.after_ff_out", index, x);
    ops::layerNorm(s, x, norm(w.norm), x);
    tap(s, "block", index, x);
    s.checkpoint();
}

std::vector<Tensor> ConformerEncoder::encode(gpu::CommandStream& s, std::span<const float> logMel,
                                             AudioProjection projection,
                                             const std::function<void(double, double)>& onChunk) {
    const std::int64_t mel = m_config.melChannels;
    const auto melTotal = static_cast<std::int64_t>(logMel.size()) / mel;
    check(melTotal > 0 && melTotal * mel == static_cast<std::int64_t>(logMel.size()),
          "log-mel frames are not whole");
    const std::int64_t frames = eighth(melTotal);
    const std::int64_t chunks = (frames + m_chunk - 1) / m_chunk;
    const Projector& projector = projection == AudioProjection::Speech ? m_speech : m_vision;
    const ProjectorWeights& weights = projection == AudioProjection::Speech
                                          ? m_weights.speechProjector
                                          : m_weights.visionProjector;
    std::vector<Tensor> pieces;
    for (std::int64_t chunk = 0; chunk < chunks; ++chunk) {
        const std::int64_t first = chunk * m_chunk;
        const std::int64_t count = std::min(m_chunk, frames - first);
        pieces.emplace_back(m_device, DType::F32, Shape{count, weights.down.weight.rows()},
                            "audio tokens");
        // Mel frames that the three convolutions reach from this chunk.
        const std::int64_t melFirst = std::max<std::int64_t>(0, 8 * first - 7);
        const std::int64_t melCount = std::min(melTotal, 8 * (first + count)) - melFirst;
        writeHost<float>(m_buf.mel, logMel.subspan(static_cast<std::size_t>(melFirst * mel),
                                                   static_cast<std::size_t>(melCount * mel)));
        for (std::int64_t done = 0; done < count; done += kWindow) {
            subsample(s, first + done, std::min(kWindow, count - done), melFirst, melTotal);
        }
        // A recording of several chunks fills the last one with zero frames that take part in
        // attention; a single chunk is as long as the recording.
        const TensorView x = m_buf.x.firstRows(chunks == 1 ? count : m_chunk);
        if (count < x.rows()) {
            const std::uint64_t rowBytes = static_cast<std::uint64_t>(m_config.hiddenSize) * 4;
            s.fill({&m_buf.x.buffer(), static_cast<std::uint64_t>(count) * rowBytes,
                    static_cast<std::uint64_t>(m_chunk - count) * rowBytes},
                   0);
        }
        tap(s, "subsampled", chunk, x.rowSlice(0, count));
        for (std::int64_t i = 0; i < static_cast<std::int64_t>(m_weights.blocks.size()); ++i) {
            block(s, i, x);
        }
        projector.project(s, x.rowSlice(0, count), pieces.back().view());
        // The next chunk's frames go into the same memory.
        s.submitAndWait();
        tap(s, "tokens", chunk, pieces.back().view());
        if (onChunk) {
            onChunk(static_cast<double>(chunk + 1), static_cast<double>(chunks));
        }
    }
    return pieces;
}

} // namespace phial::models
