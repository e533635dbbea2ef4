// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/add_rows.h"
#include "inference/reference/add_rows.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class AddRows : public OpTest {};

TEST_F(AddRows, MatchesReferenceForEveryWeightFormat) {
    forEachCase(Types::F32Only, [this](const OpCase& c) {
        const Matrix values = randomMatrix(c.rows, c.columns, 81);
        std::vector<std::int32_t> ids = shuffled(c.rows, 82);
        ids.back() = 0; // masked patches share row 0
        const Placed pi = placeInts(ids, c.in.offset);
        const std::pair<WeightFormat, DType> formats[] = {{WeightFormat::F32, DType::F32},
                                                          {WeightFormat::F16, DType::F16},
                                                          {WeightFormat::BF16, DType::BF16}};
        for (const auto& [format, dtype] : formats) {
            Matrix x = randomMatrix(c.rows, c.columns, 83);
            const WeightMatrix table = uploadWeights(values, format);
            const Placed px = place(x, DType::F32, c.out);
            run([&](gpu::CommandStream& s) { addRows(s, px.view, table, pi.view); });
            reference::addRows(x, stored(values, dtype), ids);
            expectClose(read(px), x, kFewRoundings);
        }
    });
}

TEST_F(AddRows, AddsNothingForIdsOutsideTheTable) {
    const Matrix x = randomMatrix(3, 5, 84);
    const WeightMatrix table = uploadWeights(randomMatrix(4, 5, 85), WeightFormat::F32);
    const Placed px = place(x, DType::F32);
    const Placed pi = placeInts(std::vector<std::int32_t>{-1, 4, 1 << 30});
    run([&](gpu::CommandStream& s) { addRows(s, px.view, table, pi.view); });
    expectClose(read(px), x, kExact);
}

TEST_F(AddRows, RefusesMismatchedShapes) {
    const WeightMatrix table = uploadWeights(Matrix(4, 5), WeightFormat::F32);
    const Placed px = place(Matrix(3, 4), DType::F32);
    const Placed wide = place(Matrix(3, 5), DType::F32);
    gpu::CommandStream s(device());
    EXPECT_THROW(addRows(s, px.view, table, placeInts(shuffled(3, 1)).view), Error);
    EXPECT_THROW(addRows(s, wide.view, table, placeInts(shuffled(2, 1)).view), Error);
}

} // namespace
} // namespace phial::ops
