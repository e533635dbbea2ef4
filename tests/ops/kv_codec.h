// SPDX-License-Identifier: MIT
#pragma once

#include "inference/ops/kv_format.h"
#include "inference/quant/turboquant.h"
#include "inference/reference/matrix.h"

#include <cstdint>
#include <vector>

// The coded cache on the host, from the definitions in inference/quant: what rope_append should
// write and attention should read.
namespace phial::ops {

struct CodedCache {
    std::int64_t capacity = 0;
    std::vector<std::int32_t> keys;   ///< [capacity, keyRowElements()]
    std::vector<std::int32_t> values; ///< [capacity, valueRowElements()]
    reference::Matrix decodedKeys;    ///< [capacity, kvHeads * headDim], still rotated
    reference::Matrix decodedValues;  ///< likewise
};

/// Levels and signs in the order of a codec tensor.
std::vector<float> codecOf(const quant::CodeBook& book, const std::vector<float>& signs);

/// Codes rotated-by-position keys and plain values [capacity, kvHeads * headDim].
CodedCache encodeCache(const reference::Matrix& keys, const reference::Matrix& values,
                       KvFormat format, std::int64_t headDim, const quant::CodeBook& book,
                       const std::vector<float>& signs);

/// Every head of every row rotated by the signs and the Hadamard matrix.
reference::Matrix rotatedHeads(const reference::Matrix& x, const std::vector<float>& signs);
reference::Matrix rotatedHeadsBack(const reference::Matrix& x, const std::vector<float>& signs);

} // namespace phial::ops
