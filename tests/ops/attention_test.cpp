// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/ops/attention.h"
#include "inference/reference/attention.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/kv_codec.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <string>

namespace phial::ops {
namespace {

// Weights of a softmax sum to 1, so the result is an average of values in [-2, 2): the errors of
// exp (a few ulp of arguments up to about 20) and of sums over hundreds of keys stay below this.
constexpr Tolerance kAverages = {.relative = 1e-5, .absolute = 2e-5};

/// T queries, S keys, heads.
struct Case {
    std::int64_t queries = 1;
    std::int64_t keys = 1;
    std::int64_t heads = 1;
    std::int64_t kvHeads = 1;
    std::int64_t headDim = 64;
    DType query = DType::F32;
    DType keyValue = DType::F32;
    DType output = DType::F32;
    std::int64_t sequences = 1;
};

/// What a case is run with besides q, k, v.
struct Extras {
    std::vector<std::int32_t> positions; // causal when not empty
    std::int32_t kvLength = -1;          // used when >= 0
    std::vector<std::int32_t> keyMask;
    Matrix relativeBias;            // used when it has rows
    std::vector<float> columnScale; // used when not empty
    std::int64_t parts = 0;         // split when above 0
    bool inQuads = false;           // k and v where they can be read in quads
};

class Attention : public OpTest {
protected:
    void compare(const Case& c, const Extras& extras = {}) {
        SCOPED_TRACE(std::to_string(c.queries) + " queries, " + std::to_string(c.keys) +
                     " keys, heads " + std::to_string(c.heads) + "/" + std::to_string(c.kvHeads) +
                     " of " + std::to_string(c.headDim) + ", " + std::string(dtypeName(c.query)) +
                     " " + std::string(dtypeName(c.keyValue)) + " " +
                     std::string(dtypeName(c.output)));
        const Matrix q = stored(randomMatrix(c.queries, c.heads * c.headDim, 61), c.query);
        const Matrix k = stored(randomMatrix(c.keys, c.kvHeads * c.headDim, 62), c.keyValue);
        const Matrix v = stored(randomMatrix(c.keys, c.kvHeads * c.headDim, 63), c.keyValue);
        const double scale = 1 / std::sqrt(static_cast<double>(c.headDim));
        reference::AttentionInputs in{
            .q = q, .k = k, .v = v, .heads = c.heads, .kvHeads = c.kvHeads, .scale = scale};
        const auto item = [](const std::vector<std::int32_t>& list, std::int64_t i) {
            return list[static_cast<std::size_t>(i)];
        };
        in.visible = [&](std::int64_t t, std::int64_t s) {
            return t * c.sequences / c.queries == s * c.sequences / c.keys &&
                   (extras.positions.empty() || s <= item(extras.positions, t)) &&
                   (extras.kvLength < 0 || s < extras.kvLength) &&
                   (extras.keyMask.empty() || item(extras.keyMask, s) != 0);
        };
        const std::int64_t reach = extras.relativeBias.rows / 2;
        if (reach > 0) {
            in.bias = [&](std::int64_t t, std::int64_t s, std::int64_t h) {
                const auto distance = std::clamp(s - t, -reach, reach - 1) + reach;
                return static_cast<double>(extras.relativeBias.at(distance, h));
            };
        }

        const Placed pq = place(q, c.query, {5, 3});
        const bool inQuads = extras.inQuads || extras.parts > 0;
        const Placed pk = place(k, c.keyValue, inQuads ? Placement{4, 8} : Placement{1, 7});
        const Placed pv = place(v, c.keyValue, inQuads ? Placement{8, 4} : Placement{2, 1});
        const Tensor parts = scratch(c, extras.parts);
        const Placed py = placeEmpty(c.queries, c.heads * c.headDim, c.output, {3, 9});
        const Placed positions = placeInts(
            extras.positions.empty() ? std::vector<std::int32_t>{0} : extras.positions, 3);
        const std::vector<std::int32_t> length = {extras.kvLength};
        const Placed kvLength = placeInts(length, 2);
        const Placed keyMask =
            placeInts(extras.keyMask.empty() ? std::vector<std::int32_t>{1} : extras.keyMask, 1);
        const Placed bias =
            place(reach > 0 ? extras.relativeBias : Matrix(2, c.heads), DType::F32, {1, 2});
        AttentionArgs args = {.q = pq.view,
                              .k = pk.view,
                              .v = pv.view,
                              .out = py.view,
                              .heads = c.heads,
                              .kvHeads = c.kvHeads,
                              .headDim = c.headDim,
                              .sequences = c.sequences,
                              .scale = static_cast<float>(scale)};
        if (!extras.positions.empty()) {
            args.mask = AttentionMask::Causal;
            args.positions = positions.view;
        }
        if (extras.kvLength >= 0) {
            args.kvLength = kvLength.view;
        }
        if (!extras.keyMask.empty()) {
            args.keyMask = keyMask.view;
        }
        if (reach > 0) {
            args.relativeBias = bias.view;
        }
        if (extras.parts > 0) {
            args.parts = parts.view();
        }
        const Placed columnScale =
            placeVector(extras.columnScale.empty() ? std::vector<float>{1} : extras.columnScale, 3);
        if (!extras.columnScale.empty()) {
            args.columnScale = columnScale.view;
            in.columnScale = extras.columnScale;
        }
        run([&](gpu::CommandStream& s) { attention(s, args); });
        expectClose(read(py), reference::attention(in), toleranceFor(c.output, kAverages));
    }

