// SPDX-License-Identifier: MIT
#include "inference/ops/attention.h"

#include "inference/base/error.h"
#include "inference/ops/op_support.h"
#include "shaders/params/attention.h"

#include <algorithm>
#include <array>

namespace phial::ops {

namespace {

using enum gpu::ShaderId;
constexpr TypeVariants kKvF32 = {AttentionF32F32F32, AttentionF32F32F16, AttentionF32F16F32,
                                 AttentionF32F16F16};
constexpr TypeVariants kKvF16 = {AttentionF16F32F32, AttentionF16F32F16, AttentionF16F16F32,
                                 AttentionF16F16F16};

constexpr std::int64_t kLargestHeadDim = 256;
constexpr std::uint32_t kInvocations = 64;
// More would keep fewer workgroups on a core.
constexpr std::uint32_t kSharedBytes = 32 * 1024;

/// Rows and keys that a workgroup holds at once, and keys per invocation.
struct Tile {
    std::uint32_t rows;
    std::uint32_t keys;
    std::uint32_t threadKeys;
};

std::uint32_t sharedBytesOf(const Tile& tile, std::uint32_t headDim) {
    const std::uint32_t stride = ((headDim + 3) / 4 + 1) * 16;
    return (tile.rows + tile.keys) * stride + tile.rows * tile.keys * 4 + tile.rows * 12;
}

/// The largest tile that fits; no more rows than there are, in steps of 4.
Tile chooseTile(const gpu::DeviceInfo& device, std::int64_t rows, std::uint32_t headDim) {
    const std::uint32_t limit = std::min(device.maxSharedBytes, kSharedBytes);
    Tile tile = {.rows = rows <= 4 ? 4U : rows <= 8 ? 8U : rows <= 16 ? 16U : 32U, .keys = 32};
    if (tile.rows == 4) {
        tile.keys = 64; // decoding: work for all invocations
    }
    while (sharedBytesOf(tile, headDim) > limit && (tile.keys > 4 || tile.rows > 4)) {
        if (tile.keys >= tile.rows) {
            tile.keys /= 2;
        } else {
            tile.rows /= 2;
        }
    }
    tile.threadKeys = std::clamp(tile.rows / 4 * tile.keys / kInvocations, 1U, 4U);
    return tile;
}

void checkOperands(const AttentionArgs& args) {
    const std::int64_t queries = args.q.rows();
    const std::int64_t keys = args.k.rows();
    expect(args.heads > 0 && args.kvHeads > 0 && args.heads % args.kvHeads == 0, "attention",
           "heads must be a multiple of kvHeads");
    expect(args.headDim > 0 && args.headDim <= kLargestHeadDim, "attention",
           "headDim must be 1 to 256");
    expectActivation({"attention", "q", args.q}, queries, args.heads * args.headDim);
    expectActivation({"attention", "k", args.k}, keys, args.kvHeads * args.headDim);
    expectMatrix({"attention", "v", args.v}, args.k.dtype, keys, args.kvHeads * args.headDim);
    expectActivation({"attention", "out", args.out}, queries, args.heads * args.headDim);
    expectApart({"attention", "q", args.q}, {"attention", "out", args.out});
    expectApart({"attention", "k", args.k}, {"attention", "out", args.out});
    expectApart({"attention", "v", args.v}, {"attention", "out", args.out});
    expect(args.mask != AttentionMask::Causal || args.positions.has_value(), "attention",
           "a causal mask needs positions");
    if (args.positions) {
        expectVector({"attention", "positions", *args.positions}, DType::I32, queries);
    }
    if (args.kvLength) {
        expectVector({"attention", "kvLength", *args.kvLength}, DType::I32, 1);
    }
    if (args.keyMask) {
        expectVector({"attention", "keyMask", *args.keyMask}, DType::I32, keys);
    }
    if (args.relativeBias) {
        expect(args.relativeBias->rows() % 2 == 0, "attention",
               "relativeBias needs an even number of rows");
        expectMatrix({"attention", "relativeBias", *args.relativeBias}, DType::F32,
                     args.relativeBias->rows(), args.heads);
    }
    if (args.columnScale) {
        expectVector({"attention", "columnScale", *args.columnScale}, DType::F32,
                     args.heads * args.headDim);
    }
}

std::uint32_t offsetOf(const std::optional<TensorView>& view) {
    return view ? toUint(view->elementOffset) : 0U;
}

std::uint32_t flag(bool value) {
    return value ? 1U : 0U;
}

} // namespace

void attention(gpu::CommandStream& s, const AttentionArgs& args) {
    checkOperands(args);
    const std::int64_t group = args.heads / args.kvHeads;
    const std::int64_t rows = args.q.rows() * group;
    const std::uint32_t headDim = toUint(args.headDim);
    const bool causal = args.mask == AttentionMask::Causal;
    const Tile tile = chooseTile(s.device().info(), rows, headDim);
    const std::array constants = {kInvocations,
                                  headDim,
                                  tile.rows,
                                  tile.keys,
                                  tile.threadKeys,
                                  flag(causal),
                                  flag(args.kvLength.has_value()),
                                  flag(args.keyMask.has_value()),
                                  flag(args.relativeBias.has_value()),
                                  flag(s.device().info().kind == gpu::DeviceKind::Software),
                                  flag(args.columnScale.has_value())};
    const TypeVariants& variants = args.k.dtype == DType::F16 ? kKvF16 : kKvF32;
    const gpu::Kernel& kernel =
        s.device().kernel(variants.choose(args.q.dtype, args.out.dtype), constants);

    const params::AttentionParams params = {
        .q = rowView(args.q),
        .k = rowView(args.k),
        .v = rowView(args.v),
        .y = rowView(args.out),
        .relativeBias = args.relativeBias ? rowView(*args.relativeBias) : params::RowView{},
        .positionsOffset = offsetOf(args.positions),
        .kvLengthOffset = offsetOf(args.kvLength),
        .keyMaskOffset = offsetOf(args.keyMask),
        .columnScaleOffset = offsetOf(args.columnScale),
        .queries = toUint(args.q.rows()),
        .keys = toUint(args.k.rows()),
        .queriesPerKey = toUint(group),
        .maxDistance = args.relativeBias ? toUint(args.relativeBias->rows() / 2) : 0U,
        .scale = args.scale,
        .zero = 0,
    };
    // An operand that is not there is replaced by one that is; the shader does not read it.
    const auto rangeOr = [&](const std::optional<TensorView>& view) {
        return view ? view->range : args.q.range;
    };
    const double pairs = static_cast<double>(args.q.rows()) * static_cast<double>(args.heads) *
                         static_cast<double>(args.k.rows());
    s.dispatch(
        "attention", kernel, params,
        {args.q.range, args.k.range, args.v.range, rangeOr(args.positions), rangeOr(args.kvLength),
         rangeOr(args.keyMask), rangeOr(args.relativeBias), args.out.range,
         rangeOr(args.columnScale)},
        {.x = gpu::groupCount(toUint(rows), tile.rows), .y = toUint(args.kvHeads)},
        {.flops = 4 * pairs * headDim,
         .bytes = viewBytes(args.q) + viewBytes(args.k) + viewBytes(args.v) + viewBytes(args.out)});
}

} // namespace phial::ops
