// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/gpu/buffer.h"
#include "inference/gpu/device.h"
#include "inference/tensor/dtype.h"

#include <cstdint>
#include <string>

namespace phial {

/// A borrowed, strided matrix view of device memory: `shape` row-major; consecutive rows (all axes
/// but the last, flattened) are `rowStride` elements apart. `elementOffset` moves the first element
/// inside the bound range, because bindings must start at aligned offsets while columns of a fused
/// matrix (q, k, v of qkv) need not. Value type; the buffer outlives it. In Phial activations are
/// [T, D] views.
struct TensorView {
    gpu::BufferRange range; ///< aligned range to bind
    DType dtype = DType::F32;
    Shape shape;
    std::int64_t elementOffset = 0; ///< of element 0 from the start of `range`, in elements
    std::int64_t rowStride = 0;     ///< elements between consecutive rows; >= shape[-1]

    std::int64_t columns() const { return shape[-1]; }

    std::int64_t rows() const { return shape.rank() == 0 ? 1 : shape.elements() / shape[-1]; }

    /// Rows [first, first + count) as a [count, columns] view. 0 <= first, first + count <= rows().
    TensorView rowSlice(std::int64_t first, std::int64_t count) const;
    /// Columns [first, first + count) of every row.
    TensorView columnSlice(std::int64_t first, std::int64_t count) const;
    /// The same elements under another shape; needs contiguous rows (rowStride == columns).
    TensorView reshaped(Shape newShape) const;

    bool contiguous() const { return rowStride == shape[-1]; }
};

/// A tensor that owns its device memory. Move-only.
class Tensor {
public:
    Tensor() = default;
    /// Uninitialised memory. All extents > 0. Throws Error{OutOfDeviceMemory} naming `purpose`.
    Tensor(gpu::Device& device, DType dtype, Shape shape, const std::string& purpose,
           gpu::Memory memory = gpu::Memory::Device);

    bool valid() const { return m_buffer.valid(); }

    DType dtype() const { return m_dtype; }

    const Shape& shape() const { return m_shape; }

    std::int64_t bytes() const { return m_shape.elements() * bytesPerElement(m_dtype); }

    const gpu::Buffer& buffer() const { return m_buffer; }

    TensorView view() const;

    /// The first `rows` rows of a [capacity, D] tensor as [rows, D]: scratch buffers are allocated
    /// once for the largest chunk.
    TensorView firstRows(std::int64_t rows) const { return view().rowSlice(0, rows); }

private:
    gpu::Buffer m_buffer;
    DType m_dtype = DType::F32;
    Shape m_shape;
};

} // namespace phial
