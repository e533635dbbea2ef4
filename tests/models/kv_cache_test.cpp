// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/models/kv_cache.h"
#include "inference/ops/copy_rows.h"
#include "inference/tensor/transfer.h"
#include "tests/support/gpu_fixture.h"

#include <numeric>

namespace phial::models {
namespace {

class KvCacheTest : public GpuTest {};

TEST_F(KvCacheTest, KeepsItsContentWhenItGrows) {
    KvCache cache(device(),
                  {.layers = 2, .kvHeads = 1, .headDim = 24, .dtype = DType::F32, .context = 2000});
    EXPECT_TRUE(cache.reserve(10));
    EXPECT_FALSE(cache.reserve(cache.capacity()));
    std::vector<float> rows(10 * 24);
    std::iota(rows.begin(), rows.end(), 1.0F);
    const Tensor source = uploadFloats(device(), rows, Shape{10, 24}, DType::F32, "test rows");
    gpu::CommandStream s(device());
    ops::copyRows(s, source.view(), cache.keys(0).rowSlice(0, 10));
    ops::copyRows(s, source.view(), cache.values(1).rowSlice(0, 10));
    s.submitAndWait();

    EXPECT_TRUE(cache.reserve(cache.capacity() + 1));
    EXPECT_EQ(downloadFloats(device(), cache.keys(0).rowSlice(0, 10)), rows);
    EXPECT_EQ(downloadFloats(device(), cache.values(1).rowSlice(0, 10)), rows);
}

TEST_F(KvCacheTest, StaysWithinTheContext) {
    KvCache cache(device(),
                  {.layers = 1, .kvHeads = 1, .headDim = 8, .dtype = DType::F32, .context = 700});
    cache.reserve(600);
    EXPECT_EQ(cache.capacity(), 700);
    EXPECT_THROW(cache.reserve(701), Error);
}

} // namespace
} // namespace phial::models
