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
/// once, only those of a group. Crop 0 is the global view.
struct ImageInput {
    std::int64_t count = 0;
    std::function<ImageCrop(std::int64_t index)> crop;
    /// The image's token sequence: rows of [pooled features of all crops | sub_GN | glb_GN]:
    /// feature r of crop c is row c * (g/2)^2 + r, the separators follow behind the last crop.
    std::vector<std::int32_t> sequence;
};

/// SigLIP tower, 2x2 pooling, separators and projector (specification: 6.3 to 6.5). The crops of an
/// image go through the tower in groups: a matrix product sees the patches of all of a group, in
/// attention each crop is by itself. One thread per device.
class SiglipEncoder {
public:
    /// `weights` outlive the object. `cropsAtOnce`: the largest group; 0 = cropsAtOnce().
    SiglipEncoder(gpu::Device& device, const weights::VisionConfig& config,
                  const VisionWeights& weights, DType activations, std::int64_t cropsAtOnce = 0);

    /// Bytes of device memory that one crop of a group takes while it is worked on. What the host
    /// writes is not counted.
    static std::int64_t bytesPerCrop(const weights::VisionConfig& config, DType activations);

    /// Crops of the largest group: enough to fill a device, at most 112 MiB of them, at least one.
    static std::int64_t cropsAtOnce(const weights::VisionConfig& config, DType activations);

    /// Encodes one image into decoder rows [tokens, hidden] F32. `onCrop(done, total)` is called
    /// after each layer of a group, in crops. Honours the stream's stop token between and, on slow
    /// devices, inside dispatches (throws Error{Cancelled}).
    Tensor encode(gpu::CommandStream& s, const ImageInput& image,
                  const std::function<void(double, double)>& onCrop = {});

    /// Taps, each with the rows of all crops of a group, in order: patch_pos_embed (index = first
    /// crop), layer (index = layer), pooled (index = first crop). Once per image: hd_sequence,
    /// projected.
    Tap tap;

private:
    /// G crops with g g = P patches of D channels, F inner.
    struct Buffers {
        Tensor pixels;      ///< [G, 3, crop, crop] F32, written by the host
        Tensor positionIds; ///< [G P] I32, written by the host
        Tensor keyMask;     ///< [G P] I32, written by the host
        Tensor patches;     ///< [G P, 3 ps ps] activations
        Tensor x;           ///< [G P, D] F32: the residual stream
        Tensor h;           ///< [G P, D]
        Tensor qkv;         ///< [G P, 3 D]
        Tensor attn;        ///< [G P, D]
        Tensor inner;       ///< [G P, F]
    };

    /// Crops [first, first + count) of the image into the first rows of x.
    void embed(gpu::CommandStream& s, const ImageInput& image, std::int64_t first,
               std::int64_t count);
    void layer(gpu::CommandStream& s, std::size_t index, std::int64_t count);

    gpu::Device& m_device;
    weights::VisionConfig m_config;
    const VisionWeights& m_weights;
    std::int64_t m_grid = 0;  ///< patches per side of a crop
    std::int64_t m_group = 0; ///< crops that the buffers hold
    Buffers m_buf;
    Projector m_projector;
};

} // namespace phial::models
