// SPDX-License-Identifier: MIT
#include "inference/ops/linear_plan.h"

#include "inference/base/error.h"
#include "inference/ops/linear_choice.h"
#include "inference/ops/op_support.h"

#include <algorithm>
#include <array>
#include <span>

namespace phial::ops {
namespace {

using enum gpu::ShaderId;

/// Shaders by weight format.
using WeightVariants = std::array<TypeVariants, 4>;
constexpr WeightVariants kTiled = {{
    {LinearF32F32F32, LinearF32F32F16, LinearF32F16F32, LinearF32F16F16},
    {LinearF16F32F32, LinearF16F32F16, LinearF16F16F32, LinearF16F16F16},
    {LinearBF16F32F32, LinearBF16F32F16, LinearBF16F16F32, LinearBF16F16F16},
    {LinearPackedF32F32, LinearPackedF32F16, LinearPackedF16F32, LinearPackedF16F16},
}};
constexpr WeightVariants kLanes = {{
    {LinearLanesF32F32F32, LinearLanesF32F32F16, LinearLanesF32F16F32, LinearLanesF32F16F16},
    {LinearLanesF16F32F32, LinearLanesF16F32F16, LinearLanesF16F16F32, LinearLanesF16F16F16},
    {LinearLanesBF16F32F32, LinearLanesBF16F32F16, LinearLanesBF16F16F32, LinearLanesBF16F16F16},
    {LinearLanesPackedF32F32, LinearLanesPackedF32F16, LinearLanesPackedF16F32,
     LinearLanesPackedF16F16},
}};
constexpr WeightVariants kVector = {{
    {LinearVectorF32F32F32, LinearVectorF32F32F16, LinearVectorF32F16F32, LinearVectorF32F16F16},
    {LinearVectorF16F32F32, LinearVectorF16F32F16, LinearVectorF16F16F32, LinearVectorF16F16F16},
    {LinearVectorBF16F32F32, LinearVectorBF16F32F16, LinearVectorBF16F16F32,
     LinearVectorBF16F16F16},
    {LinearVectorPackedF32F32, LinearVectorPackedF32F16, LinearVectorPackedF16F32,
     LinearVectorPackedF16F16},
}};
constexpr WeightVariants kVectorLanes = {{
    {LinearVectorLanesF32F32F32, LinearVectorLanesF32F32F16, LinearVectorLanesF32F16F32,
     LinearVectorLanesF32F16F16},
    {LinearVectorLanesF16F32F32, LinearVectorLanesF16F32F16, LinearVectorLanesF16F16F32,
     LinearVectorLanesF16F16F16},
    {LinearVectorLanesBF16F32F32, LinearVectorLanesBF16F32F16, LinearVectorLanesBF16F16F32,
     LinearVectorLanesBF16F16F16},
    {LinearVectorLanesPackedF32F32, LinearVectorLanesPackedF32F16, LinearVectorLanesPackedF16F32,
     LinearVectorLanesPackedF16F16},
}};

// Without fp32 input or weights.
constexpr WeightVariants kHalf = {{
    kTiled[0],
    {LinearF16F32F32, LinearF16F32F16, LinearHalfF16F16F32, LinearHalfF16F16F16},
    {LinearBF16F32F32, LinearBF16F32F16, LinearHalfBF16F16F32, LinearHalfBF16F16F16},
    {LinearPackedF32F32, LinearPackedF32F16, LinearHalfPackedF16F32, LinearHalfPackedF16F16},
}};
// Packed weights only.
constexpr WeightVariants kDot = {{
    kVector[0],
    kVector[1],
    kVector[2],
    {LinearDotPackedF32F32, LinearDotPackedF32F16, LinearDotPackedF16F32, LinearDotPackedF16F16},
}};
// Packed weights only.
constexpr WeightVariants kDotTiled = {{
    kTiled[0],
    kTiled[1],
    kTiled[2],
    {LinearDotTiledPackedF32F32, LinearDotTiledPackedF32F16, LinearDotTiledPackedF16F32,
     LinearDotTiledPackedF16F16},
}};
// As kHalf.
constexpr WeightVariants kMatrix = {{
    kTiled[0],
    {LinearF16F32F32, LinearF16F32F16, LinearMatrixF16F16F32, LinearMatrixF16F16F16},
    {LinearBF16F32F32, LinearBF16F32F16, LinearMatrixBF16F16F32, LinearMatrixBF16F16F16},
    {LinearPackedF32F32, LinearPackedF32F16, LinearMatrixPackedF16F32, LinearMatrixPackedF16F16},
}};

std::uint32_t flag(bool set) {
    return set ? 1 : 0;
}

const gpu::Kernel& kernel(const LinearCall& call, const WeightVariants& variants,
                          std::span<const std::uint32_t> constants) {
    const gpu::ShaderId shader = variants.at(static_cast<std::size_t>(call.weight.format()))
                                     .choose(call.x.dtype, call.y.dtype);
    return call.stream.device().kernel(shader, constants);
}

bool isSoftware(const gpu::DeviceInfo& info) {
    return info.kind == gpu::DeviceKind::Software;
}

/// Whether x, and what else is read beside it, may be read eight elements at a time.
bool readsOctets(const LinearCall& call) {
    const auto aligned = [](std::int64_t elements) { return elements % 8 == 0; };
    return aligned(call.x.elementOffset) && aligned(call.x.rowStride) &&
           aligned(call.x.columns()) &&
           (call.norm == nullptr || aligned(call.norm->gain.elementOffset));
}

constexpr std::uint32_t kColumnTeams = 16;

LinearPlan planTiled(const LinearCall& call, const LinearChoice& choice) {
    const std::uint32_t rowTeams = choice.rows == 16 ? 4 : 8;
    const bool dot = choice.kernel == LinearKernel::DotTiled;
    const std::array constants = {kColumnTeams * rowTeams,
                                  flag(call.bias),
                                  static_cast<std::uint32_t>(call.activation),
                                  static_cast<std::uint32_t>(call.accumulate),
                                  packingConstant(call.weight),
                                  rowTeams,
                                  choice.rows / rowTeams,
                                  flag(isSoftware(call.stream.device().info())),
                                  flag(dot && readsOctets(call))};
    const WeightVariants& variants = dot                                   ? kDotTiled
                                     : choice.kernel == LinearKernel::Half ? kHalf
                                                                           : kTiled;
    return {&kernel(call, variants, constants),
            {.x = gpu::groupCount(toUint(call.outputs), kColumnTeams * 4),
             .y = gpu::groupCount(toUint(call.x.rows()), choice.rows)},
            false};
}

LinearPlan planMatrix(const LinearCall& call, const LinearChoice& choice) {
    const gpu::DeviceInfo& info = call.stream.device().info();
    const gpu::MatrixShape& shape = info.matrixShape;
    constexpr std::uint32_t kTeams = 2; // subgroups along each side of the tile
    constexpr std::uint32_t kDepth = 32;
    const std::array constants = {kTeams * kTeams * info.matrixSubgroupSize,
                                  flag(call.bias),
                                  static_cast<std::uint32_t>(call.activation),
                                  static_cast<std::uint32_t>(call.accumulate),
                                  packingConstant(call.weight),
                                  kTeams,
                                  kTeams,
                                  choice.rows / kTeams / shape.rows,
                                  choice.columns / kTeams / shape.columns,
                                  shape.rows,
                                  shape.columns,
                                  shape.depth,
                                  kDepth,
                                  flag(readsOctets(call))};
    return {&kernel(call, kMatrix, constants),
            {.x = gpu::groupCount(toUint(call.outputs), choice.columns),
             .y = gpu::groupCount(toUint(call.x.rows()), choice.rows)},
            false};
}

LinearPlan planLanes(const LinearCall& call, const LinearChoice& choice) {
    const std::uint32_t lanes = call.stream.device().info().subgroupSize;
    const std::array constants = {lanes,
                                  flag(call.bias),
                                  static_cast<std::uint32_t>(call.activation),
                                  static_cast<std::uint32_t>(call.accumulate),
                                  packingConstant(call.weight),
                                  choice.rows,
                                  choice.columns};
    return {&kernel(call, kLanes, constants),
            {.x = gpu::groupCount(toUint(call.outputs), lanes * choice.columns),
             .y = gpu::groupCount(toUint(call.x.rows()), choice.rows)},
            false};
}

/// The shaders for few rows are compiled for 1, 2, 4 or 8.
std::uint32_t compiledRows(std::int64_t rows) {
    std::uint32_t compiled = 1;
    while (compiled < rows) {
        compiled *= 2;
    }
    return compiled;
}

LinearPlan planFew(const LinearCall& call, const WeightVariants& variants,
                   std::uint32_t invocations, std::uint32_t columns, std::uint32_t outputsPerGroup,
                   bool wide) {
    const std::array constants = {invocations,
                                  flag(call.bias),
                                  static_cast<std::uint32_t>(call.activation),
                                  static_cast<std::uint32_t>(call.accumulate),
                                  packingConstant(call.weight),
                                  columns,
                                  compiledRows(call.x.rows()),
                                  flag(call.norm != nullptr),
                                  flag(call.gated),
                                  flag(call.outputScale),
                                  flag(wide)};
    return {&kernel(call, variants, constants),
            foldedGroups(gpu::groupCount(toUint(call.outputs), outputsPerGroup)), true};
}

/// Bytes from one weight row to the next.
std::int64_t rowBytes(const WeightMatrix& weight) {
    return weight.format() == WeightFormat::Packed
               ? weight.packedRow().codeWords * 4
               : weight.paddedColumns() * bytesPerElement(elementType(weight.format()));
}

LinearPlan planVectorLanes(const LinearCall& call) {
    const gpu::DeviceInfo& info = call.stream.device().info();
    const std::uint32_t lanes = info.subgroupSize;
    // Measured with Mesa 26.2.6: what x costs is shared by all columns of a lane. But each is a
    // stream of its own through the cache, and rows whole pages apart push each other out of it.
    constexpr std::int64_t kPage = 4096;
    std::uint32_t columns = rowBytes(call.weight) % kPage == 0 ? 4 : 8;
    const std::uint32_t rows = compiledRows(call.x.rows());
    const bool nibbles = call.weight.format() == WeightFormat::Packed &&
                         call.weight.packing().bits == 4 &&
                         call.weight.packing().coding != quant::Coding::Nf4;
    if (!nibbles || rows > 1) { // sums and unpacked weights share the registers
        columns = rows > 4 ? 2 : 4;
    }
    return planFew(call, kVectorLanes, lanes, columns, lanes * (call.gated ? columns / 2 : columns),
                   false);
}

LinearPlan planVector(const LinearCall& call, const LinearChoice& choice) {
    const std::uint32_t rows = compiledRows(call.x.rows());
    std::uint32_t columns = choice.columns;
    while (columns > 1 && columns * rows > kMostSums) {
        columns /= 2;
    }
    if (call.gated) {
        columns = std::max(columns, 2U);
    }
    return planFew(call, choice.kernel == LinearKernel::Dot ? kDot : kVector,
                   choice.rows == 0 ? call.stream.device().info().subgroupSize : choice.rows,
                   columns, call.gated ? columns / 2 : columns, readsOctets(call));
}

} // namespace

LinearPlan planLinear(const LinearCall& call) {
    const std::int64_t rows = call.x.rows();
    const LinearChoice& choice = chosenLinear(
        call.stream.device(), linearClass(rows, call.weight, call.outputs, call.x.dtype), rows,
        call.outputs);
    switch (choice.kernel) {
    case LinearKernel::Tiled:
    case LinearKernel::Half:
    case LinearKernel::DotTiled:
        return planTiled(call, choice);
    case LinearKernel::Lanes:
        return planLanes(call, choice);
    case LinearKernel::Matrix:
        return planMatrix(call, choice);
    case LinearKernel::Vector:
    case LinearKernel::Dot:
        return planVector(call, choice);
    case LinearKernel::VectorLanes:
        return planVectorLanes(call);
    }
    throw Error(ErrorCode::Internal, "a kernel that is none");
}

} // namespace phial::ops
