// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/models/phi4_weights.h"
#include "inference/models/projector.h"
#include "inference/models/tap.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace phial::models {

/// One square view of an image as the tower sees it, on the host. g = patches per side.
struct ImageCrop {
    std::vector<float> planes;             ///< [3, crop, crop] normalised pixels
    std::vector<std::int32_t> positionIds; ///< [g g] rows of the position table
    std::vector<std::int32_t> keyMask;     ///< [g g] 1 = patch inside the image
};

/// A whole image: crop i is produced when it is needed, so that 37 crops are never in memory at
/// once. Crop 0 is the global view.
struct ImageInput {
    std::int64_t count = 0;
    std::function<ImageCrop(std::int64_t index)> crop;
    /// The image's token sequence: rows of [pooled features of all crops | sub_GN | glb_GN]:
    /// feature r of crop c is row c * (g/2)^2 + r, the separators follow behind the last crop.
    std::vector<std::int32_t> sequence;
};

/// SigLIP tower, 2x2 pooling, separators and projector (specification: 6.3 to 6.5). One thread per
/// device.
class SiglipEncoder {
public:
    /// `weights` outlive the object.
    SiglipEncoder(gpu::Device& device, const weights::VisionConfig& config,
                  const VisionWeights& weights, DType activations);

    /// Encodes one image into decoder rows [tokens, hidden] F32. `onCrop(done, total)` is called
    /// after each crop. Honours the stream's stop token between layers (throws Error{Cancelled}).
    Tensor encode(gpu::CommandStream& s, const ImageInput& image,
                  const std::function<void(double, double)>& onCrop = {});

    /// Taps: patch_pos_embed, layer (index = layer), pooled, each per crop in order; hd_sequence,
    /// projected.
    Tap tap;

private:
    /// g g = P patches of D channels, F inner.
    struct Buffers {
        Tensor pixels;      ///< [3, crop, crop] F32, written by the host
        Tensor positionIds; ///< [P] I32, written by the host
        Tensor keyMask;     ///< [P] I32, written by the host
        Tensor patches;     ///< [P, 3 ps ps] activations
        Tensor x;           ///< [P, D] F32: the residual stream
        Tensor h;           ///< [P, D]
        Tensor qkv;         ///< [P, 3 D]
        Tensor attn;        ///< [P, D]
        Tensor inner;       ///< [P, F]
    };

    void embed(gpu::CommandStream& s, const ImageCrop& crop);
    void layer(gpu::CommandStream& s, std::size_t index);

    gpu::Device& m_device;
    weights::VisionConfig m_config;
    const VisionWeights& m_weights;
    std::int64_t m_grid = 0; ///< patches per side of a crop
    Buffers m_buf;
    Projector m_projector;
};

} // namespace phial::models
