// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/error.h"
#include "inference/tensor/tensor.h"

#include <cstring>
#include <span>

namespace phial::models {

/// Writes the first values.size() elements of an Upload tensor. The device must not be reading it.
template <class T>
void writeHost(const Tensor& to, std::span<const T> values, std::int64_t firstElement = 0) {
    const std::span<std::byte> memory = to.buffer().mapped();
    const auto offset = static_cast<std::size_t>(firstElement) * sizeof(T);
    check(bytesPerElement(to.dtype()) == sizeof(T) && offset + values.size_bytes() <= memory.size(),
          "host data does not fit its upload buffer");
    std::memcpy(memory.data() + offset, values.data(), values.size_bytes());
}

} // namespace phial::models
