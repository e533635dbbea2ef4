// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/models/phi4_weights.h"
#include "inference/models/projector.h"
#include "inference/models/tap.h"
#include "inference/ops/layer_norm.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace phial::models {

/// Which projector turns audio features into decoder rows: Vision when the request also has an
/// image.
enum class AudioProjection : std::uint8_t { Speech, Vision };

/// Convolutional subsampling by 8, conformer blocks and projector (specification: 7.2 to 7.5).
/// Memory does not grow with the length of a recording: convolutions run in windows, blocks in
/// chunks of 500 frames (80 ms each) that do not see each other. One thread per device.
class ConformerEncoder {
public:
    /// `weights` outlive the object.
    ConformerEncoder(gpu::Device& device, const weights::AudioConfig& config,
                     const AudioWeights& weights, DType activations);

    /// Encodes one recording. `logMel`: [frames, mel] natural-log mel power, row-major, frames > 0.
    /// Gives ceil(frames / 8) decoder rows F32 in pieces of at most 500, in order. `onChunk(done,
    /// total)` is called after each chunk. Honours the stream's stop token between blocks (throws
    /// Error{Cancelled}).
    std::vector<Tensor> encode(gpu::CommandStream& s, std::span<const float> logMel,
                               AudioProjection projection,
                               const std::function<void(double, double)>& onChunk = {});

    /// Taps: normalized, conv0 [T/2 * mel/2, C], conv_out [T/8 * mel/8, C] (index = window);
    /// subsampled (index = chunk); of every block: block.input, block.after_ff_in, block.attn_norm,
    /// block.after_attn, block.glu, block.after_conv, block.after_ff_out, block (index = block);
    /// tokens (index = chunk).
    Tap tap;

private:
    /// B = output frames of a convolution window, C channels, M mel bands; N = frames of a chunk, D
    /// width.
    struct Buffers {
        Tensor mel;        ///< [8 N + 7, M] F32, written by the host
        Tensor normalized; ///< [8 B + 7, M] F32
        Tensor conv0;      ///< [(4 B + 3) M/2, C] activations
        Tensor conv2;      ///< [(2 B + 1) M/4, C]
        Tensor conv3;      ///< [(2 B + 1) M/4, C]
        Tensor conv5;      ///< [B M/8, C]
        Tensor conv6;      ///< [B M/8, C]
        Tensor flat;       ///< [B, C M/8]
        Tensor x;          ///< [N, D] F32: the residual stream
        Tensor h;          ///< [N, D]
        Tensor wide;       ///< [N, max(3 D, 2 F)]: q k v, gate and value
        Tensor inner;      ///< [N, max(D, F)]
        Tensor small;      ///< [N, D]
    };

    void subsample(gpu::CommandStream& s, std::int64_t firstFrame, std::int64_t count,
                   std::int64_t melFirst, std::int64_t melTotal);
    void feedForward(gpu::CommandStream& s, const ConformerFeedForwardWeights& w,
                     const TensorView& x);
    void block(gpu::CommandStream& s, std::int64_t index, const TensorView& x);
    ops::LayerNormWeights norm(const Norm& n) const;

    gpu::Device& m_device;
    weights::AudioConfig m_config;
    const AudioWeights& m_weights;
    std::int64_t m_chunk = 0; ///< frames that attend to each other
    Buffers m_buf;
    Projector m_speech;
    Projector m_vision;
};

} // namespace phial::models
