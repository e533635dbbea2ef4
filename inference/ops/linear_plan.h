// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/ops/linear.h"

#include <cstdint>

// Which shader makes a matrix product, how it is specialized and how many workgroups it needs. For
// inference/ops only.
namespace phial::ops {

/// A product to plan; `outputs` are those of one piece of the weight.
struct LinearCall {
    gpu::CommandStream& stream;
    const TensorView& x;
    const WeightMatrix& weight;
    const TensorView& y;
    std::int64_t outputs = 0;
    bool bias = false;
    Activation activation = Activation::None;
    Accumulate accumulate = Accumulate::No;
    // At most kFewRows rows:
    const InputNorm* norm = nullptr;
    bool gated = false;
    bool outputScale = false;
};

struct LinearPlan {
    const gpu::Kernel* kernel;
    gpu::Groups groups;
    bool few; ///< made for few rows: binds gain and output scale too
};

LinearPlan planLinear(const LinearCall& call);

} // namespace phial::ops
