// SPDX-License-Identifier: MIT
// Attention over keys and values that can be read in quads, on a device with lanes and on one
// without, whose shaders differ on software devices; judged by the CPU reference.
#include "inference/ops/attention.h"
#include "inference/reference/attention.h"
#include "inference/tensor/transfer.h"
#include "tests/ops/op_test.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

namespace phial::ops {
namespace {

constexpr Tolerance kAverages = {.relative = 1e-5, .absolute = 2e-5};

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

struct Extras {
    std::vector<std::int32_t> positions; // causal when not empty
    std::optional<std::int32_t> kvLength;
    std::vector<std::int32_t> keyMask;
    Matrix relativeBias; // used when it has rows
    std::vector<float> columnScale;
};

class AttentionLanes : public WithoutFeatures {
protected:
    struct Held {
        Tensor tensor;
        TensorView view;
    };

    /// A matrix on this device, its rows `gap` elements further apart than they are long, behind
    /// `offset` elements. Around it are numbers that would be seen in any sum.
    Held hold(const Matrix& values, DType type, std::int64_t offset, std::int64_t gap) {
        const std::int64_t stride = values.columns + gap;
        std::vector<float> wide(static_cast<std::size_t>(offset + values.rows * stride + 4), 6e4F);
        for (std::int64_t t = 0; t < values.rows; ++t) {
            std::copy(values.row(t).begin(), values.row(t).end(),
                      wide.begin() + offset + t * stride);
        }
        Held held{uploadFloats(*m_device, wide, Shape{std::ssize(wide)}, type, "operand"), {}};
        held.view = held.tensor.view();
        held.view.shape = {values.rows, values.columns};
        held.view.elementOffset = offset;
        held.view.rowStride = stride;
        return held;
    }

    Held holdInts(const std::vector<std::int32_t>& values) {
        const auto count = std::max<std::int64_t>(1, std::ssize(values));
        Held held{uploadInts(*m_device, values.empty() ? std::vector<std::int32_t>{0} : values,
                             Shape{count}, "numbers"),
                  {}};
        held.view = held.tensor.view();
        return held;
    }

    static bool sees(const Extras& extras, std::int64_t t, std::int64_t s) {
        const auto at = [](const std::vector<std::int32_t>& list, std::int64_t i) {
            return list[static_cast<std::size_t>(i)];
        };
        return (extras.positions.empty() || s <= at(extras.positions, t)) &&
               (!extras.kvLength || s < *extras.kvLength) &&
               (extras.keyMask.empty() || at(extras.keyMask, s) != 0);
    }

