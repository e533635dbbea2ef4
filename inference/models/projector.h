// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/models/phi4_weights.h"

namespace phial::models {

/// down(gelu(up(x))): encoder features [T, encoder width] into decoder rows [T, hidden]. Works in
/// blocks of rows so that scratch memory does not grow with T. One thread per device.
class Projector {
public:
    /// `weights` outlive the object. `activations`: F32 or F16.
    Projector(gpu::Device& device, const ProjectorWeights& weights, DType activations);

    /// x: [T, in] F32 or F16; y: [T, out] F32.
    void project(gpu::CommandStream& s, const TensorView& x, const TensorView& y) const;

private:
    struct Buffers {
        Tensor inner; ///< [block, hidden] activations
    };

    const ProjectorWeights& m_weights;
    Buffers m_buf;
};

} // namespace phial::models
