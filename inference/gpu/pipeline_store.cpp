// SPDX-License-Identifier: MIT
#include "inference/gpu/pipeline_store.h"

#include "inference/base/error.h"
#include "inference/gpu/kernel_impl.h"
#include "inference/gpu/spirv_reflection.h"
#include "inference/gpu/vulkan_error.h"

#include <string>

namespace phial::gpu {
namespace {

constexpr std::uint32_t kCooperativeMatrix = 6022; // the SPIR-V capability
constexpr VkPipelineShaderStageCreateFlags kNoFlags = 0;
constexpr VkPipelineShaderStageCreateFlags kFullSubgroups =
    VK_PIPELINE_SHADER_STAGE_CREATE_REQUIRE_FULL_SUBGROUPS_BIT;

VkPipelineCache makeCache(VkDevice device, std::span<const std::byte> data) {
    VkPipelineCacheCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
                                   .initialDataSize = data.size(),
                                   .pInitialData = data.data()};
    VkPipelineCache cache = VK_NULL_HANDLE;
    if (!data.empty() && vkCreatePipelineCache(device, &info, nullptr, &cache) == VK_SUCCESS) {
        return cache;
    }
    // No old content, or the driver does not like it: start anew.
    info.initialDataSize = 0;
    info.pInitialData = nullptr;
    vulkanCheck(vkCreatePipelineCache(device, &info, nullptr, &cache),
                "creating the pipeline cache");
    return cache;
}

bool declares(const ShaderInterface& shader, std::uint32_t capability) {
    return std::find(shader.capabilities.begin(), shader.capabilities.end(), capability) !=
           shader.capabilities.end();
}

/// Names the missing feature when the shader needs one that is off: drivers would accept it
/// silently.
void requireFeatures(const ShaderInterface& shader, const DeviceInfo& device,
                     const std::string& name) {
    const DeviceFeatures& has = device.features;

    struct Need {
        std::uint32_t capability; // SPIR-V number
        bool available;
        const char* text;
    };

    const Need needs[] = {
        {9, has.arithmetic16, "16-bit arithmetic"},
        {39, has.arithmetic8, "8-bit arithmetic"},
        {63, has.subgroupArithmetic, "subgroup arithmetic"},
        {64, has.subgroupArithmetic, "subgroup broadcasts"},
        {4433, has.storage16, "16-bit storage buffers"},
        {4448, has.storage8, "8-bit storage buffers"},
        {6018, has.integerDot, "integer dot products"},
        {6019, has.integerDot, "integer dot products"},
        {kCooperativeMatrix, has.cooperativeMatrix, "cooperative matrices"},
    };
    for (const Need& need : needs) {
        if (!need.available && declares(shader, need.capability)) {
            throw Error(ErrorCode::DeviceUnsuitable, "Shader " + name + " needs " + need.text +
                                                         ", which " + device.name +
                                                         " lacks or has switched off.");
        }
    }
}

DescriptorSetLayoutHandle makeSetLayout(VkDevice device, std::size_t bindings,
                                        const std::string& name) {
    std::vector<VkDescriptorSetLayoutBinding> list(bindings);
    for (std::uint32_t i = 0; i < bindings; ++i) {
        list[i] = {.binding = i,
                   .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                   .descriptorCount = 1,
                   .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    }
    const VkDescriptorSetLayoutCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = static_cast<std::uint32_t>(bindings),
        .pBindings = list.data()};
    VkDescriptorSetLayout layout = VK_NULL_HANDLE;
    vulkanCheck(vkCreateDescriptorSetLayout(device, &info, nullptr, &layout),
                "creating the descriptor layout of " + name);
    return {device, layout};
}

PipelineLayoutHandle makeLayout(VkDevice device, VkDescriptorSetLayout set, std::uint32_t pushBytes,
                                const std::string& name) {
    const VkPushConstantRange push{.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = pushBytes};
    const VkPipelineLayoutCreateInfo info{.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                          .setLayoutCount = 1,
                                          .pSetLayouts = &set,
                                          .pushConstantRangeCount = pushBytes > 0 ? 1U : 0U,
                                          .pPushConstantRanges = &push};
    VkPipelineLayout layout = VK_NULL_HANDLE;
    vulkanCheck(vkCreatePipelineLayout(device, &info, nullptr, &layout),
                "creating the pipeline layout of " + name);
    return {device, layout};
}

ShaderModuleHandle makeModule(VkDevice device, const ShaderCode& code, const std::string& name) {
    const VkShaderModuleCreateInfo info{.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                        .codeSize = code.words.size_bytes(),
                                        .pCode = code.words.data()};
    VkShaderModule module = VK_NULL_HANDLE;
    vulkanCheck(vkCreateShaderModule(device, &info, nullptr, &module), "loading shader " + name);
    return {device, module};
}

} // namespace

