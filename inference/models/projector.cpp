// SPDX-License-Identifier: MIT
#include "inference/models/projector.h"

#include "inference/ops/linear.h"

#include <algorithm>

namespace phial::models {
namespace {

constexpr std::int64_t kBlock = 512;

} // namespace

Projector::Projector(gpu::Device& device, const ProjectorWeights& weights, DType activations)
    : m_weights(weights)
    , m_buf{Tensor(device, activations, Shape{kBlock, weights.up.weight.rows()}, "a projector")} {}

void Projector::project(gpu::CommandStream& s, const TensorView& x, const TensorView& y) const {
    for (std::int64_t first = 0; first < x.rows(); first += kBlock) {
        const std::int64_t count = std::min(kBlock, x.rows() - first);
        const TensorView inner = m_buf.inner.firstRows(count);
        ops::linear(s, x.rowSlice(first, count), m_weights.up.weight, inner,
                    {.bias = m_weights.up.bias.view(), .activation = ops::Activation::Gelu});
        ops::linear(s, inner, m_weights.down.weight, y.rowSlice(first, count),
                    {.bias = m_weights.down.bias.view()});
        s.checkpoint();
    }
}

} // namespace phial::models
