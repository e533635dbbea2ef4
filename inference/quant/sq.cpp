// SPDX-License-Identifier: MIT
#include "inference/quant/sq.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/quant/vector_clones.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace phial::quant {

namespace {

// Eight rows are fitted side by side, one per vector lane: every sum of a row runs in a fixed order
// whatever the machine.
constexpr int kLanes = 8;
constexpr int kRounds = 20;

/// A number of each of the eight rows. The compiler's own vector type: plain arrays of sums were
/// kept in memory instead of a register, at a third of the speed.
using Lanes = float __attribute__((vector_size(kLanes * sizeof(float))));

/// n[k][lane]: normalised weights of one group of 32 columns for eight rows.
struct Group {
    Lanes n[kSqGroup];
    float weight[kSqGroup]; ///< importance of each column
};

struct Affine {
    Lanes scale;
    Lanes offset;
    Lanes error;
};

/// Nearest integer, ties to even, for |x| < 2^22: adding 1.5 * 2^23 leaves no fraction bits.
/// Vectorises on every machine.
inline float nearest(float x) {
    return (x + 12582912.0F) - 12582912.0F;
}

inline float nearestCode(float n, float offset, float scale, float top) {
    return nearest(std::min(std::max((n - offset) / scale, 0.0F), top));
}

/// The same for eight rows. Vectors go by reference: how they are passed by value depends on the
/// processor that is compiled for.
inline void nearestCodes(const Lanes& n, const Lanes& offset, const Lanes& scale, const Lanes& top,
                         Lanes& out) {
    const Lanes zero = {};
    Lanes x = (n - offset) / scale;
    x = x < zero ? zero : x;
    x = top < x ? top : x;
    out = (x + 12582912.0F) - 12582912.0F;
}

PHIAL_VECTOR_CLONES void fitAffine(const Group& group, float topCode, Affine& best) {
    const Lanes zero = {};
    const Lanes top = zero + topCode;
    const Lanes least = zero + 1e-8F;
    Lanes hi = group.n[0];
    Lanes lo = group.n[0];
    Lanes meanN = zero;
    float totalWeight = 0;
    for (int k = 0; k < kSqGroup; ++k) {
        const Lanes n = group.n[k];
        totalWeight += group.weight[k];
        hi = hi < n ? n : hi;
        lo = n < lo ? n : lo;
        meanN += group.weight[k] * n;
    }
    meanN /= totalWeight;
    best.error = zero + INFINITY;

    for (const float range : {0.8F, 0.9F, 1.0F}) {
        Lanes scale = (hi - lo) * range;
        scale = (scale < least ? least : scale) / top;
        Lanes offset = (hi + lo) / 2.0F - (hi - lo) * (range / 2);
        Lanes q[kSqGroup];
        for (int round = 0; round < kRounds; ++round) {
            Lanes meanQ = zero;
            for (int k = 0; k < kSqGroup; ++k) {
                nearestCodes(group.n[k], offset, scale, top, q[k]);
                meanQ += group.weight[k] * q[k];
            }
            meanQ /= totalWeight;
            Lanes variance = zero;
            Lanes covariance = zero;
            for (int k = 0; k < kSqGroup; ++k) {
                const Lanes dq = q[k] - meanQ;
                variance += group.weight[k] * dq * dq;
                covariance += group.weight[k] * dq * (group.n[k] - meanN);
            }
            const Lanes floor = zero + 1e-12F;
            Lanes fitted = covariance / (variance < floor ? floor : variance);
            fitted = variance > zero ? fitted : scale;
            fitted = fitted < least ? least : fitted;
            const Lanes shifted = meanN - fitted * meanQ;
            // The same scale and offset give the same codes for ever: most groups are there after
            // half of the rounds.
            const bool settled = std::memcmp(&fitted, &scale, sizeof(Lanes)) == 0 &&
                                 std::memcmp(&shifted, &offset, sizeof(Lanes)) == 0;
            scale = fitted;
            offset = shifted;
            if (settled) {
                break;
            }
        }
        Lanes error = zero;
        for (int k = 0; k < kSqGroup; ++k) {
            Lanes code;
            nearestCodes(group.n[k], offset, scale, top, code);
            const Lanes difference = code * scale + offset - group.n[k];
            error += group.weight[k] * difference * difference;
        }
        const auto better = error < best.error;
        best.error = better ? error : best.error;
        best.scale = better ? scale : best.scale;
        best.offset = better ? offset : best.offset;
    }
}

std::size_t at(std::int64_t index) {
    return static_cast<std::size_t>(index);
}

float toHalfPrecision(float value) {
    return halfToFloat(floatToHalf(value));
}

/// Scales and offsets of one row in 8 bits, and its codes.
void encodeRow(const float* n, std::span<const float> scale, std::span<const float> offset,
               std::int64_t row, SqMatrix& out) {
    const std::int64_t groups = out.columns / kSqGroup;
    float largestScale = 0;
    float largestOffset = 0;
    for (std::int64_t g = 0; g < groups; ++g) {
        largestScale = std::max(largestScale, scale[at(g)]);
        largestOffset = std::max(largestOffset, std::abs(offset[at(g)]));
    }
    // A row of zeros still needs a positive scale, or the codes would divide by zero.
    const float rowScale = std::max(toHalfPrecision(largestScale), 0x1p-24F);
    const float rowOffset = toHalfPrecision(largestOffset);
    out.rowScale[at(row)] = rowScale;
    out.rowOffset[at(row)] = rowOffset;
    const auto top = static_cast<float>((1 << out.bits) - 1);
    for (std::int64_t g = 0; g < groups; ++g) {
        const float sc = std::clamp(std::nearbyint(scale[at(g)] / rowScale * 255.0F), 1.0F, 255.0F);
        const float of = std::clamp(
            std::nearbyint(offset[at(g)] / std::max(rowOffset, 1e-12F) * 127.0F), -127.0F, 127.0F);
        out.scales[at(row * groups + g)] = static_cast<std::uint8_t>(sc);
        out.offsets[at(row * groups + g)] = static_cast<std::int8_t>(of);
        const float s = sc / 255.0F * rowScale;
        const float o = of / 127.0F * rowOffset;
        for (int k = 0; k < kSqGroup; ++k) {
            const std::int64_t j = g * kSqGroup + k;
            out.codes[at(row * out.columns + j)] =
                static_cast<std::uint8_t>(nearestCode(n[j], o, s, top));
        }
    }
}

} // namespace

