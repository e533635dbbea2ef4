// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"
#include "inference/tensor/tensor.h"
#include "inference/tensor/weight_matrix.h"
#include "shaders/include/packed_rows.h"
#include "shaders/include/params.h"
#include "shaders/shader_id.h" // generated

#include <cstdint>
#include <string_view>

// What every op's host code needs: checks with one wording, kernels, group counts. For
// inference/ops only.
namespace phial::ops {

/// A named operand in the message of a failed check: {"rms_norm", "weight", view}.
struct Operand {
    std::string_view op;
    std::string_view name;
    const TensorView& view;
};

/// Checks type F32 or F16, the extents, and that the view lies inside its range and within 32-bit
/// element numbers. Throws Error{Internal} "rms_norm: y is f16 [3, 64], expected f32 or f16 [4,
/// 64]".
void expectActivation(const Operand& operand, std::int64_t rows, std::int64_t columns);

/// The same with one exact type.
void expectMatrix(const Operand& operand, DType dtype, std::int64_t rows, std::int64_t columns);

/// A vector of `count` elements without gaps: [count], [1, count] or contiguous [count, 1].
void expectVector(const Operand& operand, DType dtype, std::int64_t count);

/// Checks that two views do not start at the same byte: catches an op used in place that cannot be.
void expectApart(const Operand& a, const Operand& b);

/// Throws Error{Internal} "op: what" unless `condition`.
void expect(bool condition, std::string_view op, std::string_view what);

/// Offset and stride for the shader. After one of the expect functions.
params::RowView rowView(const TensorView& view);
/// A non-negative number that must fit 32 bits.
std::uint32_t toUint(std::int64_t value);

/// The shaders of an op whose x and y are F32 or F16 each.
struct TypeVariants {
    gpu::ShaderId f32f32;
    gpu::ShaderId f32f16;
    gpu::ShaderId f16f32;
    gpu::ShaderId f16f16;

    gpu::ShaderId choose(DType x, DType y) const;
};

/// Invocations per workgroup of the simple ops: a power of two that the device allows.
std::uint32_t groupSize(const gpu::Device& device);

/// The shader's kernel with specialization constant 0 set to groupSize().
const gpu::Kernel& kernelOf(gpu::CommandStream& s, gpu::ShaderId shader);

/// `groups` workgroups with what exceeds the x axis (65535) folded into y: shaders number them with
/// groupIndex() of shaders/include/index.glsl and ignore the surplus.
gpu::Groups foldedGroups(std::uint64_t groups);

/// Groups for one invocation per element.
gpu::Groups elementGroups(const gpu::Device& device, std::int64_t elements);

/// The format of a packed weight as packed_weights.glsl wants it; 0 for other formats.
std::uint32_t packingConstant(const WeightMatrix& weight);

/// Places of the planes of a packed weight's piece; zeros for other formats.
params::PackedRows packedRows(const WeightMatrix& weight, const WeightMatrix::Piece& piece);

/// Whether the device is a software one that runs the lanes of a subgroup as one vector of the
/// processor, at least eight of them: the shaders whose names end in "lanes" are made for these.
bool hasSoftwareLanes(const gpu::DeviceInfo& info);

/// Whether the compiler behind a software device keeps more than 32 sums of a lane in registers.
/// Measured with matrix products: LLVM 22 (Mesa 26.2.6) does, LLVM 15 (Mesa 22.3.6) does not.
bool keepsManySums(const gpu::DeviceInfo& info);

/// Bytes of the elements that a view covers.
double viewBytes(const TensorView& view);

} // namespace phial::ops
