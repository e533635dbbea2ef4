// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/kv_append.h"
#include "inference/reference/kv_append.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

namespace phial::ops {
namespace {

class KvAppend : public OpTest {};

TEST_F(KvAppend, PutsKeysAndValuesAtTheirPositionsAndLeavesTheRest) {
    struct Geometry {
        std::int64_t rows, capacity;
        QkvLayout layout;
    };

    const Geometry geometries[] = {{1, 1, {1, 1, 1}},
                                   {3, 17, {6, 2, 32}},
                                   {17, 63, {3, 1, 63}},
                                   {65, 257, {2, 2, 16}},
                                   {2, 5, {24, 8, 128}}};
    for (const Geometry& g : geometries) {
        for (const DType input : {DType::F32, DType::F16}) {
            for (const DType output : {DType::F32, DType::F16}) {
                if ((input == DType::F16 || output == DType::F16) && !hasF16()) {
                    continue;
                }
                SCOPED_TRACE(testing::Message() << g.rows << " rows into " << g.capacity);
                const std::int64_t columns = g.layout.kvHeads * g.layout.headDim;
                const Matrix qkv = stored(
                    randomMatrix(g.rows, g.layout.queryHeads * g.layout.headDim + 2 * columns, 41),
                    input);
                std::vector<std::int32_t> positions = shuffled(g.capacity, 42);
                positions.resize(static_cast<std::size_t>(g.rows));
                Matrix k = stored(randomMatrix(g.capacity, columns, 43), output);
                Matrix v = stored(randomMatrix(g.capacity, columns, 44), output);
                const Placed pqkv = place(qkv, input, {.offset = 3, .gap = 5});
                const Placed pp = placeInts(positions, 5);
                const Placed pk = place(k, output, {.offset = 1, .gap = 3});
                const Placed pv = place(v, output, {.offset = 7});
                run([&](gpu::CommandStream& s) {
                    kvAppend(s, pqkv.view, pk.view, pv.view, pp.view, g.layout);
                });
                reference::kvAppend(qkv, positions, k, v);
                expectClose(read(pk), k, input == output ? kExact : toleranceFor(output, kExact));
                expectClose(read(pv), v, input == output ? kExact : toleranceFor(output, kExact));
            }
        }
    }
}

TEST_F(KvAppend, WritesNothingOutsideTheCache) {
    const Placed pqkv = place(randomMatrix(3, 96, 45), DType::F32);
    const Matrix k = randomMatrix(4, 32, 46);
    const Placed pk = place(k, DType::F32);
    const Placed pv = place(k, DType::F32);
    const Placed pp = placeInts(std::vector<std::int32_t>{-1, 4, 100});
    run([&](gpu::CommandStream& s) {
        kvAppend(s, pqkv.view, pk.view, pv.view, pp.view, {1, 1, 32});
    });
    expectClose(read(pk), k, kExact);
    expectClose(read(pv), k, kExact);
}

TEST_F(KvAppend, RefusesCachesThatDoNotMatch) {
    const Placed pqkv = place(Matrix(3, 96), DType::F32);
    const Placed pk = place(Matrix(4, 32), DType::F32);
    const Placed shorter = place(Matrix(3, 32), DType::F32);
    const Placed pp = placeInts(shuffled(3, 47));
    gpu::CommandStream s(device());
    EXPECT_THROW(kvAppend(s, pqkv.view, pk.view, shorter.view, pp.view, {1, 1, 32}), Error);
    EXPECT_THROW(kvAppend(s, pqkv.view, pk.view, pk.view, pp.view, {1, 1, 32}), Error);
    EXPECT_THROW(kvAppend(s, pqkv.view, shorter.view, pk.view, pp.view, {2, 1, 32}), Error);
}

} // namespace
} // namespace phial::ops
