// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace phial {

/// Extents of a row-major tensor, outermost first. A value type; empty = scalar.
class Shape {
public:
    Shape() = default;
    Shape(std::initializer_list<std::int64_t> extents);
    explicit Shape(std::vector<std::int64_t> extents);

    int rank() const { return static_cast<int>(m_extents.size()); }

    /// Extent of axis `axis`; negative counts from the end. Throws Error{Internal} out of range.
    std::int64_t operator[](int axis) const;

    /// Product of all extents.
    std::int64_t elements() const;

    const std::vector<std::int64_t>& extents() const { return m_extents; }

    /// "[200064, 3072]"
    std::string text() const;

    bool operator==(const Shape&) const = default;

private:
    std::vector<std::int64_t> m_extents;
};

} // namespace phial
