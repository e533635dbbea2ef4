// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/kernel.h"
#include "inference/gpu/physical_device.h"
#include "inference/gpu/pipeline_cache_file.h"
#include "inference/gpu/vulkan_handle.h"
#include "shaders/shader_id.h"

#include <algorithm>
#include <map>
#include <span>
#include <vector>

namespace phial::gpu {

/// Makes each pipeline once and keeps it; writes the driver's compiled form to disk when it ends.
/// One thread.
class PipelineStore {
public:
    PipelineStore(const PhysicalDevice& physical, VkDevice device,
                  const std::filesystem::path& cacheFolder);
    ~PipelineStore();
    PipelineStore(const PipelineStore&) = delete;
    PipelineStore& operator=(const PipelineStore&) = delete;

    const Kernel& kernel(ShaderId shader, std::span<const std::uint32_t> constants);

    /// From now on compiles `other` where `shader` is asked for.
    void substitute(ShaderId shader, ShaderId other) { m_substitutes[shader] = other; }

    std::uint64_t created() const { return m_kernels.size(); }

private:
    struct Key {
        ShaderId shader;
        std::vector<std::uint32_t> constants;
    };

    struct View {
        ShaderId shader;
        std::span<const std::uint32_t> constants;
    };

    /// Compares keys with views, so that looking up allocates nothing.
    struct Less {
        using is_transparent = void;

        template <class A, class B>
        bool operator()(const A& a, const B& b) const {
            if (a.shader != b.shader) {
                return a.shader < b.shader;
            }
            return std::lexicographical_compare(a.constants.begin(), a.constants.end(),
                                                b.constants.begin(), b.constants.end());
        }
    };

    Kernel make(ShaderId shader, std::span<const std::uint32_t> constants);

    const PhysicalDevice& m_physical;
    VkDevice m_device;
    std::map<ShaderId, ShaderId> m_substitutes;
    PipelineCacheFile m_file;
    PipelineCacheHandle m_cache;
    std::map<Key, Kernel, Less> m_kernels;
};

} // namespace phial::gpu
