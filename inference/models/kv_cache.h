// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/gpu/device.h"
#include "inference/ops/kv_format.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace phial::models {

/// Keys and values of all layers for up to `context` tokens; row p belongs to position p. Memory
/// grows in steps so that short conversations need little of it. One thread; no device work may be
/// in flight during reserve().
class KvCache {
public:
    struct Layout {
        std::int64_t layers = 0;
        std::int64_t kvHeads = 0;
        std::int64_t headDim = 0;
        DType dtype = DType::F32; ///< of a plain cache
        ops::KvFormat format = ops::KvFormat::Plain;
        std::int64_t context = 0; ///< most tokens ever

        std::int64_t keyElements() const { return ops::keyRowElements(format, kvHeads, headDim); }

        std::int64_t valueElements() const {
            return ops::valueRowElements(format, kvHeads, headDim);
        }

        DType elementType() const { return format == ops::KvFormat::Plain ? dtype : DType::I32; }
    };

    /// Throws Error{InvalidArgument} for a coded format with heads that cannot be coded.
    KvCache(gpu::Device& device, const Layout& layout);

    /// Makes room for `tokens` (<= context) tokens; keeps what is there. Returns whether the memory
    /// moved (recordings that bind it are then void). Throws Error{OutOfDeviceMemory}, and then
    /// the cache is as before.
    bool reserve(std::int64_t tokens);

    std::int64_t capacity() const { return m_capacity; }

    std::int64_t context() const { return m_layout.context; }

    ops::KvFormat format() const { return m_layout.format; }

    /// [capacity, keyElements()]
    TensorView keys(std::int64_t layer) const { return at(m_keys, layer); }

    /// [capacity, valueElements()]
    TensorView values(std::int64_t layer) const { return at(m_values, layer); }

    /// Levels and signs of a coded cache, [16 + headDim] F32; nothing for a plain one.
    std::optional<TensorView> codec() const {
        return m_codec.valid() ? std::optional(m_codec.view()) : std::nullopt;
    }

    /// Records that all of it becomes zero.
    void clear(gpu::CommandStream& s) const;

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
    Tensor m_codec;
    std::vector<Tensor> m_keys;
    std::vector<Tensor> m_values;
};

} // namespace phial::models