    void compare(const Case& c, const Extras& extras = {}) {
        SCOPED_TRACE(testing::Message()
                     << c.queries << " queries, " << c.keys << " keys, heads " << c.heads << "/"
                     << c.kvHeads << " of " << c.headDim << ", " << dtypeName(c.query) << " "
                     << dtypeName(c.keyValue) << " " << dtypeName(c.output));
        const Matrix q = stored(randomMatrix(c.queries, c.heads * c.headDim, 91), c.query);
        Matrix k = stored(randomMatrix(c.keys, c.kvHeads * c.headDim, 92), c.keyValue);
        Matrix v = stored(randomMatrix(c.keys, c.kvHeads * c.headDim, 93), c.keyValue);
        const double scale = 1 / std::sqrt(static_cast<double>(c.headDim));
        reference::AttentionInputs in{.q = q,
                                      .k = k,
                                      .v = v,
                                      .heads = c.heads,
                                      .kvHeads = c.kvHeads,
                                      .scale = scale,
                                      .columnScale = extras.columnScale};
        const std::int64_t ownQueries = c.queries / c.sequences;
        const std::int64_t ownKeys = c.keys / c.sequences;
        in.visible = [&](std::int64_t t, std::int64_t s) {
            return t / ownQueries == s / ownKeys && sees(extras, t, s);
        };
        const std::int64_t reach = extras.relativeBias.rows / 2;
        if (reach > 0) {
            in.bias = [&](std::int64_t t, std::int64_t s, std::int64_t h) {
                const std::int64_t distance = s % ownKeys - t % ownQueries;
                return static_cast<double>(
                    extras.relativeBias.at(std::clamp(distance, -reach, reach - 1) + reach, h));
            };
        }
        const Matrix expected = reference::attention(in);
        for (std::int64_t s = extras.kvLength.value_or(c.keys); s < c.keys; ++s) {
            constexpr float kNever = std::numeric_limits<float>::quiet_NaN(); // not written yet
            std::fill(k.row(s).begin(), k.row(s).end(), kNever);
            std::fill(v.row(s).begin(), v.row(s).end(), kNever);
        }
        const Held heldQ = hold(q, c.query, 4, 8);
        const Held heldK = hold(k, c.keyValue, 8, 4);
        const Held heldV = hold(v, c.keyValue, 4, 12);
        const Held heldY = hold(Matrix(c.queries, c.heads * c.headDim), c.output, 3, 5);
        const Held positions = holdInts(extras.positions);
        const Held kvLength = holdInts({extras.kvLength.value_or(0)});
        const Held keyMask = holdInts(extras.keyMask);
        const Held bias =
            hold(reach > 0 ? extras.relativeBias : Matrix(2, c.heads), DType::F32, 1, 2);
        const Held columnScale =
            hold(Matrix(1, std::max<std::int64_t>(1, std::ssize(extras.columnScale)),
                        extras.columnScale.empty() ? std::vector<float>{1} : extras.columnScale),
                 DType::F32, 2, 0);
        AttentionArgs args = {.q = heldQ.view,
                              .k = heldK.view,
                              .v = heldV.view,
                              .out = heldY.view,
                              .heads = c.heads,
                              .kvHeads = c.kvHeads,
                              .headDim = c.headDim,
                              .sequences = c.sequences,
                              .scale = static_cast<float>(scale)};
        if (!extras.positions.empty()) {
            args.mask = AttentionMask::Causal;
            args.positions = positions.view;
        }
        if (extras.kvLength) {
            args.kvLength = kvLength.view;
        }
        if (!extras.keyMask.empty()) {
            args.keyMask = keyMask.view;
        }
        if (reach > 0) {
            args.relativeBias = bias.view;
        }
        if (!extras.columnScale.empty()) {
            args.columnScale = columnScale.view;
        }
        gpu::CommandStream s(*m_device);
        attention(s, args);
        s.submitAndWait();
        const std::vector<float> all = downloadFloats(*m_device, heldY.tensor.view());
        Matrix actual(c.queries, c.heads * c.headDim);
        std::vector<bool> inside(all.size(), false);
        for (std::int64_t t = 0; t < actual.rows; ++t) {
            for (std::int64_t d = 0; d < actual.columns; ++d) {
                const auto at = static_cast<std::size_t>(3 + t * (actual.columns + 5) + d);
                actual.at(t, d) = all[at];
                inside[at] = true;
            }
        }
        for (std::size_t i = 0; i < all.size(); ++i) {
            EXPECT_TRUE(inside[i] || all[i] > 5e4F) << "element " << i << " was overwritten";
        }
        expectClose(actual, expected, toleranceFor(c.output, kAverages));
    }

