// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace phial {

/// Streams host data into device tensors through a bounded staging ring (2 x 16 MiB), or straight
/// into the tensor where its memory is host-visible. One thread.
class Uploader {
public:
    explicit Uploader(gpu::Device& device);
    ~Uploader(); ///< Waits for copies in flight.
    Uploader(const Uploader&) = delete;
    Uploader& operator=(const Uploader&) = delete;

    /// Fills bytes [offset, offset + size) of a tensor. `fill(piece, at)` is called with successive
    /// pieces to write, `at` counted from the start of this transfer; pieces are multiples of 4
    /// bytes except the last. Honours the stop token between pieces (throws Error{Cancelled}). The
    /// data is on the device after finish().
    void upload(const Tensor& to, std::uint64_t offset, std::uint64_t size,
                const std::function<void(std::span<std::byte> piece, std::uint64_t at)>& fill,
                const std::stop_token& stop = {});

    /// Waits until everything given to upload() has arrived.
    void finish();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// Whole tensors, for small data and tests: converts float values to the tensor's type (F32, F16,
/// BF16) and waits.
Tensor uploadFloats(gpu::Device& device, std::span<const float> values, Shape shape, DType dtype,
                    const std::string& purpose);
Tensor uploadInts(gpu::Device& device, std::span<const std::int32_t> values, Shape shape,
                  const std::string& purpose);

/// A weight matrix from row-major [rows, columns] floats, rounded to `format`; waits.
WeightMatrix uploadWeights(gpu::Device& device, std::span<const float> values, std::int64_t rows,
                           std::int64_t columns, WeightFormat format, const std::string& purpose);

/// The planes of a packed matrix on the host, all rows one after the other; docs/package-format.md.
struct PackedPlanes {
    std::span<const std::uint32_t> codes;
    std::span<const std::uint32_t> groups;
    std::span<const std::uint32_t> rows; ///< empty unless the coding is Sq
};

/// A packed weight matrix from its planes; waits.
WeightMatrix uploadPacked(gpu::Device& device, const quant::PackedFormat& packing,
                          std::int64_t rows, std::int64_t columns, const PackedPlanes& planes,
                          const std::string& purpose);

/// Reads a view back as floats, row by row (strides resolved). Submits and waits; for taps and
/// tests, not the token loop.
/// What wrote the view must have been submitted and waited for.
std::vector<float> downloadFloats(gpu::Device& device, const TensorView& view);
/// Likewise for I32 views.
std::vector<std::int32_t> downloadInts(gpu::Device& device, const TensorView& view);

} // namespace phial
