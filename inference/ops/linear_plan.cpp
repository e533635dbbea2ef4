// SPDX-License-Identifier: MIT
#include "inference/ops/linear_plan.h"

#include "inference/ops/op_support.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <string>
#include <string_view>

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

/// Whether the device is one that the lanes shaders are made for; eight values of a row need as
/// many lanes.
bool runsLanes(const gpu::DeviceInfo& info) {
    return isSoftware(info) && info.features.subgroupArithmetic && info.subgroupSize >= 8;
}

/// How the tiled shader cuts y.
struct Tiling {
    std::uint32_t rowTeams;
    std::uint32_t threadRows;
};

constexpr std::uint32_t kColumnTeams = 16;

/// Few rows leave no large tile half empty.
constexpr Tiling chooseTiling(std::int64_t rows) {
    if (rows <= 16) {
        return {.rowTeams = 4, .threadRows = 4};
    }
    return {.rowTeams = 8, .threadRows = rows <= 32 ? 4U : 8U};
}

LinearPlan planTiled(const LinearCall& call) {
    const Tiling tiling = chooseTiling(call.x.rows());
    const std::array constants = {kColumnTeams * tiling.rowTeams,
                                  flag(call.bias),
                                  static_cast<std::uint32_t>(call.activation),
                                  static_cast<std::uint32_t>(call.accumulate),
                                  packingConstant(call.weight),
                                  tiling.rowTeams,
                                  tiling.threadRows,
                                  flag(isSoftware(call.stream.device().info()))};
    return {&kernel(call, kTiled, constants),
            {.x = gpu::groupCount(toUint(call.outputs), kColumnTeams * 4),
             .y = gpu::groupCount(toUint(call.x.rows()), tiling.rowTeams * tiling.threadRows)},
            false};
}

/// Version of the compiler behind a software device, from its name, "llvmpipe (LLVM 15.0.6, 256
/// bits)"; 0 when it does not say.
int compilerVersion(const gpu::DeviceInfo& info) {
    constexpr std::string_view kWord = "LLVM ";
    const std::size_t at = info.name.find(kWord);
    int version = 0;
    if (at != std::string::npos) {
        const char* const begin = info.name.data() + at + kWord.size();
        std::from_chars(begin, info.name.data() + info.name.size(), version);
    }
    return version;
}

/// Rows that one lane keeps sums of. Measured, sq4, GFLOP per processor second: LLVM 15 (Mesa
/// 22.3.6) 3.6 with 8 rows and 0.9 with 16, whose sums it keeps in memory; LLVM 22 (Mesa 26.2.6)
/// 18.8 and 22.9, where loads are shared by more rows. More than 64 sums are a tenth of that.
std::uint32_t lanesRows(const gpu::DeviceInfo& info, std::int64_t rows) {
    constexpr int kKeepsMore = 22;
    return compilerVersion(info) >= kKeepsMore && rows >= 32 ? 16 : 8;
}

LinearPlan planLanes(const LinearCall& call) {
    const gpu::DeviceInfo& info = call.stream.device().info();
    const std::uint32_t rows = lanesRows(info, call.x.rows());
    constexpr std::uint32_t kColumns = 4;
    const std::uint32_t lanes = info.subgroupSize;
    const std::array constants = {lanes,
                                  flag(call.bias),
                                  static_cast<std::uint32_t>(call.activation),
                                  static_cast<std::uint32_t>(call.accumulate),
                                  packingConstant(call.weight),
                                  rows,
                                  kColumns};
    return {&kernel(call, kLanes, constants),
            {.x = gpu::groupCount(toUint(call.outputs), lanes * kColumns),
             .y = gpu::groupCount(toUint(call.x.rows()), rows)},
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

LinearPlan planVector(const LinearCall& call) {
    const gpu::DeviceInfo& info = call.stream.device().info();
    const std::uint32_t rows = compiledRows(call.x.rows());
    // A graphics card wants many invocations with loads in flight; the software device pays for
    // each barrier and each workgroup, so there one vector of invocations does more outputs.
    const bool software = isSoftware(info);
    const std::uint32_t invocations = software ? info.subgroupSize : 64;
    std::uint32_t columns = rows <= 4 ? 4 : 2;
    if (software) {
        columns = rows <= 2 ? 8 : 4;
    } else if (call.outputs <= 1024) {
        columns = 1; // short matrices would not fill the device otherwise
    }
    if (call.gated) {
        columns = std::max(columns, 2U);
    }
    const auto aligned = [](std::int64_t elements) { return elements % 8 == 0; };
    const bool wide = aligned(call.x.elementOffset) && aligned(call.x.rowStride) &&
                      aligned(call.x.columns()) &&
                      (call.norm == nullptr || aligned(call.norm->gain.elementOffset));
    return planFew(call, kVector, invocations, columns, call.gated ? columns / 2 : columns, wide);
}

} // namespace

LinearPlan planLinear(const LinearCall& call) {
    const bool lanes = runsLanes(call.stream.device().info());
    if (call.x.rows() <= kFewRows) {
        return lanes ? planVectorLanes(call) : planVector(call);
    }
    return lanes ? planLanes(call) : planTiled(call);
}

} // namespace phial::ops
