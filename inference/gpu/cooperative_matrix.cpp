// SPDX-License-Identifier: MIT
#include "inference/gpu/cooperative_matrix.h"

#include <tuple>

namespace phial::gpu {
namespace {

constexpr std::uint32_t kFloat16 = 0;
constexpr std::uint32_t kFloat32 = 1;
constexpr std::uint32_t kSubgroup = 3;

// The smallest tile that a subgroup makes, and how far the kernels step along k.
constexpr std::uint32_t kTile = 16;
constexpr std::uint32_t kStep = 32;

/// Rows of shared memory are read in whole 16 bytes, hence the 8.
bool fits(const CooperativeMatrixProperties& p) {
    return p.a == kFloat16 && p.b == kFloat16 && p.c == kFloat32 && p.result == kFloat32 &&
           p.scope == kSubgroup && p.saturates == VK_FALSE && p.rows > 0 && p.columns > 0 &&
           p.depth > 0 && kTile % p.rows == 0 && kTile % p.columns == 0 && kStep % p.depth == 0 &&
           p.depth % 8 == 0;
}

auto merit(const MatrixShape& shape) {
    return std::tuple(shape == MatrixShape{16, 16, 16}, shape.rows * shape.columns * shape.depth);
}

} // namespace

std::vector<CooperativeMatrixProperties> cooperativeMatrixProperties(VkInstance instance,
                                                                     VkPhysicalDevice device) {
    using Function =
        VkResult(VKAPI_PTR*)(VkPhysicalDevice, std::uint32_t*, CooperativeMatrixProperties*);
    const auto list = reinterpret_cast<Function>(
        vkGetInstanceProcAddr(instance, "vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR"));
    std::uint32_t count = 0;
    if (list == nullptr || list(device, &count, nullptr) != VK_SUCCESS) {
        return {};
    }
    std::vector<CooperativeMatrixProperties> properties(count);
    if (list(device, &count, properties.data()) != VK_SUCCESS) {
        return {};
    }
    properties.resize(count);
    return properties;
}

MatrixShape chooseMatrixShape(std::span<const CooperativeMatrixProperties> offered) {
    MatrixShape best;
    for (const CooperativeMatrixProperties& p : offered) {
        const MatrixShape shape{p.rows, p.columns, p.depth};
        if (fits(p) && (best.rows == 0 || merit(shape) > merit(best))) {
            best = shape;
        }
    }
    return best;
}

bool distrustsMatrices(std::uint32_t vendor, std::uint32_t minSubgroupSize) {
    // Cards before Xe2, whose smallest subgroup has 8 lanes, take many times as long with them.
    constexpr std::uint32_t kIntel = 0x8086;
    return vendor == kIntel && minSubgroupSize < 16;
}

} // namespace phial::gpu
