// SPDX-License-Identifier: MIT
#include "inference/base/shape.h"

#include "inference/base/error.h"

#include <utility>

namespace phial {

Shape::Shape(std::initializer_list<std::int64_t> extents)
    : m_extents(extents) {}

Shape::Shape(std::vector<std::int64_t> extents)
    : m_extents(std::move(extents)) {}

std::int64_t Shape::operator[](int axis) const {
    const int index = axis < 0 ? axis + rank() : axis;
    check(index >= 0 && index < rank(), "axis out of range");
    return m_extents[static_cast<std::size_t>(index)];
}

std::int64_t Shape::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t extent : m_extents) {
        product *= extent;
    }
    return product;
}

std::string Shape::text() const {
    std::string out = "[";
    for (std::size_t i = 0; i < m_extents.size(); ++i) {
        out += (i == 0 ? "" : ", ") + std::to_string(m_extents[i]);
    }
    return out + "]";
}

} // namespace phial
