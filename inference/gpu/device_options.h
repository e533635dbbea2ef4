// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace phial::gpu {

enum class DeviceKind { Discrete, Integrated, Virtual, Software, Other };

/// What the device offers *and* Phial has enabled. Masked features read as false.
struct DeviceFeatures {
    bool storage16 = false;    ///< 16-bit storage buffers
    bool arithmetic16 = false; ///< shaderFloat16
    bool storage8 = false;     ///< 8-bit storage buffers
    bool arithmetic8 = false;  ///< shaderInt8
    bool integerDot = false;   ///< VK_KHR_shader_integer_dot_product, accelerated for packed signed
                               ///< 4x8, or preferred
    bool subgroupArithmetic = false; ///< subgroupAdd & co. in compute shaders
    bool subgroupSizeControl = false;
    bool cooperativeMatrix =
        false; ///< VK_KHR_cooperative_matrix, of a shape that DeviceInfo::matrixShape names
    bool memoryBudget = false; ///< VK_EXT_memory_budget
    bool mappedMemory = false; ///< the host writes device memory directly, without staging
};

/// A product that the lanes of a subgroup make together, fp16 in and fp32 out: [rows, depth] times
/// [depth, columns].
struct MatrixShape {
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::uint32_t depth = 0;

    bool operator==(const MatrixShape&) const = default;
};

/// Kernels to use where the device can, although others are quicker there.
struct PreferredKernels {
    bool cooperativeMatrix = false;
    bool integerDot = false;
    bool arithmetic16 = false;
};

struct DeviceInfo {
    std::uint32_t index =
        0;              ///< position in the loader's list; changes between boots, the UUID does not
    std::string uuid;   ///< 32 hexadecimal digits
    std::string name;   ///< "NVIDIA GeForce RTX 3060"
    std::string driver; ///< "Mesa 22.3.6 (llvmpipe)" and the like
    DeviceKind kind = DeviceKind::Other;
    std::uint32_t vendor = 0;           ///< PCI number of the maker
    std::uint32_t driverVersion = 0;    ///< as the maker packs it
    std::uint32_t apiVersion = 0;       ///< as Vulkan packs it
    std::uint64_t localMemoryBytes = 0; ///< sum of device-local heaps
    std::uint64_t maxStorageBufferRange = 0;
    std::uint64_t maxAllocationBytes = 0;
    std::uint64_t storageOffsetAlignment = 0;
    std::uint32_t subgroupSize = 0;
    MatrixShape matrixShape;              ///< zeros without cooperative matrices
    std::uint32_t matrixSubgroupSize = 0; ///< of the kernels that use them
    std::uint32_t maxSharedBytes = 0;
    std::uint32_t maxWorkgroupInvocations = 0;
    DeviceFeatures features;
    PreferredKernels preferred;
    std::string unsuitable; ///< empty, or one sentence why Phial cannot run on it
};

/// All devices the Vulkan loader shows, in its order. Empty when there is none. Throws
/// Error{NoDevice} when no loader or driver can be used at all, with the reason. Opens nothing; any
/// thread.
std::vector<DeviceInfo> listDevices();

enum class SoftwareDevices { Refuse, Allow };
enum class Validation { Off, On };

struct DeviceOptions {
    /// "" chooses: discrete before integrated before virtual; otherwise an index, a UUID (or its
    /// first 8+ digits).
    std::string select;
    /// A software device (lavapipe) is never chosen silently: with `Refuse` and nothing better
    /// there, open() throws Error{DeviceUnsuitable}. One that is named in `select` counts as asked
    /// for.
    SoftwareDevices software = SoftwareDevices::Refuse;
    /// Comma-separated features to leave off although the device has them: fp16, int8, dot,
    /// subgroup, matrix, budget, mapped. For tests and for drivers that compute wrongly.
    std::string disable;
    /// Comma-separated kernels to use where the device can, although others are quicker there:
    /// matrix (cooperative matrices), dot (integer dot products), half (fp16 arithmetic). For
    /// tests.
    std::string prefer;
    /// Khronos validation with synchronization validation; every message becomes an Error{Internal}
    /// at the next wait.
    Validation validation = Validation::Off;
    /// Folder for the pipeline cache and for what tuning measured; empty = none kept.
    std::filesystem::path pipelineCacheDirectory;
    /// At most so much device memory for Phial; 0 = what the device has. For shared machines and
    /// tests.
    std::uint64_t memoryLimitBytes = 0;
    /// Treats maxStorageBufferRange as no larger than this; 0 = the device's own. Lets tests cut
    /// small matrices into pieces.
    std::uint64_t maxBindingBytes = 0;
};

} // namespace phial::gpu
