// SPDX-License-Identifier: MIT
#pragma once

#include "inference/quant/packed_format.h"
#include "inference/quant/sinq.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace phial::package {

/// How one tensor is stored in a package; docs/package-format.md describes the planes.
enum class SchemeKind {
    Keep,   ///< unquantized, in the source's type
    Omit,   ///< not stored at all: the model then lacks the ability
    Sq,     ///< Phial's groups of 32 with 8-bit scale and offset
    Affine, ///< code minus zero times scale, binary16 both: SINQ, HQQ, RTN
    Nf4,    ///< as Affine, with NormalFloat levels
};

enum class ColumnScale { No, Sinkhorn };

struct Scheme {
    SchemeKind kind = SchemeKind::Keep;
    int bits = 16;
    int group = 32;
    ColumnScale columnScale = ColumnScale::No;
    quant::Rounding rounding = quant::Rounding::Uniform; ///< Affine and Nf4 only

    bool quantized() const { return kind != SchemeKind::Keep && kind != SchemeKind::Omit; }

    bool operator==(const Scheme&) const = default;
};

/// The scheme that a command-line name means: sq2 sq3 sq4 sq5 sq6 sq8 (= q8, without column scale),
/// sinq, nf4, hqq, rtn, keep. `bits` and `group` of 0 take the scheme's usual ones. Throws
/// Error{InvalidArgument} naming what is known.
Scheme schemeByName(std::string_view name, int bits = 0, int group = 0);

/// "sq4", "sinq4g64", "nf4g64", "rtn4g64", "keep": the inverse, for people.
std::string schemeName(const Scheme& scheme);

/// One stored tensor of a quantized matrix.
struct Plane {
    std::string suffix; ///< ".codes", ".groups", ".rows", ".columns"
    std::string dtype;  ///< safetensors name: I32, U8, F16
    std::vector<std::int64_t> shape;
    std::uint64_t bytes = 0;
};

/// The form in which shaders read a quantized scheme's planes.
quant::PackedFormat packedFormat(const Scheme& scheme);

/// Columns after padding to the scheme's unit.
std::int64_t paddedColumns(std::int64_t columns, const Scheme& scheme);

/// The planes of a [rows, columns] matrix, in file order. The scheme is quantized.
std::vector<Plane> planesOf(std::int64_t rows, std::int64_t columns, const Scheme& scheme);

} // namespace phial::package
