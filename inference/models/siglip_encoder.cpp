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

#include <cmath>

namespace phial::models {

SiglipEncoder::SiglipEncoder(gpu::Device& device, const weights::VisionConfig& config,
                             const VisionWeights& weights, DType activations)
    : m_device(device)
    , m_config(config)
    , m_weights(weights)
    , m_grid(config.patchesPerSide())
    , m_projector(device, weights.projector, activations) {
    const std::int64_t patches = m_grid * m_grid;
    const std::int64_t d = config.hiddenSize;
    const std::int64_t crop = config.cropSize;
    const std::string purpose = "the image encoder";
    m_buf.pixels = Tensor(device, DType::F32, Shape{3, crop, crop}, purpose, gpu::Memory::Upload);
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

void SiglipEncoder::embed(gpu::CommandStream& s, const ImageCrop& crop) {
    writeHost<float>(m_buf.pixels, crop.planes);
    writeHost<std::int32_t>(m_buf.positionIds, crop.positionIds);
    writeHost<std::int32_t>(m_buf.keyMask, crop.keyMask);
    const BiasedLinear& w = m_weights.patchEmbedding;
    const TensorView x = m_buf.x.view();
    ops::patchify(s, m_buf.pixels.view(), m_config.patchSize, m_buf.patches.view());
    ops::linear(s, m_buf.patches.view(), w.weight, x, {.bias = w.bias.view()});
    ops::addRows(s, x, m_weights.positionEmbedding, m_buf.positionIds.view());
}

void SiglipEncoder::layer(gpu::CommandStream& s, std::size_t index) {
    const SiglipLayerWeights& w = m_weights.layers[index];
    const std::int64_t d = m_config.hiddenSize;
    const std::int64_t headDim = d / m_config.heads;
    const auto norm = [&](const Norm& n) {
        return ops::LayerNormWeights{n.weight.view(), n.bias.view(), m_config.layerNormEps};
    };
    const TensorView x = m_buf.x.view();         // [P, D]
    const TensorView h = m_buf.h.view();         // [P, D]
    const TensorView qkv = m_buf.qkv.view();     // [P, 3 D]
    const TensorView attn = m_buf.attn.view();   // [P, D]
    const TensorView inner = m_buf.inner.view(); // [P, F]

    ops::layerNorm(s, x, norm(w.layerNorm1), h);
    ops::linear(s, h, w.qkv.weight, qkv, {.bias = w.qkv.bias.view()});
    ops::attention(s, {.q = qkv.columnSlice(0, d),
                       .k = qkv.columnSlice(d, d),
                       .v = qkv.columnSlice(2 * d, d),
                       .out = attn,
                       .heads = m_config.heads,
                       .kvHeads = m_config.heads,
                       .headDim = headDim,
                       .scale = 1.0F / std::sqrt(static_cast<float>(headDim)),
                       .keyMask = m_buf.keyMask.view()});
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
    for (std::int64_t i = 0; i < image.count; ++i) {
        embed(s, image.crop(i));
        tap(s, "patch_pos_embed", i, m_buf.x.view());
        for (std::size_t layerIndex = 0; layerIndex < m_weights.layers.size(); ++layerIndex) {
            layer(s, layerIndex);
            tap(s, "layer", static_cast<std::int64_t>(layerIndex), m_buf.x.view());
            s.checkpoint();
        }
        const TensorView pooled = features.view().rowSlice(i * perCrop, perCrop);
        ops::averagePool(s, m_buf.x.view(), m_grid, pooled);
        tap(s, "pooled", i, pooled);
        // The next crop's pixels go into the same memory.
        s.submitAndWait();
        if (onCrop) {
            onCrop(static_cast<double>(i + 1), static_cast<double>(image.count));
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
