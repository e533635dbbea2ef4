// SPDX-License-Identifier: MIT
#include "inference/models/siglip_encoder.h"

#include "inference/base/error.h"
#include "inference/models/host_write.h"
#include "inference/ops/add_rows.h"
#include "inference/ops/attention.h"
#include "inference/ops/average_pool.h"
#include "inference/ops/copy_rows.h"
#include "inference/ops/gather_rows.h"
#include "inference/ops/layer_norm.h"
#include "inference/ops/linear.h"
#include "inference/ops/patchify.h"

#include <algorithm>
#include <cmath>

namespace phial::models {
namespace {

// With 1024 patches a crop, four make matrix products of 4096 rows: no card needs more to be busy.
constexpr std::int64_t kGroupCrops = 4;
// Of the full-size model four crops in fp16, two in fp32.
constexpr std::int64_t kGroupBytes = 112LL << 20U;

} // namespace

std::int64_t SiglipEncoder::bytesPerCrop(const weights::VisionConfig& c, DType activations) {
    const std::int64_t patches = std::int64_t{c.patchesPerSide()} * c.patchesPerSide();
    const std::int64_t d = c.hiddenSize;
    const std::int64_t pixels = std::int64_t{3} * c.patchSize * c.patchSize;
    return patches * (4 * d + bytesPerElement(activations) * (pixels + 5 * d + c.intermediateSize));
}

std::int64_t SiglipEncoder::cropsAtOnce(const weights::VisionConfig& config, DType activations) {
    return std::clamp<std::int64_t>(kGroupBytes / bytesPerCrop(config, activations), 1,
                                    kGroupCrops);
}

SiglipEncoder::SiglipEncoder(gpu::Device& device, const weights::VisionConfig& config,
                             const VisionWeights& weights, DType activations,
                             std::int64_t cropsAtOnce)
    : m_device(device)
    , m_config(config)
    , m_weights(weights)
    , m_grid(config.patchesPerSide())
    , m_group(cropsAtOnce > 0 ? cropsAtOnce : SiglipEncoder::cropsAtOnce(config, activations))
    , m_projector(device, weights.projector, activations) {
    const std::int64_t patches = m_group * m_grid * m_grid;
    const std::int64_t d = config.hiddenSize;
    const std::int64_t crop = config.cropSize;
    const std::string purpose = "the image encoder";
    m_buf.pixels =
        Tensor(device, DType::F32, Shape{m_group, 3, crop, crop}, purpose, gpu::Memory::Upload);
    m_buf.positionIds = Tensor(device, DType::I32, Shape{patches}, purpose, gpu::Memory::Upload);
    m_buf.keyMask = Tensor(device, DType::I32, Shape{patches}, purpose, gpu::Memory::Upload);
    m_buf.patches = Tensor(device, activations,
                           Shape{patches, 3 * config.patchSize * config.patchSize}, purpose);
    m_buf.x = Tensor(device, DType::F32, Shape{patches, d}, purpose);
    m_buf.h = Tensor(device, activations, Shape{patches, d}, purpose);
    m_buf.qkv = Tensor(device, activations, Shape{patches, 3 * d}, purpose);
    m_buf.attn = Tensor(device, activations, Shape{patches, d}, purpose);
    m_buf.inner = Tensor(device, activations, Shape{patches, config.intermediateSize}, purpose);
}

void SiglipEncoder::embed(gpu::CommandStream& s, const ImageInput& image, std::int64_t first,
                          std::int64_t count) {
    for (std::int64_t i = 0; i < count; ++i) {
        const ImageCrop crop = image.crop(first + i);
        writeHost<float>(m_buf.pixels, crop.planes, i * std::ssize(crop.planes));
        writeHost<std::int32_t>(m_buf.positionIds, crop.positionIds, i * m_grid * m_grid);
        writeHost<std::int32_t>(m_buf.keyMask, crop.keyMask, i * m_grid * m_grid);
        s.checkpoint(); // cutting crops takes a while on the host
    }
    const BiasedLinear& w = m_weights.patchEmbedding;
    const std::int64_t rows = count * m_grid * m_grid;
    const std::int64_t side = m_config.cropSize;
    TensorView pixels = m_buf.pixels.view();
    pixels.shape = Shape{count, 3, side, side};
    const TensorView patches = m_buf.patches.firstRows(rows);
    const TensorView x = m_buf.x.firstRows(rows);
    ops::patchify(s, pixels, m_config.patchSize, patches);
    ops::linear(s, patches, w.weight, x, {.bias = w.bias.view()});
    ops::addRows(s, x, m_weights.positionEmbedding, m_buf.positionIds.view().columnSlice(0, rows));
}

void SiglipEncoder::layer(gpu::CommandStream& s, std::size_t index, std::int64_t count) {
    const SiglipLayerWeights& w = m_weights.layers[index];
    const std::int64_t d = m_config.hiddenSize;
    const std::int64_t headDim = d / m_config.heads;
    const auto norm = [&](const Norm& n) {
        return ops::LayerNormWeights{n.weight.view(), n.bias.view(), m_config.layerNormEps};
    };
    const std::int64_t rows = count * m_grid * m_grid;
    const TensorView x = m_buf.x.firstRows(rows);         // [G P, D]
    const TensorView h = m_buf.h.firstRows(rows);         // [G P, D]
    const TensorView qkv = m_buf.qkv.firstRows(rows);     // [G P, 3 D]
    const TensorView attn = m_buf.attn.firstRows(rows);   // [G P, D]
    const TensorView inner = m_buf.inner.firstRows(rows); // [G P, F]

    ops::layerNorm(s, x, norm(w.layerNorm1), h);
    ops::linear(s, h, w.qkv.weight, qkv, {.bias = w.qkv.bias.view()});
    ops::attention(s, {.q = qkv.columnSlice(0, d),
                       .k = qkv.columnSlice(d, d),
                       .v = qkv.columnSlice(2 * d, d),
                       .out = attn,
                       .heads = m_config.heads,
                       .kvHeads = m_config.heads,
                       .headDim = headDim,
                       .sequences = count,
                       .scale = 1.0F / std::sqrt(static_cast<float>(headDim)),
                       .keyMask = m_buf.keyMask.view().columnSlice(0, rows)});
    ops::linear(s, attn, w.outProj.weight, x,
                {.bias = w.outProj.bias.view(), .accumulate = ops::Accumulate::Yes});
    ops::layerNorm(s, x, norm(w.layerNorm2), h);
    ops::linear(s, h, w.fc1.weight, inner,
                {.bias = w.fc1.bias.view(), .activation = ops::Activation::GeluTanh});
    ops::linear(s, inner, w.fc2.weight, x,
                {.bias = w.fc2.bias.view(), .accumulate = ops::Accumulate::Yes});
}

Tensor SiglipEncoder::encode(gpu::CommandStream& s, const ImageInput& image,
                             const std::function<void(double, double)>& onCrop) {
    const std::int64_t perCrop = (m_grid / 2) * (m_grid / 2);
    const std::int64_t d = m_config.hiddenSize;
    const std::int64_t separators = image.count * perCrop;
    // All pooled crops and the two separators, so that the sequence is one gather.
    const Tensor features(m_device, DType::F32, Shape{separators + 2, d}, "image features");
    const auto tokens = static_cast<std::int64_t>(image.sequence.size());
    const Tensor ids(m_device, DType::I32, Shape{tokens}, "an image sequence", gpu::Memory::Upload);
    writeHost<std::int32_t>(ids, image.sequence);
    const Tensor sequence(m_device, DType::F32, Shape{tokens, d}, "an image sequence");
    Tensor projected(m_device, DType::F32, Shape{tokens, m_weights.projector.down.weight.rows()},
                     "image tokens");
    const std::size_t layers = m_weights.layers.size();
    // Groups of nearly the same size: ten crops as 4, 3 and 3.
    const std::int64_t groups = (image.count + m_group - 1) / m_group;
    for (std::int64_t group = 0; group < groups; ++group) {
        const std::int64_t first = group * image.count / groups;
        const std::int64_t count = (group + 1) * image.count / groups - first;
        embed(s, image, first, count);
        const TensorView x = m_buf.x.firstRows(count * m_grid * m_grid);
        tap(s, "patch_pos_embed", first, x);
        for (std::size_t i = 0; i < layers; ++i) {
            layer(s, i, count);
            tap(s, "layer", static_cast<std::int64_t>(i), x);
            s.checkpoint();
            if (onCrop && i + 1 < layers) {
                const double part = static_cast<double>(i + 1) / static_cast<double>(layers);
                onCrop(static_cast<double>(first) + part * static_cast<double>(count),
                       static_cast<double>(image.count));
            }
        }
        const TensorView pooled = features.view().rowSlice(first * perCrop, count * perCrop);
        ops::averagePool(s, x, m_grid, pooled);
        tap(s, "pooled", first, pooled);
        // The next group's pixels go into the same memory.
        s.submitAndWait();
        if (onCrop) {
            onCrop(static_cast<double>(first + count), static_cast<double>(image.count));
        }
    }
    const auto separatorRow = [&](std::int64_t row) { return features.view().rowSlice(row, 1); };
    ops::copyRows(s, m_weights.subSeparator.view().reshaped(Shape{1, d}), separatorRow(separators));
    ops::copyRows(s, m_weights.globalSeparator.view().reshaped(Shape{1, d}),
                  separatorRow(separators + 1));

    ops::gatherRows(s, features.view(), ids.view(), sequence.view());
    tap(s, "hd_sequence", -1, sequence.view());
    m_projector.project(s, sequence.view(), projected.view());
    s.submitAndWait();
    tap(s, "projected", -1, projected.view());
    return projected;
}

} // namespace phial::models