    Tensor scratch(const Case& c, std::int64_t parts) {
        const std::int64_t width = c.queries * c.heads * (c.headDim + 2);
        return {device(), DType::F32, Shape{std::max<std::int64_t>(parts, 1), width}, "parts"};
    }

    /// Attention over a coded cache against the reference over its decoded content, all in the
    /// rotated frame, and the result rotated back.
    void compareCoded(const Case& c, KvFormat format, std::int64_t parts) {
        SCOPED_TRACE(testing::Message() << c.queries << " queries, " << c.keys << " keys of "
                                        << c.headDim << ", " << parts << " parts");
        const auto dim = static_cast<int>(c.headDim);
        const quant::CodeBook book = quant::lloydMax(dim, 4);
        const std::vector<float> signs = quant::cacheSigns(dim);
        const Matrix q = stored(randomMatrix(c.queries, c.heads * c.headDim, 81), c.query);
        const CodedCache cache = encodeCache(randomMatrix(c.keys, c.kvHeads * c.headDim, 82),
                                             randomMatrix(c.keys, c.kvHeads * c.headDim, 83),
                                             format, c.headDim, book, signs);
        const double scale = 1 / std::sqrt(static_cast<double>(c.headDim));
        const std::vector<std::int32_t> positions =
            counting(c.queries, static_cast<std::int32_t>(c.keys - c.queries));
        const Matrix expected = rotatedHeadsBack(
            reference::attention({.q = q,
                                  .k = cache.decodedKeys,
                                  .v = cache.decodedValues,
                                  .heads = c.heads,
                                  .kvHeads = c.kvHeads,
                                  .scale = scale,
                                  .visible =
                                      [&](std::int64_t t, std::int64_t s) {
                                          return s <= positions[static_cast<std::size_t>(t)];
                                      }}),
            signs);
        const Placed pq = place(q, c.query, {5, 3});
        const Tensor k = uploadInts(device(), cache.keys,
                                    Shape{c.keys, std::ssize(cache.keys) / c.keys}, "keys");
        const Tensor v = uploadInts(device(), cache.values,
                                    Shape{c.keys, std::ssize(cache.values) / c.keys}, "values");
        const Placed py = placeEmpty(c.queries, c.heads * c.headDim, c.output, {3, 9});
        const Placed pp = placeInts(positions);
        const Placed codec = placeVector(codecOf(book, signs), 3);
        const Tensor space = scratch(c, parts);
        AttentionArgs args = {.q = pq.view,
                              .k = k.view(),
                              .v = v.view(),
                              .out = py.view,
                              .heads = c.heads,
                              .kvHeads = c.kvHeads,
                              .headDim = c.headDim,
                              .scale = static_cast<float>(scale),
                              .mask = AttentionMask::Causal,
                              .positions = pp.view,
                              .kvFormat = format,
                              .codec = codec.view};
        if (parts > 0) {
            args.parts = space.view();
        }
        run([&](gpu::CommandStream& s) { attention(s, args); });
        expectClose(read(py), expected, toleranceFor(c.output, kAverages));
    }

