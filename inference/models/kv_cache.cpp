// SPDX-License-Identifier: MIT
#include "inference/models/kv_cache.h"

#include "inference/base/error.h"
#include "inference/gpu/command_stream.h"

#include <algorithm>
#include <utility>

namespace phial::models {
namespace {

// Rows by which the cache grows at least: a question and an answer fit the first step.
constexpr std::int64_t kStep = 512;

} // namespace

KvCache::KvCache(gpu::Device& device, const Layout& layout)
    : m_device(device)
    , m_layout(layout) {
    check(layout.layers > 0 && layout.width > 0 && layout.context > 0, "an empty KV cache");
}

std::uint64_t KvCache::bytesFor(const Layout& layout, std::int64_t tokens) {
    return static_cast<std::uint64_t>(2 * layout.layers * layout.width * tokens *
                                      bytesPerElement(layout.dtype));
}

void KvCache::allocate(std::int64_t rows, std::vector<Tensor>& keys,
                       std::vector<Tensor>& values) const {
    keys.clear();
    values.clear();
    for (std::int64_t i = 0; i < m_layout.layers; ++i) {
        for (std::vector<Tensor>* list : {&keys, &values}) {
            list->emplace_back(m_device, m_layout.dtype, Shape{rows, m_layout.width},
                               "the KV cache");
        }
    }
}

bool KvCache::reserve(std::int64_t tokens) {
    check(tokens <= m_layout.context, "more tokens than the context holds");
    if (tokens <= m_capacity) {
        return false;
    }
    const auto rounded = [this](std::int64_t rows) {
        return std::min((rows + kStep - 1) / kStep * kStep, m_layout.context);
    };
    // Half as much again, so that a growing conversation is copied only now and then.
    std::int64_t wanted = rounded(std::max(tokens, m_capacity + m_capacity / 2));
    std::vector<Tensor> keys;
    std::vector<Tensor> values;
    try {
        allocate(wanted, keys, values);
    } catch (const Error& error) {
        // Where that does not fit, what is needed now may.
        if (error.code() != ErrorCode::OutOfDeviceMemory || wanted == rounded(tokens)) {
            throw;
        }
        wanted = rounded(tokens);
        allocate(wanted, keys, values);
    }
    if (m_capacity > 0) {
        gpu::CommandStream s(m_device);
        const auto copy = [&s](const Tensor& from, const Tensor& to) {
            const auto bytes = static_cast<std::uint64_t>(from.bytes());
            s.copy({&from.buffer(), 0, bytes}, {&to.buffer(), 0, bytes});
        };
        for (std::size_t i = 0; i < keys.size(); ++i) {
            copy(m_keys[i], keys[i]);
            copy(m_values[i], values[i]);
        }
        s.submitAndWait();
    }
    m_keys = std::move(keys);
    m_values = std::move(values);
    m_capacity = wanted;
    return true;
}

} // namespace phial::models