    static std::vector<std::int32_t> counting(std::int64_t count, std::int32_t first) {
        std::vector<std::int32_t> list(static_cast<std::size_t>(count));
        std::iota(list.begin(), list.end(), first);
        return list;
    }
};

TEST_P(AttentionLanes, DecodesBehindCachesOfEveryLength) {
    // Around the ends of tiles of 64 keys, with and without room behind them.
    for (const std::int32_t keys : {1, 7, 8, 9, 63, 64, 65, 200}) {
        compare({.queries = 1, .keys = keys + 3, .heads = 6, .kvHeads = 2, .headDim = 128},
                {.positions = {keys - 1}, .kvLength = keys});
    }
    for (const std::int64_t group : {4, 5}) { // rows of a workgroup
        compare({.queries = 1, .keys = 70, .heads = 2 * group, .kvHeads = 2, .headDim = 72});
    }
}

TEST_P(AttentionLanes, TakesHeadsOfEveryMultipleOfEight) {
    for (const std::int64_t headDim : {8, 72, 256}) {
        compare({.queries = 1, .keys = 33, .heads = 3, .kvHeads = 1, .headDim = headDim});
        compare({.queries = 11, .keys = 33, .heads = 3, .kvHeads = 1, .headDim = headDim});
    }
    compare({.queries = 11, .keys = 33, .heads = 2, .kvHeads = 1, .headDim = 12}); // not one
}

TEST_P(AttentionLanes, CausalChunksSeeUpToTheirPositions) {
    for (const std::int64_t queries : {6, 23, 40}) { // whole and cut blocks of rows
        const Case c{.queries = queries, .keys = 100, .heads = 6, .kvHeads = 2, .headDim = 64};
        compare(c, {.positions = counting(queries, 0)});
        compare(c, {.positions = counting(queries, 57), .kvLength = 97});
        compare(c, {.positions = shuffled(queries, 94)});
    }
    compare({.queries = 3, .keys = 9, .heads = 2, .kvHeads = 1, .headDim = 8},
            {.positions = {2, -1, 0}}); // one sees nothing
    compare({.queries = 9, .keys = 8, .heads = 1, .kvHeads = 1, .headDim = 8}, {.kvLength = 0});
}

TEST_P(AttentionLanes, MasksAddsTheBiasAndScalesColumns) {
    std::vector<std::int32_t> mask(90, 1);
    for (std::size_t s = 0; s < mask.size(); ++s) {
        mask[s] = s % 3 == 1 || s < 40 ? 0 : 2; // a whole tile in front among them
    }
    const Case c{.queries = 21, .keys = 90, .heads = 2, .kvHeads = 2, .headDim = 72};
    compare(c, {.keyMask = mask});
    compare(c, {.relativeBias = randomMatrix(2 * 100, 2, 95, -3, 3)}); // all inside
    compare(c, {.keyMask = mask, .relativeBias = randomMatrix(2 * 7, 2, 96, -3, 3)});
    compare(c, {.columnScale = randomVector(2 * 72, 97, 0.4F, 5)});
}

TEST_P(AttentionLanes, SequencesSeeOnlyTheirOwnKeys) {
    // Three of 17 queries and 30 keys: blocks of rows and tiles of keys end inside each.
    const Case c{
        .queries = 51, .keys = 90, .heads = 2, .kvHeads = 1, .headDim = 72, .sequences = 3};
    std::vector<std::int32_t> mask(90, 1);
    for (std::size_t s = 0; s < mask.size(); ++s) {
        mask[s] = s < 30 || s % 30 < s / 30 * 9 ? 1 : 0; // others in each
    }
    compare(c, {.keyMask = mask, .columnScale = randomVector(2 * 72, 97, 0.4F, 5)});
    compare(c, {.relativeBias = randomMatrix(2 * 7, 2, 96, -3, 3)});
    compare({.queries = 5, .keys = 5, .heads = 2, .kvHeads = 2, .headDim = 8, .sequences = 5});
}

TEST_P(AttentionLanes, TakesEveryCombinationOfTypes) {
    if (!hasF16()) {
        GTEST_SKIP() << "no 16-bit storage";
    }
    for (const DType query : {DType::F32, DType::F16}) {
        for (const DType keyValue : {DType::F32, DType::F16}) {
            for (const DType output : {DType::F32, DType::F16}) {
                compare({.queries = query == output ? 1 : 13,
                         .keys = 41,
                         .heads = 2,
                         .kvHeads = 1,
                         .headDim = 40,
                         .query = query,
                         .keyValue = keyValue,
                         .output = output});
            }
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Devices, AttentionLanes, ::testing::Values("", "subgroup"),
                         [](const auto& devices) {
                             return std::string(devices.param).empty() ? "AsItIs"
                                                                       : std::string("NoLanes");
                         });

} // namespace
} // namespace phial::ops
