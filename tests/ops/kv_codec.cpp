// SPDX-License-Identifier: MIT
#include "tests/ops/kv_codec.h"

#include "inference/base/half.h"

#include <cmath>

namespace phial::ops {
namespace {

using reference::Matrix;

/// Packs fields of `bits` from the low end of each word.
void pack(const std::vector<std::uint8_t>& codes, int bits, std::int32_t* words) {
    const auto fields = static_cast<std::size_t>(32 / bits);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        auto word = static_cast<std::uint32_t>(words[i / fields]);
        word |= static_cast<std::uint32_t>(codes[i])
                << (i % fields * static_cast<std::size_t>(bits));
        words[i / fields] = static_cast<std::int32_t>(word);
    }
}

Matrix eachHead(const Matrix& x, const std::vector<float>& signs,
                void (*turn)(std::span<float>, std::span<const float>)) {
    Matrix y = x;
    for (std::int64_t t = 0; t < y.rows; ++t) {
        for (std::int64_t at = 0; at < y.columns; at += std::ssize(signs)) {
            turn(y.row(t).subspan(static_cast<std::size_t>(at), signs.size()), signs);
        }
    }
    return y;
}

} // namespace

std::vector<float> codecOf(const quant::CodeBook& book, const std::vector<float>& signs) {
    std::vector<float> codec(book.levels.begin(), book.levels.end());
    codec.insert(codec.end(), signs.begin(), signs.end());
    return codec;
}

CodedCache encodeCache(const Matrix& keys, const Matrix& values, KvFormat format,
                       std::int64_t headDim, const quant::CodeBook& book,
                       const std::vector<float>& signs) {
    const std::int64_t heads = keys.columns / headDim;
    const std::int64_t keyBits = format == KvFormat::Tq4 ? 4 : 8;
    const std::int64_t keyWords = headDim * keyBits / 32;
    const std::int64_t keyRow = keyRowElements(format, heads, headDim);
    const std::int64_t valueRow = valueRowElements(format, heads, headDim);
    CodedCache cache{
        .capacity = keys.rows,
        .keys = std::vector<std::int32_t>(static_cast<std::size_t>(keys.rows * keyRow)),
        .values = std::vector<std::int32_t>(static_cast<std::size_t>(keys.rows * valueRow)),
        .decodedKeys = Matrix(keys.rows, keys.columns),
        .decodedValues = Matrix(keys.rows, keys.columns)};
    for (std::int64_t t = 0; t < keys.rows; ++t) {
        for (std::int64_t h = 0; h < heads; ++h) {
            const auto head = [&](std::span<const float> row) {
                return row.subspan(static_cast<std::size_t>(h * headDim),
                                   static_cast<std::size_t>(headDim));
            };
            const quant::CodedVector k = format == KvFormat::Tq4
                                             ? quant::encodeVector(head(keys.row(t)), signs, book)
                                             : quant::encodeBytes(head(keys.row(t)), signs);
            const quant::CodedVector v = quant::encodeVector(head(values.row(t)), signs, book);
            pack(k.codes, static_cast<int>(keyBits),
                 &cache.keys[static_cast<std::size_t>(t * keyRow + h * keyWords)]);
            pack(v.codes, 4,
                 &cache.values[static_cast<std::size_t>(t * valueRow + h * headDim / 8)]);
            cache.keys[static_cast<std::size_t>(t * keyRow + heads * keyWords + h)] =
                static_cast<std::int32_t>(floatToHalf(k.scale) |
                                          static_cast<std::uint32_t>(floatToHalf(v.scale)) << 16U);
            const std::vector<float> decodedKey =
                format == KvFormat::Tq4 ? quant::decodeRotated(k, book) : quant::decodeBytes(k);
            const std::vector<float> decodedValue = quant::decodeRotated(v, book);
            for (std::int64_t d = 0; d < headDim; ++d) {
                cache.decodedKeys.at(t, h * headDim + d) = decodedKey[static_cast<std::size_t>(d)];
                cache.decodedValues.at(t, h * headDim + d) =
                    decodedValue[static_cast<std::size_t>(d)];
            }
        }
    }
    return cache;
}

Matrix rotatedHeads(const Matrix& x, const std::vector<float>& signs) {
    return eachHead(x, signs, &quant::rotate);
}

Matrix rotatedHeadsBack(const Matrix& x, const std::vector<float>& signs) {
    return eachHead(x, signs, &quant::rotateBack);
}

} // namespace phial::ops
