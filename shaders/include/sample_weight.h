// SPDX-License-Identifier: MIT
// How likely a token is, as a whole number, so that sums do not depend on their order and the
// device draws the same token as the host. Read by both languages. The function uses only additions
// and multiplications, which every device and processor rounds alike (not contracted: `precise`
// there, -ffp-contract=off here), and exact operations.
#ifndef PHIAL_INCLUDE_SAMPLE_WEIGHT_H
#define PHIAL_INCLUDE_SAMPLE_WEIGHT_H

#ifdef __cplusplus
#include <cmath>
#include <cstdint>
#define PHIAL_PRECISE
#define PHIAL_FUNCTION inline
namespace phial::params {
using uint = std::uint32_t;
using std::floor;
#else
#define PHIAL_PRECISE precise
#define PHIAL_FUNCTION
#endif

/// 2^30 * 2^((logit - best) * scale) but for the rounding of the exponent and a relative error of
/// 2e-7, rounded down; 2^30 for the best one, 0 below 2^-30 of it. scale = log2(e) / temperature,
/// at most 1e30.
PHIAL_FUNCTION uint sampleWeight(float logit, float best, float scale) {
    PHIAL_PRECISE float power = (logit - best) * scale;
    if (!(power > -31.0F)) {
        return 0U;
    }
    PHIAL_PRECISE float whole = floor(power);
    PHIAL_PRECISE float part = power - whole; // [0, 1), exact
    // 2^part by a polynomial, fitted for the smallest relative error.
    PHIAL_PRECISE float y = part * 0.00021612918F + 0.0012467846F;
    y = y * part + 0.0096754516F;
    y = y * part + 0.055485282F;
    y = y * part + 0.24022931F;
    y = y * part + 0.69314706F;
    y = y * part + 1.0F;
    return (uint(y * 8388608.0F) << 7U) >> uint(-whole);
}

#ifdef __cplusplus
} // namespace phial::params
#endif
#endif
