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
constexpr TypeVariants kNarrowF32 = {AttentionF32F32F32, AttentionF32F32F16, AttentionF32F16F32,
                                     AttentionF32F16F16};
constexpr TypeVariants kNarrowF16 = {AttentionF16F32F32, AttentionF16F32F16, AttentionF16F16F32,
                                     AttentionF16F16F16};
constexpr TypeVariants kWideF32 = {AttentionWideF32F32F32, AttentionWideF32F32F16,
                                   AttentionWideF32F16F32, AttentionWideF32F16F16};
constexpr TypeVariants kWideF16 = {AttentionWideF16F32F32, AttentionWideF16F32F16,
                                   AttentionWideF16F16F32, AttentionWideF16F16F16};
constexpr TypeVariants kLanesF32 = {AttentionLanesF32F32F32, AttentionLanesF32F32F16,
                                    AttentionLanesF32F16F32, AttentionLanesF32F16F16};
constexpr TypeVariants kLanesF16 = {AttentionLanesF16F32F32, AttentionLanesF16F32F16,
                                    AttentionLanesF16F16F32, AttentionLanesF16F16F16};
constexpr TypeVariants kTq4 = {AttentionTq4F32F32, AttentionTq4F32F16, AttentionTq4F16F32,
                               AttentionTq4F16F16};
constexpr TypeVariants kK8V4 = {AttentionK8V4F32F32, AttentionK8V4F32F16, AttentionK8V4F16F32,
                                AttentionK8V4F16F16};
// What comes out of a part is F32 whatever the output is.
constexpr TypeVariants kSplitF32 = {AttentionSplitF32F32, AttentionSplitF32F32,
                                    AttentionSplitF32F16, AttentionSplitF32F16};
constexpr TypeVariants kSplitF16 = {AttentionSplitF16F32, AttentionSplitF16F32,
                                    AttentionSplitF16F16, AttentionSplitF16F16};
constexpr TypeVariants kSplitTq4 = {AttentionSplitTq4F32, AttentionSplitTq4F32,
                                    AttentionSplitTq4F16, AttentionSplitTq4F16};
constexpr TypeVariants kSplitK8V4 = {AttentionSplitK8V4F32, AttentionSplitK8V4F32,
                                     AttentionSplitK8V4F16, AttentionSplitK8V4F16};

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

std::uint32_t flag(bool value) {
    return value ? 1U : 0U;
}

bool coded(const AttentionArgs& args) {
    return args.kvFormat != KvFormat::Plain;
}

/// Whether a view can be read in quads.
bool inQuads(const TensorView& view) {
    return view.elementOffset % 4 == 0 && view.rowStride % 4 == 0 && view.range.offset % 16 == 0;
}

bool wide(const AttentionArgs& args) {
    return args.headDim % 4 == 0 && inQuads(args.k) && inQuads(args.v);
}

/// Whether the shader for software devices fits.
bool usesLanes(const gpu::DeviceInfo& info, const AttentionArgs& args) {
    return hasSoftwareLanes(info) && !coded(args) && !args.parts && wide(args) &&
           args.headDim % 8 == 0;
}

const TypeVariants& variantsFor(const AttentionArgs& args) {
    const bool split = args.parts.has_value();
    switch (args.kvFormat) {
    case KvFormat::Tq4:
        return split ? kSplitTq4 : kTq4;
    case KvFormat::K8V4:
        return split ? kSplitK8V4 : kK8V4;
    case KvFormat::Plain:
        break;
    }
    const bool half = args.k.dtype == DType::F16;
    if (split) {
        return half ? kSplitF16 : kSplitF32;
    }
    if (wide(args)) {
        return half ? kWideF16 : kWideF32;
    }
    return half ? kNarrowF16 : kNarrowF32;
}

void checkKeysAndValues(const AttentionArgs& args) {
    const std::int64_t keys = args.k.rows();
    const std::int64_t keyColumns = keyRowElements(args.kvFormat, args.kvHeads, args.headDim);
    const std::int64_t valueColumns = valueRowElements(args.kvFormat, args.kvHeads, args.headDim);
    if (!coded(args)) {
        expectActivation({"attention", "k", args.k}, keys, keyColumns);
        expectMatrix({"attention", "v", args.v}, args.k.dtype, keys, valueColumns);
        expect(!args.parts || wide(args), "attention", "parts need k and v in quads");
        return;
    }
    expect(canCode(args.headDim), "attention", "coded heads have 32, 64, 128 or 256 columns");
    expectMatrix({"attention", "k", args.k}, DType::I32, keys, keyColumns);
    expectMatrix({"attention", "v", args.v}, DType::I32, keys, valueColumns);
    expect(args.codec.has_value() && !args.keyMask && !args.relativeBias, "attention",
           "coded keys need a codec and take no keyMask or relativeBias");
    expectVector({"attention", "codec", *args.codec}, DType::F32, 16 + args.headDim);
}

