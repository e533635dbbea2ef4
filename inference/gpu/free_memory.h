// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

namespace phial::gpu {

/// Main memory that programs can still get; 0 when the system does not say.
std::uint64_t availableHostBytes();

/// Memory in bytes that the device of this UUID can still give to a program, as the driver says it
/// now; a software device gives the computer's. Without VK_EXT_memory_budget it is the size of the
/// heap, others' use not taken off. 0 when there is no such device. Opens nothing; any thread.
/// Throws Error{NoDevice} when no loader or driver can be used at all.
std::uint64_t freeDeviceMemory(const std::string& uuid);

} // namespace phial::gpu
