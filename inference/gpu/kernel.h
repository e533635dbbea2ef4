// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace phial::gpu {

/// How a shader uses one binding, read from its SPIR-V (readonly / writeonly qualifiers in the
/// GLSL).
enum class Access : std::uint8_t { Read, Write, ReadWrite };

/// A compute pipeline and what its shader declares. Made and owned by Device.
class Kernel {
public:
    struct Impl;
    explicit Kernel(std::unique_ptr<Impl> impl);
    ~Kernel();
    Kernel(Kernel&&) noexcept;
    Kernel& operator=(Kernel&&) noexcept;

    std::array<std::uint32_t, 3> localSize() const; ///< workgroup size after specialization
    std::uint32_t pushConstantBytes() const;        ///< size of the push-constant block, 0 if none
    const std::vector<Access>& bindings() const;    ///< by binding number 0, 1, 2, ... of set 0

    Impl& impl() const { return *m_impl; }

private:
    std::unique_ptr<Impl> m_impl;
};

} // namespace phial::gpu