    static std::vector<std::int32_t> counting(std::int64_t count, std::int32_t first) {
        std::vector<std::int32_t> list(static_cast<std::size_t>(count));
        std::iota(list.begin(), list.end(), first);
        return list;
    }
};

TEST_F(Attention, MatchesReferenceForOddShapesAndHeads) {
    compare({.queries = 1, .keys = 1, .headDim = 1});
    compare({.queries = 3, .keys = 5, .heads = 2, .kvHeads = 2, .headDim = 7});
    compare({.queries = 17, .keys = 33, .heads = 3, .kvHeads = 1, .headDim = 32});
    compare({.queries = 49, .keys = 49, .heads = 4, .kvHeads = 4, .headDim = 72});
    compare({.queries = 5, .keys = 100, .heads = 6, .kvHeads = 2, .headDim = 128});
    compare({.queries = 20, .keys = 40, .heads = 2, .kvHeads = 1, .headDim = 255});
    compare({.queries = 20, .keys = 31, .heads = 1, .kvHeads = 1, .headDim = 256});
}

TEST_F(Attention, ReadsQuadsWhereItCan) {
    const Case c{.queries = 19, .keys = 45, .heads = 3, .kvHeads = 1, .headDim = 72};
    compare(c, {.inQuads = true});
    compare(c, {.positions = counting(19, 26), .inQuads = true});
    compare({.queries = 9, .keys = 21, .heads = 2, .kvHeads = 2, .headDim = 36},
            {.relativeBias = randomMatrix(2 * 7, 2, 65, -3, 3), .inQuads = true});
    if (hasF16()) {
        for (const DType output : {DType::F32, DType::F16}) {
            Case half = c;
            half.keyValue = DType::F16;
            half.query = output;
            half.output = output;
            compare(half, {.inQuads = true});
        }
    }
}

TEST_F(Attention, PartsOfTheKeysJoinToTheWhole) {
    Case c{.queries = 1, .keys = 300, .heads = 6, .kvHeads = 2, .headDim = 128};
    for (const std::int64_t parts : {1, 3, 16}) {
        for (const std::int32_t position : {0, 63, 64, 299}) { // fewer tiles than parts, too
            compare(c, {.positions = {position}, .kvLength = position + 1, .parts = parts});
        }
    }
    c.queries = 5;
    compare(c, {.positions = counting(5, 200), .parts = 4});
    compare({.queries = 3, .keys = 70, .heads = 1, .kvHeads = 1, .headDim = 4}, {.parts = 2});
    compare({.queries = 2, .keys = 8, .heads = 1, .kvHeads = 1, .headDim = 8},
            {.positions = {2, -1}, .parts = 2}); // one sees nothing
    if (hasF16()) {
        c.query = c.keyValue = c.output = DType::F16;
        compare(c, {.positions = counting(5, 150), .parts = 7});
    }
}

TEST_F(Attention, ReadsCodedKeysAndValues) {
    for (const KvFormat format : {KvFormat::K8V4, KvFormat::Tq4}) {
        compareCoded({.queries = 1, .keys = 77, .heads = 6, .kvHeads = 2, .headDim = 128}, format,
                     0);
        compareCoded({.queries = 1, .keys = 200, .heads = 6, .kvHeads = 2, .headDim = 128}, format,
                     5);
        compareCoded({.queries = 40, .keys = 61, .heads = 3, .kvHeads = 1, .headDim = 32}, format,
                     0);
        compareCoded({.queries = 6, .keys = 19, .heads = 2, .kvHeads = 1, .headDim = 256}, format,
                     3);
        if (hasF16()) {
            compareCoded({.queries = 9,
                          .keys = 30,
                          .heads = 2,
                          .kvHeads = 2,
                          .headDim = 64,
                          .query = DType::F16,
                          .output = DType::F16},
                         format, 0);
        }
    }
}

TEST_F(Attention, AppliesTheColumnScaleOfTheNextLinear) {
    compare({.queries = 17, .keys = 33, .heads = 6, .kvHeads = 2, .headDim = 31},
            {.columnScale = randomVector(6 * 31, 64, 0.4F, 5)});
    compare({.queries = 1, .keys = 90, .heads = 6, .kvHeads = 2, .headDim = 32},
            {.columnScale = randomVector(6 * 32, 64, 0.4F, 5), .parts = 3});
}

TEST_F(Attention, TakesEveryCombinationOfTypes) {
    if (!hasF16()) {
        GTEST_SKIP() << "no 16-bit storage";
    }
    for (const DType query : {DType::F32, DType::F16}) {
        for (const DType keyValue : {DType::F32, DType::F16}) {
            for (const DType output : {DType::F32, DType::F16}) {
                compare({.queries = 9,
                         .keys = 21,
                         .heads = 2,
                         .kvHeads = 1,
                         .headDim = 36,
                         .query = query,
                         .keyValue = keyValue,
                         .output = output});
            }
        }
    }
}

TEST_F(Attention, CausalQueriesSeeUpToTheirPosition) {
    const Case prefill{.queries = 40, .keys = 64, .heads = 6, .kvHeads = 2, .headDim = 64};
    compare(prefill, {.positions = counting(40, 0)});
    compare(prefill, {.positions = counting(40, 24), .kvLength = 64}); // a later chunk
    compare(prefill, {.positions = shuffled(40, 64)});                 // in any order
}

TEST_F(Attention, DecodesOneTokenAgainstAPartlyFilledCache) {
    for (const std::int32_t position : {0, 1, 31, 32, 77, 99}) {
        compare({.queries = 1, .keys = 100, .heads = 6, .kvHeads = 2, .headDim = 128},
                {.positions = {position}, .kvLength = position + 1});
    }
    compare({.queries = 3, .keys = 100, .heads = 4, .kvHeads = 4, .headDim = 32}, {.kvLength = 55});
}

TEST_F(Attention, MaskedKeysDoNotCount) {
    std::vector<std::int32_t> mask(90, 1);
    for (std::size_t s = 0; s < mask.size(); ++s) {
        mask[s] = s % 3 == 1 || (s >= 32 && s < 70) ? 0 : 1; // a whole tile among them
    }
    const Case c{.queries = 21, .keys = 90, .heads = 2, .kvHeads = 2, .headDim = 72};
    compare(c, {.keyMask = mask});
    std::fill(mask.begin(), mask.end(), 0);
    mask[80] = 5; // anything but 0
    compare(c, {.keyMask = mask});
}

TEST_F(Attention, AddsTheRelativeBiasOfTheDistance) {
    const Case c{.queries = 50, .keys = 50, .heads = 3, .kvHeads = 3, .headDim = 16};
    compare(c, {.relativeBias = randomMatrix(2 * 500, 3, 64, -3, 3)}); // all inside
    compare(c, {.relativeBias = randomMatrix(2 * 7, 3, 65, -3, 3)});   // most clipped
    compare(c, {.keyMask = std::vector<std::int32_t>(50, 1),
                .relativeBias = randomMatrix(2, 3, 66, -3, 3)});
}

TEST_F(Attention, AQueryThatSeesNothingGetsZeros) {
    const std::vector<std::int32_t> positions = {2, -1, 0};
    compare({.queries = 3, .keys = 8, .heads = 2, .kvHeads = 1, .headDim = 8},
            {.positions = positions});
    compare({.queries = 2, .keys = 8, .heads = 1, .kvHeads = 1, .headDim = 8}, {.kvLength = 0});
}

TEST_F(Attention, LargeScoresDoNotOverflow) {
    // Scores of +-9e4: without the running maximum exp() would be infinite. One key wins.
    Matrix q(1, 4, {300, 0, 0, 0});
    Matrix k(40, 4);
    Matrix v = randomMatrix(40, 4, 67);
    for (std::int64_t s = 0; s < 40; ++s) {
        k.at(s, 0) = s == 37 ? 300.0F : -300.0F + static_cast<float>(s);
    }
    const Placed pq = place(q, DType::F32);
    const Placed pk = place(k, DType::F32);
    const Placed pv = place(v, DType::F32);
    const Placed py = placeEmpty(1, 4, DType::F32);
    run([&](gpu::CommandStream& s) {
        attention(s, {.q = pq.view,
                      .k = pk.view,
                      .v = pv.view,
                      .out = py.view,
                      .heads = 1,
                      .kvHeads = 1,
                      .headDim = 4});
    });
    expectClose(read(py), v.rowSlice(37, 1), kExact);
}

TEST_F(Attention, WhatLiesBehindTheLengthDoesNotMatter) {
    Matrix k = randomMatrix(40, 16, 68);
    Matrix v = randomMatrix(40, 16, 69);
    const Matrix q = randomMatrix(2, 16, 70);
    const Matrix expected = reference::attention(
        {.q = q, .k = k.rowSlice(0, 19), .v = v.rowSlice(0, 19), .scale = 0.25});
    for (std::int64_t s = 19; s < 40; ++s) { // never written: may be anything
        std::fill(k.row(s).begin(), k.row(s).end(), std::numeric_limits<float>::quiet_NaN());
        std::fill(v.row(s).begin(), v.row(s).end(), std::numeric_limits<float>::quiet_NaN());
    }
    const Placed pq = place(q, DType::F32);
    const Placed pk = place(k, DType::F32);
    const Placed pv = place(v, DType::F32);
    const Placed py = placeEmpty(2, 16, DType::F32);
    const std::vector<std::int32_t> length = {19};
    const Placed kvLength = placeInts(length);
    run([&](gpu::CommandStream& s) {
        attention(s, {.q = pq.view,
                      .k = pk.view,
                      .v = pv.view,
                      .out = py.view,
                      .heads = 1,
                      .kvHeads = 1,
                      .headDim = 16,
                      .scale = 0.25F,
                      .kvLength = kvLength.view});
    });
    expectClose(read(py), expected, kAverages);
}

TEST_F(Attention, ReplaysWithTheLengthReadOnTheDevice) {
    const Matrix q = randomMatrix(1, 12, 71);
    const Matrix k = randomMatrix(30, 12, 72);
    const Matrix v = randomMatrix(30, 12, 73);
    const Placed pq = place(q, DType::F32);
    const Placed pk = place(k, DType::F32);
    const Placed pv = place(v, DType::F32);
    const Placed py = placeEmpty(1, 12, DType::F32);
    const Tensor step(device(), DType::I32, {2}, "position and length", gpu::Memory::Upload);
    gpu::CommandStream stream(device(), gpu::CommandStream::Mode::Recorded);
    attention(stream, {.q = pq.view,
                       .k = pk.view,
                       .v = pv.view,
                       .out = py.view,
                       .heads = 3,
                       .kvHeads = 3,
                       .headDim = 4,
                       .scale = 0.5F,
                       .mask = AttentionMask::Causal,
                       .positions = step.view().columnSlice(0, 1),
                       .kvLength = step.view().columnSlice(1, 1)});
    gpu::Recording recording = stream.finish();
    for (const std::int32_t length : {1, 2, 17, 30}) {
        const std::int32_t values[] = {length - 1, length};
        std::memcpy(step.buffer().mapped().data(), values, sizeof(values));
        recording.run();
        expectClose(read(py),
                    reference::attention({.q = q,
                                          .k = k.rowSlice(0, length),
                                          .v = v.rowSlice(0, length),
                                          .heads = 3,
                                          .kvHeads = 3,
                                          .scale = 0.5}),
                    kAverages);
    }
}

TEST_F(Attention, ReadsQueriesKeysAndValuesOfOneFusedMatrix) {
    // As the decoder does before the cache, and the encoders always: q | k | v in the columns of
    // one matrix.
    const Matrix qkv = randomMatrix(11, 3 * 24, 74);
    const Placed p = place(qkv, DType::F32, {4, 1});
    const Placed py = placeEmpty(11, 24, DType::F32);
    run([&](gpu::CommandStream& s) {
        attention(s, {.q = p.view.columnSlice(0, 24),
                      .k = p.view.columnSlice(24, 24),
                      .v = p.view.columnSlice(48, 24),
                      .out = py.view,
                      .heads = 2,
                      .kvHeads = 2,
                      .headDim = 12,
                      .scale = 0.3F});
    });
    const Matrix q = qkv.columnSlice(0, 24);
    const Matrix k = qkv.columnSlice(24, 24);
    const Matrix v = qkv.columnSlice(48, 24);
    expectClose(
        read(py),
        reference::attention({.q = q, .k = k, .v = v, .heads = 2, .kvHeads = 2, .scale = 0.3F}),
        kAverages);
}

TEST_F(Attention, SequencesSeeOnlyTheirOwnKeys) {
    std::vector<std::int32_t> mask(18, 1);
    std::fill(mask.end() - 3, mask.end(), 0); // of the second picture
    const Case c{
        .queries = 10, .keys = 18, .heads = 2, .kvHeads = 2, .headDim = 11, .sequences = 2};
    compare(c);
    compare(c, {.keyMask = mask});
}

TEST_F(Attention, RefusesWhatDoesNotFit) {
    const Placed q = place(Matrix(3, 24), DType::F32);
    const Placed k = place(Matrix(5, 8), DType::F32);
    const Placed v = place(Matrix(5, 8), DType::F32);
    const Placed y = place(Matrix(3, 24), DType::F32);
    const AttentionArgs good = {.q = q.view,
                                .k = k.view,
                                .v = v.view,
                                .out = y.view,
                                .heads = 3,
                                .kvHeads = 1,
                                .headDim = 8};
    gpu::CommandStream s(device());
    EXPECT_NO_THROW(attention(s, good));
    const auto refuses = [&](auto change) {
        AttentionArgs bad = good;
        change(bad);
        EXPECT_THROW(attention(s, bad), Error);
    };
    refuses([](AttentionArgs& a) { a.heads = 2; });
    refuses([](AttentionArgs& a) { a.kvHeads = 2; });
    refuses([](AttentionArgs& a) { a.headDim = 4; });
    refuses([](AttentionArgs& a) { a.v = a.v.rowSlice(0, 4); });
    refuses([](AttentionArgs& a) { a.out = a.q; });
    refuses([](AttentionArgs& a) { a.mask = AttentionMask::Causal; });
    refuses([](AttentionArgs& a) { a.keyMask = a.q; });
    refuses([](AttentionArgs& a) { a.relativeBias = a.k; });
    refuses([](AttentionArgs& a) { a.kvFormat = KvFormat::Tq4; });
    refuses([](AttentionArgs& a) { a.parts = a.q; });
    refuses([](AttentionArgs& a) { a.sequences = 3; }); // 5 keys
}

} // namespace
} // namespace phial::ops
