// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace phial::quant {

/// Lloyd-Max code of one coordinate of a random unit vector of `dimension`: the TurboQuant book.
/// Levels are symmetric and ascending, in units of the unit vector; bounds are the midpoints.
struct CodeBook {
    std::vector<double> levels; ///< [2^bits]
    std::vector<double> bounds; ///< [2^bits - 1]
    double distortion = 0;      ///< E||x - decoded||^2 of a unit vector
};

/// dimension >= 4, bits 1..6. Takes milliseconds to a second: make it once per model.
CodeBook lloydMax(int dimension, int bits);

/// In-place orthonormal Walsh-Hadamard transform, natural order; its own inverse. The size is a
/// power of two.
void hadamard(std::span<float> x);

/// The rotation of the cache: y = H (signs * x). `signs` are +-1, fixed per model and kept with the
/// cache format.
void rotate(std::span<float> x, std::span<const float> signs);
void rotateBack(std::span<float> y, std::span<const float> signs);

/// One coded vector: codes and the scale that multiplies decoded levels. The scale is length /
/// length of the decoded unit vector, so that the decoded length is exact ("norm correction"),
/// representable in binary16.
struct CodedVector {
    std::vector<std::uint8_t> codes; ///< [dimension]
    float scale = 0;
};

/// Codes a vector in the rotated frame. Zero vectors get scale 0.
CodedVector encodeVector(std::span<const float> x, std::span<const float> signs,
                         const CodeBook& book);

/// Codes a vector in the rotated frame linearly in 8 bits: codes are round(y / scale) as signed
/// bytes, scale = largest |y| / 127 in binary16. For keys, whose errors pass through a softmax.
CodedVector encodeBytes(std::span<const float> x, std::span<const float> signs);
std::vector<float> decodeBytes(const CodedVector& coded);

/// The signs of the rotation, a fixed pseudo-random choice: part of the format of a cache.
std::vector<float> cacheSigns(int dimension);

/// level[code] * scale: the decoded vector, still rotated (attention works in the rotated frame).
std::vector<float> decodeRotated(const CodedVector& coded, const CodeBook& book);

} // namespace phial::quant
