// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "inference/gpu/device.h"
#include "inference/ops/linear_choice.h"
#include "inference/quant/packed_format.h"
#include "inference/tensor/weight_matrix.h"
#include "inference/weights/checkpoint.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace phial {

/// How the elements of a weight matrix are stored; `packing` counts for Packed only.
struct MatrixKind {
    WeightFormat format = WeightFormat::F32;
    quant::PackedFormat packing;

    bool operator==(const MatrixKind&) const = default;
};

/// The options with what such a precision leaves off: fp32 rounds no input to eight bits.
gpu::DeviceOptions optionsFor(gpu::DeviceOptions options, Precision precision);

/// The kinds of matrices that a checkpoint becomes on a device with such activations.
std::vector<MatrixKind> matrixFormats(const weights::Checkpoint& checkpoint, DType activations);

/// Runs the matrix products that a model of such matrices would run, on small odd shapes, and
/// compares them with the CPU reference: one row normed and gated, one row added to a residual, and
/// many rows with every kernel that the device uses for some number of them. Empty when all are
/// right, else what went wrong, as "40 rows by sq4: 3.1 in place of 2.7". Submits and waits. Throws
/// Error{Cancelled} between two of them once a stop is requested.
std::string kernelFault(gpu::Device& device, const std::vector<MatrixKind>& kinds,
                        DType activations, const std::stop_token& stop = {});

/// The same for one kernel with its cut, which the device can run for so many rows.
std::string choiceFault(gpu::Device& device, const MatrixKind& kind, DType activations,
                        ops::LinearClass::Rows rows, const ops::LinearChoice& choice,
                        const std::stop_token& stop = {});

struct CheckedDevice {
    std::unique_ptr<gpu::Device> device;
    std::string notice; ///< what is left off because it computes wrongly, one sentence; or empty
};

/// What to check on a device that was just opened; may throw to refuse it before anything is done.
using MatrixKindsFor = std::function<std::vector<MatrixKind>(gpu::Device&, DType activations)>;
using OpenDevice = std::function<std::unique_ptr<gpu::Device>(const gpu::DeviceOptions&)>;

/// Opens the device and checks its kernels before any weight is trusted to it. Where they compute
/// wrongly the next tier is tried: without what `phial bench --tune` measured, without cooperative
/// matrices where they are used, then without subgroup operations, then, unless fp16 was asked for,
/// without fp16. Throws Error{DeviceUnsuitable} when no tier is right, what Device::open() and
/// `kinds` throw, and Error{Cancelled} once a stop is requested. `open` stands in for
/// Device::open() in tests.
CheckedDevice openCheckedDevice(const gpu::DeviceOptions& options, Precision precision,
                                const MatrixKindsFor& kinds, const std::stop_token& stop = {},
                                const OpenDevice& open = gpu::Device::open);

} // namespace phial
