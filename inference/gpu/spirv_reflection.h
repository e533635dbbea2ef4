// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/kernel.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace phial::gpu {

/// What a compute shader declares, read from its SPIR-V.
struct ShaderInterface {
    struct Size {
        std::uint32_t value = 1;               ///< without specialization
        std::optional<std::uint32_t> constant; ///< id of the specialization constant that sets it
    };

    std::vector<Access> bindings; ///< storage buffers of set 0 by binding number
    std::uint32_t pushConstantBytes = 0;
    std::array<Size, 3> localSize;
    std::vector<std::uint32_t> capabilities; ///< SpvCapability numbers
    bool countsGroups = false;               ///< reads gl_NumWorkGroups

    std::array<std::uint32_t, 3> localSizeWith(std::span<const std::uint32_t> constants) const;
};

/// Reads the parts above. Understands what Phial's shaders use: storage buffers in descriptor set
/// 0, one push-constant block of scalars, vectors, arrays and structs. Throws Error{Internal}
/// naming `shader` for anything else. Source: SPIR-V specification 1.5, section 3.
ShaderInterface reflect(std::span<const std::uint32_t> words, const std::string& shader);

} // namespace phial::gpu
