// SPDX-License-Identifier: MIT
#pragma once

#include "inference/bench/synthetic_weights.h"
#include "inference/gpu/device.h"
#include "inference/tensor/dtype.h"
#include "inference/tensor/weight_matrix.h"

namespace phial::bench {

/// What the device can do at best with our own commands: the roofline that rows are compared with.
struct DeviceLimits {
    double copyBytesPerSecond = 0; ///< bytes read plus bytes written by a buffer copy
    double matrixFlopsPerSecond =
        0; ///< of a matrix product with 256 rows or more, 2 per multiply-add
};

/// Measures both, `rounds` times each, medians. Takes about 100 MB of device memory meanwhile.
DeviceLimits measureLimits(gpu::Device& device, DType activations, const MatrixFormat& format,
                           int rounds);

} // namespace phial::bench