std::vector<float> columnScales(const MatrixView& weight, int tile, int passes) {
    std::vector<float> out(at(weight.columns), 1.0F);
    for (std::int64_t first = 0; first < weight.columns; first += tile) {
        const std::int64_t width = std::min<std::int64_t>(tile, weight.columns - first);
        if (width < 2 || weight.rows < 2) {
            continue;
        }
        const TileScales scales =
            sinkhorn({weight.data + first, weight.rows, width, weight.stride}, passes);
        std::vector<float> sorted = scales.t;
        std::sort(sorted.begin(), sorted.end());
        const float median = (sorted[at((width - 1) / 2)] + sorted[at(width / 2)]) / 2.0F;
        for (std::int64_t j = 0; j < width; ++j) {
            out[at(first + j)] = toHalfPrecision(scales.t[at(j)] / median);
        }
    }
    return out;
}

SqMatrix quantizeSq(const MatrixView& weight, std::span<const float> t, int bits,
                    std::span<const float> importance) {
    check(weight.columns % kSqGroup == 0, "SQ needs a multiple of 32 columns; pad the matrix");
    check(static_cast<std::int64_t>(t.size()) == weight.columns, "one column scale per column");
    check(importance.empty() || importance.size() == t.size(), "one importance per column");
    if (bits < 2 || bits > 8) {
        throw Error(ErrorCode::InvalidArgument,
                    "SQ stores 2 to 8 bits; asked for " + std::to_string(bits));
    }
    const std::int64_t groups = weight.columns / kSqGroup;
    SqMatrix out;
    out.rows = weight.rows;
    out.columns = weight.columns;
    out.bits = bits;
    out.codes.resize(at(weight.rows * weight.columns));
    out.scales.resize(at(weight.rows * groups));
    out.offsets.resize(at(weight.rows * groups));
    out.rowScale.resize(at(weight.rows));
    out.rowOffset.resize(at(weight.rows));
    out.t.assign(t.begin(), t.end());

    const auto top = static_cast<float>((1 << bits) - 1);
    std::vector<float> n(at(kLanes * weight.columns));
    std::vector<float> scale(at(kLanes * groups));
    std::vector<float> offset(at(kLanes * groups));
    Group group;
    Affine fit;
    for (std::int64_t first = 0; first < weight.rows; first += kLanes) {
        const int lanes = static_cast<int>(std::min<std::int64_t>(kLanes, weight.rows - first));
        for (int l = 0; l < lanes; ++l) {
            const float* row = weight.row(first + l);
            for (std::int64_t j = 0; j < weight.columns; ++j) {
                n[at(l * weight.columns + j)] = row[j] / t[at(j)];
            }
        }
        for (std::int64_t g = 0; g < groups; ++g) {
            for (int k = 0; k < kSqGroup; ++k) {
                const std::int64_t j = g * kSqGroup + k;
                group.weight[k] = importance.empty() ? 1.0F : importance[at(j)];
                for (int l = 0; l < kLanes; ++l) {
                    group.n[k][l] = n[at(std::min(l, lanes - 1) * weight.columns + j)];
                }
            }
            fitAffine(group, top, fit);
            for (int l = 0; l < lanes; ++l) {
                scale[at(l * groups + g)] = fit.scale[l];
                offset[at(l * groups + g)] = fit.offset[l];
            }
        }
        for (int l = 0; l < lanes; ++l) {
            encodeRow(n.data() + l * weight.columns, {scale.data() + l * groups, at(groups)},
                      {offset.data() + l * groups, at(groups)}, first + l, out);
        }
    }
    return out;
}

std::vector<float> dequantize(const SqMatrix& m) {
    const std::int64_t groups = m.columns / kSqGroup;
    std::vector<float> out(m.codes.size());
    for (std::int64_t i = 0; i < m.rows; ++i) {
        for (std::int64_t j = 0; j < m.columns; ++j) {
            const std::int64_t g = i * groups + j / kSqGroup;
            const float s = static_cast<float>(m.scales[at(g)]) / 255.0F * m.rowScale[at(i)];
            const float o = static_cast<float>(m.offsets[at(g)]) / 127.0F * m.rowOffset[at(i)];
            out[at(i * m.columns + j)] =
                (static_cast<float>(m.codes[at(i * m.columns + j)]) * s + o) * m.t[at(j)];
        }
    }
    return out;
}

} // namespace phial::quant
