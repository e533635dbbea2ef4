// SPDX-License-Identifier: MIT
#include "inference/ops/patchify.h"

#include "inference/ops/op_support.h"
#include "shaders/params/patchify.h"

namespace phial::ops {

void patchify(gpu::CommandStream& s, const TensorView& pixels, std::int64_t patchSize,
              const TensorView& y) {
    const auto rank = pixels.shape.rank();
    expect((rank == 3 || rank == 4) && pixels.contiguous(), "patchify",
           "pixels must be contiguous planes [C, H, W] or [N, C, H, W]");
    const std::int64_t images = rank == 4 ? pixels.shape[0] : 1;
    const std::int64_t channels = pixels.shape[-3];
    const std::int64_t height = pixels.shape[-2];
    const std::int64_t width = pixels.shape[-1];
    expect(patchSize > 0 && height % patchSize == 0 && width % patchSize == 0, "patchify",
           "height and width must be multiples of the patch size");
    expectMatrix({"patchify", "pixels", pixels}, DType::F32, images * channels * height, width);
    expectActivation({"patchify", "y", y}, images * (height / patchSize) * (width / patchSize),
                     channels * patchSize * patchSize);

    const auto shader =
        y.dtype == DType::F16 ? gpu::ShaderId::PatchifyF16 : gpu::ShaderId::PatchifyF32;
    const params::PatchifyParams params = {
        .y = rowView(y),
        .pixelsOffset = toUint(pixels.elementOffset),
        .images = toUint(images),
        .channels = toUint(channels),
        .height = toUint(height),
        .width = toUint(width),
        .patchSize = toUint(patchSize),
    };
    s.dispatch("patchify", kernelOf(s, shader), params, {pixels.range, y.range},
               elementGroups(s.device(), images * channels * height * width),
               {.bytes = viewBytes(pixels) + viewBytes(y)});
}

} // namespace phial::ops
