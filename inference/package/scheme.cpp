// SPDX-License-Identifier: MIT
#include "inference/package/scheme.h"

#include "inference/base/error.h"
#include "inference/quant/packing.h"
#include "inference/quant/sq.h"

#include <numeric>

namespace phial::package {

namespace {

Plane plane(std::string suffix, std::string dtype, std::vector<std::int64_t> shape) {
    const std::int64_t width = dtype == "U8" ? 1 : dtype == "F16" ? 2 : 4;
    const std::int64_t elements =
        std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
    return {std::move(suffix), std::move(dtype), std::move(shape),
            static_cast<std::uint64_t>(elements * width)};
}

bool storable(int bits) {
    return bits >= 2 && bits <= 8 && bits != 7;
}

} // namespace

Scheme schemeByName(std::string_view name, int bits, int group) {
    const auto refuse = [&](const std::string& why) -> Error {
        return {ErrorCode::InvalidArgument, "scheme '" + std::string(name) + "': " + why};
    };
    Scheme scheme;
    if (name == "keep" || name == "omit") {
        scheme.kind = name == "keep" ? SchemeKind::Keep : SchemeKind::Omit;
        return scheme;
    }
    if (name == "q8") {
        name = "sq8";
    }
    if (name.starts_with("sq")) {
        const std::string_view digits = name.substr(2);
        if (digits.size() > 1 || (digits.size() == 1 && (digits[0] < '2' || digits[0] > '8'))) {
            throw refuse("sq stores 2, 3, 4, 5, 6 or 8 bits");
        }
        const int named = digits.empty() ? 0 : digits[0] - '0';
        if (named != 0 && bits != 0 && named != bits) {
            throw refuse("the name and --bits disagree");
        }
        scheme.kind = SchemeKind::Sq;
        scheme.bits = named != 0 ? named : bits != 0 ? bits : 4;
        scheme.group = group == 0 ? quant::kSqGroup : group;
        scheme.columnScale = scheme.bits == 8 ? ColumnScale::No : ColumnScale::Sinkhorn;
        if (scheme.group != quant::kSqGroup) {
            throw refuse("the group of sq is 32");
        }
    } else if (name == "sinq" || name == "hqq" || name == "rtn" || name == "nf4") {
        scheme.kind = name == "nf4" ? SchemeKind::Nf4 : SchemeKind::Affine;
        scheme.bits = bits == 0 ? 4 : bits;
        scheme.group = group == 0 ? 64 : group;
        scheme.columnScale = name == "rtn" ? ColumnScale::No : ColumnScale::Sinkhorn;
        scheme.rounding = name == "nf4"   ? quant::Rounding::Nf4
                          : name == "hqq" ? quant::Rounding::Hqq
                                          : quant::Rounding::Uniform;
        if (scheme.kind == SchemeKind::Nf4 && scheme.bits != 4) {
            throw refuse("nf4 stores 4 bits");
        }
        if (scheme.group != 32 && scheme.group != 64 && scheme.group != 128) {
            throw refuse("the group is 32, 64 or 128");
        }
    } else {
        throw refuse("known are sq2 sq3 sq4 sq5 sq6 q8 sinq nf4 hqq rtn keep omit");
    }
    if (!storable(scheme.bits)) {
        throw refuse("2, 3, 4, 5, 6 or 8 bits can be stored");
    }
    return scheme;
}

std::string schemeName(const Scheme& scheme) {
    switch (scheme.kind) {
    case SchemeKind::Keep:
        return "keep";
    case SchemeKind::Omit:
        return "omit";
    case SchemeKind::Sq:
        return "sq" + std::to_string(scheme.bits);
    case SchemeKind::Nf4:
        return "nf4g" + std::to_string(scheme.group);
    case SchemeKind::Affine:
        break;
    }
    const std::string name = scheme.columnScale == ColumnScale::No     ? "rtn"
                             : scheme.rounding == quant::Rounding::Hqq ? "hqq"
                                                                       : "sinq";
    return name + std::to_string(scheme.bits) + "g" + std::to_string(scheme.group);
}

quant::PackedFormat packedFormat(const Scheme& scheme) {
    check(scheme.quantized(), "only quantized tensors are packed");
    const quant::Coding coding = scheme.kind == SchemeKind::Sq    ? quant::Coding::Sq
                                 : scheme.kind == SchemeKind::Nf4 ? quant::Coding::Nf4
                                                                  : quant::Coding::Affine;
    return {.coding = coding, .bits = scheme.bits, .group = scheme.group};
}

std::int64_t paddedColumns(std::int64_t columns, const Scheme& scheme) {
    const std::int64_t unit = scheme.kind == SchemeKind::Sq ? quant::kSqGroup : scheme.group;
    return (columns + unit - 1) / unit * unit;
}

std::vector<Plane> planesOf(std::int64_t rows, std::int64_t columns, const Scheme& scheme) {
    check(scheme.quantized(), "only quantized tensors have planes");
    const std::int64_t padded = paddedColumns(columns, scheme);
    std::vector<Plane> planes;
    planes.push_back(
        plane(".codes", "I32", {rows, quant::planeLayout(padded, scheme.bits).rowWords()}));
    if (scheme.kind == SchemeKind::Sq) {
        const std::int64_t groups = padded / quant::kSqGroup;
        planes.push_back(plane(".groups", "U8", {rows, (groups + 7) / 8 * 16}));
        planes.push_back(plane(".rows", "F16", {rows, 2}));
    } else {
        planes.push_back(plane(".groups", "F16", {rows, padded / scheme.group, 2}));
    }
    if (scheme.columnScale == ColumnScale::Sinkhorn) {
        planes.push_back(plane(".columns", "F16", {padded}));
    }
    return planes;
}

} // namespace phial::package
