// SPDX-License-Identifier: MIT
#include "inference/gpu/kernel.h"

#include "inference/gpu/kernel_impl.h"

namespace phial::gpu {

Kernel::Kernel(std::unique_ptr<Impl> impl)
    : m_impl(std::move(impl)) {}

Kernel::~Kernel() = default;
Kernel::Kernel(Kernel&&) noexcept = default;
Kernel& Kernel::operator=(Kernel&&) noexcept = default;

std::array<std::uint32_t, 3> Kernel::localSize() const {
    return m_impl->localSize;
}

std::uint32_t Kernel::pushConstantBytes() const {
    return m_impl->pushConstantBytes;
}

const std::vector<Access>& Kernel::bindings() const {
    return m_impl->bindings;
}

} // namespace phial::gpu