void checkOperands(const AttentionArgs& args) {
    const std::int64_t queries = args.q.rows();
    const std::int64_t keys = args.k.rows();
    expect(args.heads > 0 && args.kvHeads > 0 && args.heads % args.kvHeads == 0, "attention",
           "heads must be a multiple of kvHeads");
    expect(args.headDim > 0 && args.headDim <= kLargestHeadDim, "attention",
           "headDim must be 1 to 256");
    expect(args.sequences > 0 && queries % args.sequences == 0 && keys % args.sequences == 0,
           "attention", "queries and keys must be whole sequences of equal length");
    expect(args.sequences == 1 ||
               (args.mask == AttentionMask::None && !args.kvLength && !args.parts && !coded(args)),
           "attention", "several sequences take no mask but keyMask, no length and no parts");
    expectActivation({"attention", "q", args.q}, queries, args.heads * args.headDim);
    checkKeysAndValues(args);
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
    if (args.parts) {
        expectMatrix({"attention", "parts", *args.parts}, DType::F32, args.parts->rows(),
                     queries * args.heads * (args.headDim + 2));
        expect(args.parts->contiguous(), "attention", "parts must not have gaps");
    }
    if (args.columnScale) {
        expectVector({"attention", "columnScale", *args.columnScale}, DType::F32,
                     args.heads * args.headDim);
    }
}

std::uint32_t offsetOf(const std::optional<TensorView>& view) {
    return view ? toUint(view->elementOffset) : 0U;
}

/// A kernel and the rows that one of its workgroups takes.
struct Plan {
    const gpu::Kernel* kernel;
    std::uint32_t rows;
};

Plan planTiled(gpu::Device& device, const AttentionArgs& args, std::int64_t rows) {
    const Tile tile = chooseTile(device.info(), rows, toUint(args.headDim));
    const std::array constants = {kInvocations,
                                  toUint(args.headDim),
                                  tile.rows,
                                  tile.keys,
                                  tile.threadKeys,
                                  flag(args.mask == AttentionMask::Causal),
                                  flag(args.kvLength.has_value()),
                                  flag(args.keyMask.has_value()),
                                  flag(args.relativeBias.has_value()),
                                  flag(device.info().kind == gpu::DeviceKind::Software),
                                  args.parts ? toUint(args.parts->rows()) : 1U,
                                  flag(args.columnScale.has_value())};
    const gpu::ShaderId shader = variantsFor(args).choose(args.q.dtype, args.out.dtype);
    return {&device.kernel(shader, constants), tile.rows};
}

/// What is loaded is shared by the rows of a workgroup, but their sums must stay in registers.
Plan planLanes(gpu::Device& device, const AttentionArgs& args, std::int64_t rows) {
    const bool decoding = rows <= 4;
    const std::uint32_t groupRows = decoding                                   ? toUint(rows)
                                    : keepsManySums(device.info()) && rows > 8 ? 16U
                                                                               : 8U;
    const std::uint32_t laneKeys = decoding ? 8 : 4;
    constexpr std::uint32_t kUnused = 0;
    const std::array constants = {device.info().subgroupSize,
                                  toUint(args.headDim),
                                  groupRows,
                                  laneKeys,
                                  kUnused,
                                  flag(args.mask == AttentionMask::Causal),
                                  flag(args.kvLength.has_value()),
                                  flag(args.keyMask.has_value()),
                                  flag(args.relativeBias.has_value()),
                                  1U,
                                  kUnused,
                                  flag(args.columnScale.has_value())};
    const TypeVariants& variants = args.k.dtype == DType::F16 ? kLanesF16 : kLanesF32;
    return {&device.kernel(variants.choose(args.q.dtype, args.out.dtype), constants), groupRows};
}

