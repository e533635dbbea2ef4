// SPDX-License-Identifier: MIT
#include "inference/ops/average_pool.h"

#include "inference/ops/op_support.h"
#include "shaders/params/average_pool.h"

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kVariants = {AveragePoolF32F32, AveragePoolF32F16, AveragePoolF16F32,
                                    AveragePoolF16F16};

} // namespace

void averagePool(gpu::CommandStream& s, const TensorView& x, std::int64_t grid,
                 const TensorView& y) {
    expect(grid > 0 && grid % 2 == 0, "average_pool", "the grid must be even");
    const std::int64_t columns = x.columns();
    const std::int64_t grids = x.rows() / (grid * grid);
    const std::int64_t rows = grids * (grid / 2) * (grid / 2);
    expect(grids > 0, "average_pool", "at least one grid");
    expectActivation({"average_pool", "x", x}, grids * grid * grid, columns);
    expectActivation({"average_pool", "y", y}, rows, columns);
    expectApart({"average_pool", "x", x}, {"average_pool", "y", y});

    const params::AveragePoolParams params = {
        .x = rowView(x),
        .y = rowView(y),
        .grid = toUint(grid),
        .grids = toUint(grids),
        .columns = toUint(columns),
    };
    s.dispatch(
        "average_pool", kernelOf(s, kVariants.choose(x.dtype, y.dtype)), params, {x.range, y.range},
        elementGroups(s.device(), rows * columns),
        {.flops = 4.0 * static_cast<double>(rows * columns), .bytes = viewBytes(x) + viewBytes(y)});
}

} // namespace phial::ops
