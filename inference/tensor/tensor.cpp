// SPDX-License-Identifier: MIT
#include "inference/tensor/tensor.h"

#include "inference/base/error.h"

#include <utility>

namespace phial {
namespace {

// No device may ask for a coarser alignment of storage-buffer offsets (Vulkan 1.2, required
// limits).
constexpr std::int64_t kBindingAlignment = 256;

constexpr std::int64_t roundUp(std::int64_t value, std::int64_t step) {
    return (value + step - 1) / step * step;
}

/// Narrows the bound range to what the view touches, so that slices that lie apart do not wait for
/// each other.
TensorView narrowed(TensorView view) {
    const std::int64_t size = bytesPerElement(view.dtype);
    const std::int64_t skipped = view.elementOffset * size / kBindingAlignment * kBindingAlignment;
    view.range.offset += static_cast<std::uint64_t>(skipped);
    view.elementOffset -= skipped / size;
    const std::int64_t end =
        view.elementOffset + (view.rows() - 1) * view.rowStride + view.columns();
    view.range.bytes = static_cast<std::uint64_t>(roundUp(end * size, 4));
    return view;
}

} // namespace

TensorView TensorView::rowSlice(std::int64_t first, std::int64_t count) const {
    check(first >= 0 && count > 0 && first + count <= rows(),
          "rows [" + std::to_string(first) + ", " + std::to_string(first + count) +
              ") are not all in " + shape.text());
    TensorView view = *this;
    view.shape = Shape{count, columns()};
    view.elementOffset += first * rowStride;
    return narrowed(view);
}

TensorView TensorView::columnSlice(std::int64_t first, std::int64_t count) const {
    check(first >= 0 && count > 0 && first + count <= columns(),
          "columns [" + std::to_string(first) + ", " + std::to_string(first + count) +
              ") are not all in " + shape.text());
    TensorView view = *this;
    view.shape = Shape{rows(), count};
    view.elementOffset += first;
    return narrowed(view);
}

TensorView TensorView::reshaped(Shape newShape) const {
    check(contiguous() || rows() == 1, "a strided view cannot be reshaped: " + shape.text());
    check(newShape.elements() == shape.elements() && newShape.rank() > 0,
          shape.text() + " cannot become " + newShape.text());
    TensorView view = *this;
    view.rowStride = newShape[-1];
    view.shape = std::move(newShape);
    return view;
}

Tensor::Tensor(gpu::Device& device, DType dtype, Shape shape, const std::string& purpose,
               gpu::Memory memory)
    : m_dtype(dtype)
    , m_shape(std::move(shape)) {
    for (const std::int64_t extent : m_shape.extents()) {
        check(extent > 0, purpose + " has an empty shape " + m_shape.text());
    }
    m_buffer = device.makeBuffer(static_cast<std::uint64_t>(bytes()), memory, purpose);
}

TensorView Tensor::view() const {
    check(valid() && m_shape.rank() > 0, "a view needs a tensor with at least one axis");
    return {.range = {.buffer = &m_buffer,
                      .offset = 0,
                      .bytes = static_cast<std::uint64_t>(roundUp(bytes(), 4))},
            .dtype = m_dtype,
            .shape = m_shape,
            .elementOffset = 0,
            .rowStride = m_shape[-1]};
}

} // namespace phial
