// SPDX-License-Identifier: MIT
#include "inference/ops/linear.h"

#include "inference/ops/op_support.h"
#include "shaders/params/linear.h"

#include <array>

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
constexpr WeightVariants kVector = {{
    {LinearVectorF32F32F32, LinearVectorF32F32F16, LinearVectorF32F16F32, LinearVectorF32F16F16},
    {LinearVectorF16F32F32, LinearVectorF16F32F16, LinearVectorF16F16F32, LinearVectorF16F16F16},
    {LinearVectorBF16F32F32, LinearVectorBF16F32F16, LinearVectorBF16F16F32,
     LinearVectorBF16F16F16},
    {LinearVectorPackedF32F32, LinearVectorPackedF32F16, LinearVectorPackedF16F32,
     LinearVectorPackedF16F16},
}};

constexpr WeightVariants kLanes = {{
    {LinearLanesF32F32F32, LinearLanesF32F32F16, LinearLanesF32F16F32, LinearLanesF32F16F16},
    {LinearLanesF16F32F32, LinearLanesF16F32F16, LinearLanesF16F16F32, LinearLanesF16F16F16},
    {LinearLanesBF16F32F32, LinearLanesBF16F32F16, LinearLanesBF16F16F32, LinearLanesBF16F16F16},
    {LinearLanesPackedF32F32, LinearLanesPackedF32F16, LinearLanesPackedF16F32,
     LinearLanesPackedF16F16},
}};

constexpr std::int64_t kMostVectorRows = 8;

gpu::ShaderId choose(const WeightVariants& variants, WeightFormat format, DType x, DType y) {
    return variants.at(static_cast<std::size_t>(format)).choose(x, y);
}

/// A shader with its specialization, and the groups it needs for `outputs` columns.
struct Plan {
    const gpu::Kernel* kernel;
    gpu::Groups groups;
};

struct Call {
    gpu::CommandStream& stream;
    const TensorView& x;
    const WeightMatrix& weight;
    const TensorView& y;
    const LinearOptions& options;

    std::uint32_t hasBias() const { return options.bias.has_value() ? 1 : 0; }

    std::uint32_t activation() const { return static_cast<std::uint32_t>(options.activation); }

    std::uint32_t accumulate() const { return options.accumulate == Accumulate::Yes ? 1 : 0; }
};

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

Plan planTiled(const Call& call, std::int64_t outputs) {
    const Tiling tiling = chooseTiling(call.x.rows());
    const bool software = call.stream.device().info().kind == gpu::DeviceKind::Software;
    const std::array constants = {
        kColumnTeams * tiling.rowTeams, call.hasBias(),  call.activation(), call.accumulate(),
        packingConstant(call.weight),   tiling.rowTeams, tiling.threadRows, software ? 1U : 0U};
    const gpu::ShaderId shader = choose(kTiled, call.weight.format(), call.x.dtype, call.y.dtype);
    return {&call.stream.device().kernel(shader, constants),
            {.x = gpu::groupCount(toUint(outputs), kColumnTeams * 4),
             .y = gpu::groupCount(toUint(call.x.rows()), tiling.rowTeams * tiling.threadRows)}};
}

/// Whether the device is one that linear_lanes is made for; its eight values of a row need as many
/// lanes.
bool runsLanes(const gpu::DeviceInfo& info) {
    return info.kind == gpu::DeviceKind::Software && info.features.subgroupArithmetic &&
           info.subgroupSize >= 8;
}

Plan planLanes(const Call& call, std::int64_t outputs) {
    // Measured with Mesa 22.3.6, 256 bits: more sums than 8 x 4 do not stay in registers (a sixth
    // of the speed), fewer pay more for loads.
    constexpr std::uint32_t kRows = 8;
    constexpr std::uint32_t kColumns = 4;
    const std::uint32_t lanes = call.stream.device().info().subgroupSize;
    const std::array constants = {
        lanes, call.hasBias(), call.activation(), call.accumulate(), packingConstant(call.weight),
        kRows, kColumns};
    const gpu::ShaderId shader = choose(kLanes, call.weight.format(), call.x.dtype, call.y.dtype);
    return {&call.stream.device().kernel(shader, constants),
            {.x = gpu::groupCount(toUint(outputs), lanes * kColumns),
             .y = gpu::groupCount(toUint(call.x.rows()), kRows)}};
}

Plan planVector(const Call& call, std::int64_t outputs) {
    // The shader is compiled for 1, 2, 4 or 8 rows.
    std::uint32_t rows = 1;
    while (rows < call.x.rows()) {
        rows *= 2;
    }
    const gpu::DeviceInfo& info = call.stream.device().info();
    // A graphics card wants many invocations with loads in flight; the software device pays for
    // each barrier and each workgroup, so there one vector of invocations does more outputs.
    const bool software = info.kind == gpu::DeviceKind::Software;
    const std::uint32_t invocations = software ? info.subgroupSize : 64;
    std::uint32_t outputsPerGroup = rows <= 4 ? 4 : 2;
    if (software) {
        outputsPerGroup = rows <= 2 ? 8 : 4;
    } else if (outputs <= 1024) {
        outputsPerGroup = 1; // short matrices would not fill the device otherwise
    }
    const std::array constants = {invocations,
                                  call.hasBias(),
                                  call.activation(),
                                  call.accumulate(),
                                  packingConstant(call.weight),
                                  outputsPerGroup,
                                  rows};
    const gpu::ShaderId shader = choose(kVector, call.weight.format(), call.x.dtype, call.y.dtype);
    return {&call.stream.device().kernel(shader, constants),
            foldedGroups(gpu::groupCount(toUint(outputs), outputsPerGroup))};
}

} // namespace

void linear(gpu::CommandStream& s, const TensorView& x, const WeightMatrix& weight,
            const TensorView& y, const LinearOptions& options) {
    const std::int64_t rows = x.rows();
    expect(weight.valid(), "linear", "the weight is empty");
    expectActivation({"linear", "x", x}, rows, weight.columns());
    expectActivation({"linear", "y", y}, rows, weight.rows());
    expectApart({"linear", "x", x}, {"linear", "y", y});
    if (options.bias) {
        expectVector({"linear", "bias", *options.bias}, DType::F32, weight.rows());
    }
    const Call call{s, x, weight, y, options};
    for (const WeightMatrix::Piece& piece : weight.pieces()) {
        const std::int64_t outputs = piece.rows;
        const TensorView target = y.columnSlice(piece.firstRow, outputs);
        const TensorView weights = piece.data.view();
        const Plan plan = rows <= kMostVectorRows        ? planVector(call, outputs)
                          : runsLanes(s.device().info()) ? planLanes(call, outputs)
                                                         : planTiled(call, outputs);
        const params::LinearParams params = {
            .x = rowView(x),
            .y = rowView(target),
            .biasOffset = options.bias ? toUint(options.bias->elementOffset + piece.firstRow) : 0U,
            .rows = toUint(rows),
            .columns = toUint(weight.columns()),
            .outputs = toUint(outputs),
            .octetsPerRow = gpu::groupCount(toUint(weight.columns()), 8),
            .planes = packedRows(weight, piece),
            .scale = options.scale,
            .zero = 0,
        };
        const gpu::Work work = {.flops = 2.0 * params.rows * params.columns * params.outputs,
                                .bytes = viewBytes(weights) + viewBytes(x) + viewBytes(target)};
        s.dispatch("linear", *plan.kernel, params,
                   {x.range, weights.range, options.bias ? options.bias->range : weights.range,
                    target.range},
                   plan.groups, work);
    }
}

} // namespace phial::ops
