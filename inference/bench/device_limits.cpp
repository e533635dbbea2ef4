// SPDX-License-Identifier: MIT
#include "inference/bench/device_limits.h"

#include "inference/bench/measure.h"
#include "inference/bench/synthetic_weights.h"
#include "inference/gpu/command_stream.h"
#include "inference/ops/linear.h"

#include <algorithm>

namespace phial::bench {
namespace {

constexpr std::uint64_t kCopyBytes = 32ULL << 20U; // larger than the caches of most devices
constexpr int kCopies = 8;                         // so that the submission itself costs little

// A square matrix product large enough to fill the device; a software device is filled by less.
constexpr std::int64_t kRows = 512;
constexpr std::int64_t kWidth = 2048;
constexpr std::int64_t kSoftwareRows = 256;
constexpr std::int64_t kSoftwareWidth = 1024;

double copyRate(gpu::Device& device, int rounds) {
    const gpu::Buffer a = device.makeBuffer(kCopyBytes, gpu::Memory::Device, "the copy test");
    const gpu::Buffer b = device.makeBuffer(kCopyBytes, gpu::Memory::Device, "the copy test");
    gpu::CommandStream s(device);
    s.fill({&a, 0, kCopyBytes}, 1); // a page that was never written may not be read from memory
    s.fill({&b, 0, kCopyBytes}, 2);
    s.submitAndWait();
    const Seconds taken = medianOf(rounds, [&] {
        for (int i = 0; i < kCopies; ++i) {
            const bool forth = i % 2 == 0;
            s.copy({forth ? &a : &b, 0, kCopyBytes}, {forth ? &b : &a, 0, kCopyBytes});
        }
        s.submitAndWait();
    });
    return 2.0 * kCopies * static_cast<double>(kCopyBytes) / taken.wall;
}

double matrixRate(gpu::Device& device, DType activations, const MatrixFormat& format, int rounds) {
    const bool software = device.info().kind == gpu::DeviceKind::Software;
    const std::int64_t rows = software ? kSoftwareRows : kRows;
    const std::int64_t width = software ? kSoftwareWidth : kWidth;
    const WeightMatrix weight = syntheticMatrix(device, format, width, width);
    const Tensor x(device, activations, phial::Shape{rows, width}, "the matrix test");
    const Tensor y(device, activations, phial::Shape{rows, width}, "the matrix test");
    gpu::CommandStream s(device);
    s.fill({&x.buffer(), 0, static_cast<std::uint64_t>(x.bytes())}, 0);
    ops::linear(s, x.view(), weight, y.view()); // compiles
    s.submitAndWait();
    const Seconds taken = medianOf(rounds, [&] {
        ops::linear(s, x.view(), weight, y.view());
        s.submitAndWait();
    });
    return 2.0 * static_cast<double>(rows * width * width) / taken.wall;
}

} // namespace

DeviceLimits measureLimits(gpu::Device& device, DType activations, const MatrixFormat& format,
                           int rounds) {
    return {.copyBytesPerSecond = copyRate(device, rounds),
            .matrixFlopsPerSecond = matrixRate(device, activations, format, rounds)};
}

} // namespace phial::bench
