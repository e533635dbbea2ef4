// SPDX-License-Identifier: MIT
// Queries that share nothing must have the bits of one that is alone: verification of guessed
// tokens relies on it.
#include "inference/ops/attention.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/kv_codec.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace phial::ops {
namespace {

class AttentionApart : public WithoutFeatures {
protected:
    static constexpr std::int64_t kQueries = 8;

    struct Case {
        std::int64_t past = 0; ///< keys in front of the first query's own
        std::int64_t heads = 6;
        std::int64_t kvHeads = 2;
        std::int64_t headDim = 64;
        DType dtype = DType::F32;
        KvFormat format = KvFormat::Plain;
        std::int64_t parts = 0;
    };

    struct Operands {
        Tensor q;
        Tensor k;
        Tensor v;
        Tensor codec;
    };

    Operands operands(const Case& c, std::int64_t capacity) {
        const Matrix q = randomMatrix(kQueries, c.heads * c.headDim, 71);
        const Matrix k = randomMatrix(capacity, c.kvHeads * c.headDim, 72);
        const Matrix v = randomMatrix(capacity, c.kvHeads * c.headDim, 73);
        const auto floats = [&](const Matrix& m) {
            return uploadFloats(*m_device, m.values, {m.rows, m.columns}, c.dtype, "operand");
        };
        if (c.format == KvFormat::Plain) {
            return {floats(q), floats(k), floats(v), {}};
        }
        const auto dim = static_cast<int>(c.headDim);
        const quant::CodeBook book = quant::lloydMax(dim, 4);
        const std::vector<float> signs = quant::cacheSigns(dim);
        const CodedCache cache = encodeCache(k, v, c.format, c.headDim, book, signs);
        const auto ints = [&](const std::vector<std::int32_t>& words) {
            return uploadInts(*m_device, words, {capacity, std::ssize(words) / capacity}, "codes");
        };
        const std::vector<float> codec = codecOf(book, signs);
        return {floats(q), ints(cache.keys), ints(cache.values),
                uploadFloats(*m_device, codec, {std::ssize(codec)}, DType::F32, "codec")};
    }

    /// Queries [first, first + count) at positions past + first, ..., with as many keys in use.
    std::vector<float> result(const Case& c, const Operands& on, std::int64_t first,
                              std::int64_t count) {
        std::vector<std::int32_t> positions(static_cast<std::size_t>(count));
        std::iota(positions.begin(), positions.end(), static_cast<std::int32_t>(c.past + first));
        const std::vector<std::int32_t> length = {
            static_cast<std::int32_t>(c.past + first + count)};
        const Tensor at = uploadInts(*m_device, positions, {count}, "positions");
        const Tensor used = uploadInts(*m_device, length, {1}, "length");
        const Tensor out(*m_device, c.dtype, {count, c.heads * c.headDim}, "out");
        const Tensor space(*m_device, DType::F32,
                           {std::max<std::int64_t>(1, c.parts), count * c.heads * (c.headDim + 2)},
                           "parts");
        AttentionArgs args = {.q = on.q.view().rowSlice(first, count),
                              .k = on.k.view(),
                              .v = on.v.view(),
                              .out = out.view(),
                              .heads = c.heads,
                              .kvHeads = c.kvHeads,
                              .headDim = c.headDim,
                              .scale = 1 / std::sqrt(static_cast<float>(c.headDim)),
                              .mask = AttentionMask::Causal,
                              .positions = at.view(),
                              .kvLength = used.view(),
                              .kvFormat = c.format,
                              .work = QueryWork::Apart};
        if (c.format != KvFormat::Plain) {
            args.codec = on.codec.view();
        }
        if (c.parts > 0) {
            args.parts = space.view();
        }
        gpu::CommandStream s(*m_device);
        attention(s, args);
        s.submitAndWait();
        return downloadFloats(*m_device, out.view());
    }

    void compare(const Case& c) {
        SCOPED_TRACE(testing::Message()
                     << c.past << " keys before, heads " << c.heads << "/" << c.kvHeads << " of "
                     << c.headDim << ", " << dtypeName(c.dtype) << ", format "
                     << static_cast<int>(c.format) << ", " << c.parts << " parts");
        const Operands on = operands(c, c.past + kQueries + 5);
        const std::vector<float> together = result(c, on, 0, kQueries);
        std::vector<float> alone;
        for (std::int64_t t = 0; t < kQueries; ++t) {
            const std::vector<float> one = result(c, on, t, 1);
            alone.insert(alone.end(), one.begin(), one.end());
        }
        EXPECT_EQ(together, alone);
        EXPECT_TRUE(std::any_of(alone.begin(), alone.end(), [](float y) { return y != 0; }));
    }
};

TEST_P(AttentionApart, EachQueryHasTheBitsOfOneThatIsAlone) {
    const std::vector<DType> types = m_device->info().features.storage16
                                         ? std::vector<DType>{DType::F32, DType::F16}
                                         : std::vector<DType>{DType::F32};
    for (const DType dtype : types) {
        // Positions on both sides of the borders of tiles and of parts.
        for (const std::int64_t past : {0, 59, 123, 250}) {
            compare({.past = past, .dtype = dtype});
        }
        compare({.past = 61, .heads = 3, .kvHeads = 3, .headDim = 72, .dtype = dtype});
        compare({.past = 61, .heads = 2, .kvHeads = 1, .headDim = 31, .dtype = dtype}); // no quads
        for (const KvFormat format : {KvFormat::K8V4, KvFormat::Tq4}) {
            compare({.past = 60, .dtype = dtype, .format = format});
            compare({.past = 60, .dtype = dtype, .format = format, .parts = 5});
        }
        compare({.past = 60, .dtype = dtype, .parts = 16});
        compare({.past = 250, .dtype = dtype, .parts = 4});
    }
}

TEST_P(AttentionApart, MoreHeadsThanAWorkgroupHoldsAreCutWithinAQuery) {
    compare({.past = 40, .heads = 37, .kvHeads = 1, .headDim = 32});
    compare({.past = 40, .heads = 37, .kvHeads = 1, .headDim = 32, .parts = 3});
}

INSTANTIATE_TEST_SUITE_P(Devices, AttentionApart, ::testing::Values("", "subgroup"),
                         [](const auto& kind) {
                             return *kind.param == 0 ? "Default" : "WithoutSubgroups";
                         });

} // namespace
} // namespace phial::ops
