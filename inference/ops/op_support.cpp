// SPDX-License-Identifier: MIT
#include "inference/ops/op_support.h"

#include "inference/base/error.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <limits>
#include <string>

namespace phial::ops {

namespace {

constexpr std::int64_t kMaxElement = std::numeric_limits<std::uint32_t>::max();

std::string describe(std::string_view types, std::int64_t rows, std::int64_t columns) {
    return std::string(types) + " " + Shape({rows, columns}).text();
}

std::string found(const Operand& operand) {
    return std::string(operand.op) + ": " + std::string(operand.name) + " is " +
           std::string(dtypeName(operand.view.dtype)) + " " + operand.view.shape.text();
}

void expectInside(const Operand& operand) {
    const TensorView& view = operand.view;
    const std::int64_t rows = view.rows();
    const std::int64_t end = view.elementOffset + (rows - 1) * view.rowStride + view.columns();
    const bool inside =
        view.range.buffer != nullptr && view.elementOffset >= 0 &&
        (rows == 1 || view.rowStride >= view.columns()) && end <= kMaxElement &&
        static_cast<std::uint64_t>(end * bytesPerElement(view.dtype)) <= view.range.bytes;
    check(inside, found(operand) + ", which ends at element " + std::to_string(end) +
                      " and leaves its range of " + std::to_string(view.range.bytes) + " bytes");
}

void expectShape(const Operand& operand, bool typeFits, std::string_view types, std::int64_t rows,
                 std::int64_t columns) {
    const TensorView& view = operand.view;
    check(typeFits && view.shape.rank() > 0 && view.rows() == rows && view.columns() == columns,
          found(operand) + ", expected " + describe(types, rows, columns));
    expectInside(operand);
}

} // namespace

void expectActivation(const Operand& operand, std::int64_t rows, std::int64_t columns) {
    const DType dtype = operand.view.dtype;
    expectShape(operand, dtype == DType::F32 || dtype == DType::F16, "f32 or f16", rows, columns);
}

void expectMatrix(const Operand& operand, DType dtype, std::int64_t rows, std::int64_t columns) {
    expectShape(operand, operand.view.dtype == dtype, dtypeName(dtype), rows, columns);
}

void expectVector(const Operand& operand, DType dtype, std::int64_t count) {
    const TensorView& view = operand.view;
    const bool gapless = view.shape.rank() > 0 && view.shape.elements() == count &&
                         (view.rows() == 1 || view.contiguous());
    check(view.dtype == dtype && gapless, found(operand) + ", expected " +
                                              std::string(dtypeName(dtype)) + " " +
                                              Shape({count}).text() + " without gaps");
    expectInside(operand);
}

void expectApart(const Operand& a, const Operand& b) {
    const auto start = [](const TensorView& view) {
        return view.range.offset +
               static_cast<std::uint64_t>(view.elementOffset * bytesPerElement(view.dtype));
    };
    check(a.view.range.buffer != b.view.range.buffer || start(a.view) != start(b.view),
          std::string(a.op) + ": " + std::string(a.name) + " and " + std::string(b.name) +
              " must not overlap");
}

void expect(bool condition, std::string_view op, std::string_view what) {
    check(condition, std::string(op) + ": " + std::string(what));
}

params::RowView rowView(const TensorView& view) {
    return {.offset = toUint(view.elementOffset), .stride = toUint(view.rowStride)};
}

std::uint32_t toUint(std::int64_t value) {
    check(value >= 0 && value <= kMaxElement,
          std::to_string(value) + " does not fit 32 bits without sign");
    return static_cast<std::uint32_t>(value);
}

gpu::ShaderId TypeVariants::choose(DType x, DType y) const {
    if (x == DType::F16) {
        return y == DType::F16 ? f16f16 : f16f32;
    }
    return y == DType::F16 ? f32f16 : f32f32;
}

std::uint32_t groupSize(const gpu::Device& device) {
    // 128 is what every Vulkan device allows; 256 keeps more loads in flight where it is allowed.
    return device.info().maxWorkgroupInvocations >= 256 ? 256 : 128;
}

const gpu::Kernel& kernelOf(gpu::CommandStream& s, gpu::ShaderId shader) {
    const std::array constants = {groupSize(s.device())};
    return s.device().kernel(shader, constants);
}

gpu::Groups foldedGroups(std::uint64_t groups) {
    constexpr std::uint64_t kMaxX = 65535;
    const std::uint64_t x = std::min(groups, kMaxX);
    return {.x = static_cast<std::uint32_t>(x), .y = x == 0 ? 0 : gpu::groupCount(groups, x)};
}

gpu::Groups elementGroups(const gpu::Device& device, std::int64_t elements) {
    return foldedGroups(gpu::groupCount(toUint(elements), groupSize(device)));
}

std::uint32_t packingConstant(const WeightMatrix& weight) {
    if (weight.format() != WeightFormat::Packed) {
        return 0;
    }
    const quant::PackedFormat& packing = weight.packing();
    return static_cast<std::uint32_t>(packing.coding) |
           static_cast<std::uint32_t>(packing.bits) << 4U |
           static_cast<std::uint32_t>(std::countr_zero(static_cast<unsigned>(packing.group))) << 8U;
}

params::PackedRows packedRows(const WeightMatrix& weight, const WeightMatrix::Piece& piece) {
    if (weight.format() != WeightFormat::Packed) {
        return {};
    }
    const quant::PackedRow& row = weight.packedRow();
    return {.codeWords = toUint(row.codeWords),
            .highAt = toUint(row.highAt),
            .groupsAt = toUint(piece.groupsAt),
            .groupWords = toUint(row.groupWords),
            .rowsAt = toUint(piece.rowsAt)};
}

bool hasSoftwareLanes(const gpu::DeviceInfo& info) {
    return info.kind == gpu::DeviceKind::Software && info.features.subgroupArithmetic &&
           info.subgroupSize >= 8;
}

bool keepsManySums(const gpu::DeviceInfo& info) {
    // The name tells the version: "llvmpipe (LLVM 15.0.6, 256 bits)".
    constexpr std::string_view kWord = "LLVM ";
    constexpr int kKeepsMany = 22;
    const std::size_t at = info.name.find(kWord);
    int version = 0;
    if (at != std::string::npos) {
        const char* const begin = info.name.data() + at + kWord.size();
        std::from_chars(begin, info.name.data() + info.name.size(), version);
    }
    return version >= kKeepsMany;
}

double viewBytes(const TensorView& view) {
    return static_cast<double>(view.shape.elements() * bytesPerElement(view.dtype));
}

} // namespace phial::ops