PipelineStore::PipelineStore(const PhysicalDevice& physical, VkDevice device,
                             const std::filesystem::path& cacheFolder)
    : m_physical(physical)
    , m_device(device)
    , m_file(cacheFolder, physical)
    , m_cache(device, makeCache(device, m_file.load())) {}

PipelineStore::~PipelineStore() {
    if (m_kernels.empty() || m_file.path().empty()) {
        return;
    }
    // Losing the cache costs time at the next start and nothing else, so failures end quietly here.
    std::size_t bytes = 0;
    if (vkGetPipelineCacheData(m_device, m_cache.get(), &bytes, nullptr) != VK_SUCCESS) {
        return;
    }
    std::vector<std::byte> data(bytes);
    if (vkGetPipelineCacheData(m_device, m_cache.get(), &bytes, data.data()) == VK_SUCCESS) {
        data.resize(bytes);
        m_file.store(data);
    }
}

const Kernel& PipelineStore::kernel(ShaderId shader, std::span<const std::uint32_t> constants) {
    const View view{shader, constants};
    if (const auto found = m_kernels.find(view); found != m_kernels.end()) {
        return found->second;
    }
    Key key{shader, {constants.begin(), constants.end()}};
    return m_kernels.emplace(std::move(key), make(shader, constants)).first->second;
}

Kernel PipelineStore::make(ShaderId shader, std::span<const std::uint32_t> constants) {
    const auto other = m_substitutes.find(shader);
    const ShaderCode code = shaderCode(other == m_substitutes.end() ? shader : other->second);
    check(!code.words.empty(), "this build lacks shader " + std::string(code.name));
    auto impl = std::make_unique<Kernel::Impl>();
    impl->name = std::string(code.name);
    const ShaderInterface declared = reflect(code.words, impl->name);
    requireFeatures(declared, m_physical.info, impl->name);
    impl->bindings = declared.bindings;
    impl->pushConstantBytes = declared.pushConstantBytes;
    impl->localSize = declared.localSizeWith(constants);
    impl->countsGroups = declared.countsGroups;
    const std::uint64_t invocations =
        std::uint64_t{impl->localSize[0]} * impl->localSize[1] * impl->localSize[2];
    check(invocations > 0 && invocations <= m_physical.info.maxWorkgroupInvocations,
          "shader " + impl->name + " wants " + std::to_string(invocations) +
              " invocations, the device runs at most " +
              std::to_string(m_physical.info.maxWorkgroupInvocations));

    impl->setLayout = makeSetLayout(m_device, impl->bindings.size(), impl->name);
    impl->layout = makeLayout(m_device, impl->setLayout.get(), impl->pushConstantBytes, impl->name);
    const ShaderModuleHandle module = makeModule(m_device, code, impl->name);
    std::vector<VkSpecializationMapEntry> entries(constants.size());
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
        entries[i] = {.constantID = i, .offset = i * 4, .size = 4};
    }
    const VkSpecializationInfo specialization{.mapEntryCount =
                                                  static_cast<std::uint32_t>(entries.size()),
                                              .pMapEntries = entries.data(),
                                              .dataSize = constants.size_bytes(),
                                              .pData = constants.data()};
    // Kernels with cooperative matrices count their subgroups.
    const bool full = declares(declared, kCooperativeMatrix) && m_physical.requiredSubgroupSize;
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo subgroup{
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = m_physical.info.matrixSubgroupSize};
    const VkComputePipelineCreateInfo info{
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .flags = VK_PIPELINE_CREATE_DISPATCH_BASE, // long dispatches are run in pieces
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .pNext = full ? &subgroup : nullptr,
                  .flags = full && m_physical.fullSubgroups ? kFullSubgroups : kNoFlags,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module.get(),
                  .pName = "main",
                  .pSpecializationInfo = &specialization},
        .layout = impl->layout.get()};
    VkPipeline pipeline = VK_NULL_HANDLE;
    vulkanCheck(vkCreateComputePipelines(m_device, m_cache.get(), 1, &info, nullptr, &pipeline),
                "compiling shader " + impl->name);
    impl->pipeline = PipelineHandle(m_device, pipeline);
    return Kernel(std::move(impl));
}

} // namespace phial::gpu