/// The second dispatch of a split attention.
void reduce(gpu::CommandStream& s, const AttentionArgs& args) {
    const TensorView& parts = *args.parts;
    const params::AttentionReduceParams params = {
        .y = rowView(args.out),
        .partsOffset = toUint(parts.elementOffset),
        .codecOffset = offsetOf(args.codec),
        .columnScaleOffset = offsetOf(args.columnScale),
        .splits = toUint(parts.rows()),
        .queries = toUint(args.q.rows()),
        .heads = toUint(args.heads),
        .headDim = toUint(args.headDim),
    };
    const bool half = args.out.dtype == DType::F16;
    const gpu::Groups groups = foldedGroups(static_cast<std::uint64_t>(args.q.rows() * args.heads));
    const gpu::Work work = {.flops = 2.0 * static_cast<double>(parts.shape.elements()),
                            .bytes = viewBytes(parts) + viewBytes(args.out)};
    const std::array constants = {groupSize(s.device()), flag(args.columnScale.has_value())};
    const auto kernel = [&](gpu::ShaderId shader) -> const gpu::Kernel& {
        return s.device().kernel(shader, constants);
    };
    const gpu::BufferRange scale = args.columnScale ? args.columnScale->range : parts.range;
    if (coded(args)) {
        s.dispatch("attention_reduce",
                   kernel(half ? AttentionReduceCodedF16 : AttentionReduceCodedF32), params,
                   {parts.range, args.out.range, scale, args.codec->range}, groups, work);
    } else {
        s.dispatch("attention_reduce", kernel(half ? AttentionReduceF16 : AttentionReduceF32),
                   params, {parts.range, args.out.range, scale}, groups, work);
    }
}

} // namespace

void attention(gpu::CommandStream& s, const AttentionArgs& args) {
    checkOperands(args);
    const std::int64_t group = args.heads / args.kvHeads;
    const std::int64_t queries = args.q.rows() / args.sequences; // of one sequence
    const std::int64_t keys = args.k.rows() / args.sequences;
    const std::int64_t rows = args.work == QueryWork::Apart ? group : queries * group;
    const std::int64_t shares = args.work == QueryWork::Apart ? queries : 1;
    const std::uint32_t headDim = toUint(args.headDim);
    const bool causal = args.mask == AttentionMask::Causal;
    const Plan plan = usesLanes(s.device().info(), args) ? planLanes(s.device(), args, rows)
                                                         : planTiled(s.device(), args, rows);
    // Coded keys have no bias, so its binding is free for the codec.
    const std::optional<TensorView>& bias = coded(args) ? args.codec : args.relativeBias;
    const TensorView& out = args.parts ? *args.parts : args.out;

    const params::AttentionParams params = {
        .q = rowView(args.q),
        .k = rowView(args.k),
        .v = rowView(args.v),
        .y = rowView(out),
        .relativeBias = bias ? rowView(*bias) : params::RowView{},
        .positionsOffset = offsetOf(args.positions),
        .kvLengthOffset = offsetOf(args.kvLength),
        .keyMaskOffset = offsetOf(args.keyMask),
        .columnScaleOffset = offsetOf(args.columnScale),
        .queries = toUint(queries),
        .keys = toUint(keys),
        .kvHeads = toUint(args.kvHeads),
        .queriesPerKey = toUint(group),
        .togetherRows = toUint(rows),
        .maxDistance = args.relativeBias ? toUint(args.relativeBias->rows() / 2) : 0U,
        .scale = args.scale,
        .zero = 0,
    };
    // An operand that is not there is replaced by one that is; the shader does not read it.
    const auto rangeOr = [&](const std::optional<TensorView>& view) {
        return view ? view->range : args.q.range;
    };
    // Later queries of a causal chunk hide from earlier ones.
    const auto hidden = causal && keys >= queries ? (queries - 1) / 2 : 0;
    const double pairs = static_cast<double>(args.q.rows()) * static_cast<double>(args.heads) *
                         static_cast<double>(keys - hidden);
    const gpu::Groups groups = {.x = gpu::groupCount(toUint(rows), plan.rows) * toUint(shares),
                                .y = toUint(args.kvHeads),
                                .z = args.parts ? toUint(args.parts->rows())
                                                : toUint(args.sequences)};
    const gpu::Work work = {.flops = 4 * pairs * headDim,
                            .bytes = viewBytes(args.q) + viewBytes(args.k) + viewBytes(args.v) +
                                     viewBytes(out)};
    if (args.parts) {
        s.dispatch("attention", *plan.kernel, params,
                   {args.q.range, args.k.range, args.v.range, rangeOr(args.positions),
                    rangeOr(args.kvLength), rangeOr(args.keyMask), rangeOr(bias), out.range},
                   groups, work);
        reduce(s, args);
        return;
    }
    s.dispatch("attention", *plan.kernel, params,
               {args.q.range, args.k.range, args.v.range, rangeOr(args.positions),
                rangeOr(args.kvLength), rangeOr(args.keyMask), rangeOr(bias), out.range,
                rangeOr(args.columnScale)},
               groups, work);
}

} // namespace phial::ops
