// SPDX-License-Identifier: MIT
#include "inference/models/kv_cache.h"

#include "inference/base/error.h"
#include "inference/gpu/command_stream.h"
#include "inference/quant/turboquant.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <string>
#include <utility>

namespace phial::models {
namespace {

// Rows by which the cache grows at least: a question and an answer fit the first step.
constexpr std::int64_t kStep = 512;

constexpr int kBookBits = 4;

Tensor makeCodec(gpu::Device& device, std::int64_t headDim) {
    const quant::CodeBook book = quant::lloydMax(static_cast<int>(headDim), kBookBits);
    std::vector<float> values(book.levels.begin(), book.levels.end());
    const std::vector<float> signs = quant::cacheSigns(static_cast<int>(headDim));
    values.insert(values.end(), signs.begin(), signs.end());
    const auto count = static_cast<std::int64_t>(values.size());
    return uploadFloats(device, values, Shape{count}, DType::F32, "the KV cache");
}

} // namespace

KvCache::KvCache(gpu::Device& device, const Layout& layout)
    : m_device(device)
    , m_layout(layout) {
    check(layout.layers > 0 && layout.kvHeads > 0 && layout.headDim > 0 && layout.context > 0,
          "an empty KV cache");
    if (layout.format != ops::KvFormat::Plain) {
        if (!ops::canCode(layout.headDim)) {
            throw Error(ErrorCode::InvalidArgument,
                        "this model's attention heads have " + std::to_string(layout.headDim) +
                            " columns; a coded cache needs 32, 64, 128 or 256. Choose fp16 for "
                            "the KV cache");
        }
        m_codec = makeCodec(device, layout.headDim);
    }
}

std::uint64_t KvCache::bytesFor(const Layout& layout, std::int64_t tokens) {
    return static_cast<std::uint64_t>(layout.layers * tokens *
                                      (layout.keyElements() + layout.valueElements()) *
                                      bytesPerElement(layout.elementType()));
}

void KvCache::allocate(std::int64_t rows, std::vector<Tensor>& keys,
                       std::vector<Tensor>& values) const {
    keys.clear();
    values.clear();
    for (std::int64_t i = 0; i < m_layout.layers; ++i) {
        const auto add = [&](std::vector<Tensor>& list, std::int64_t elements) {
            list.emplace_back(m_device, m_layout.elementType(), Shape{rows, elements},
                              "the KV cache");
        };
        add(keys, m_layout.keyElements());
        add(values, m_layout.valueElements());
    }
}

void KvCache::clear(gpu::CommandStream& s) const {
    for (const std::vector<Tensor>* list : {&m_keys, &m_values}) {
        for (const Tensor& tensor : *list) {
            s.fill({&tensor.buffer(), 0, static_cast<std::uint64_t>(tensor.bytes()) / 4 * 4}, 0);
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
