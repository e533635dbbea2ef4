// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/device.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <vector>

namespace phial::models {

/// Keys and values of all layers for up to `context` tokens; row p belongs to position p. Memory
/// grows in steps so that short conversations need little of it. One thread; no device work may be
/// in flight during reserve().
class KvCache {
public:
    struct Layout {
        std::int64_t layers = 0;
        std::int64_t width = 0; ///< kvHeads * headDim
        DType dtype = DType::F32;
        std::int64_t context = 0; ///< most tokens ever
    };

    KvCache(gpu::Device& device, const Layout& layout);

    /// Makes room for `tokens` (<= context) tokens; keeps what is there. Returns whether the memory
    /// moved (recordings that bind it are then void). Throws Error{OutOfDeviceMemory}, and then
    /// the cache is as before.
    bool reserve(std::int64_t tokens);

    std::int64_t capacity() const { return m_capacity; }

    std::int64_t context() const { return m_layout.context; }

    TensorView keys(std::int64_t layer) const { return at(m_keys, layer); } ///< [capacity, width]

    TensorView values(std::int64_t layer) const {
        return at(m_values, layer);
    } ///< [capacity, width]

    /// Device memory of `tokens` tokens under this layout.
    static std::uint64_t bytesFor(const Layout& layout, std::int64_t tokens);

private:
    static TensorView at(const std::vector<Tensor>& tensors, std::int64_t layer) {
        return tensors[static_cast<std::size_t>(layer)].view();
    }

    void allocate(std::int64_t rows, std::vector<Tensor>& keys, std::vector<Tensor>& values) const;

    gpu::Device& m_device;
    Layout m_layout;
    std::int64_t m_capacity = 0;
    std::vector<Tensor> m_keys;
    std::vector<Tensor> m_values;
};

} // namespace phial::models
