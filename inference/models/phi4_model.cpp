// SPDX-License-Identifier: MIT
#include "inference/models/phi4_model.h"

#include "inference/base/error.h"

#include <algorithm>
#include <utility>

namespace phial::models {
namespace {

// Longest context that is chosen without being asked for: more would surprise with its memory.
constexpr std::int64_t kDefaultContext = 8192;
// Shortest context worth having; below it the device is called too small instead.
constexpr std::int64_t kLeastContext = 256;

/// Tokens that fit the model, one buffer binding per layer, and half of the memory that is left
/// (the other half is for encoders and scratch).
std::int64_t chooseContext(const gpu::Device& device, const weights::DecoderConfig& config,
                           const DecoderOptions& options, std::int64_t asked) {
    const gpu::DeviceInfo& info = device.info();
    // One layer's keys; values take as much or less.
    const DType type = options.kvFormat == ops::KvFormat::Plain ? options.activations : DType::I32;
    const std::int64_t rowBytes =
        ops::keyRowElements(options.kvFormat, config.kvHeads, config.headDim) *
        bytesPerElement(type);
    const auto binding = static_cast<std::int64_t>(
        std::min<std::uint64_t>(info.maxStorageBufferRange, std::uint64_t{1} << 40U) /
        static_cast<std::uint64_t>(rowBytes));
    const std::int64_t possible = std::min<std::int64_t>(config.maxPositions, binding);
    if (asked > 0) {
        return std::min(asked, possible);
    }
    const gpu::MemoryUse memory = device.memoryUse();
    const std::uint64_t left =
        memory.budget > memory.allocatedByPhial ? memory.budget - memory.allocatedByPhial : 0;
    const auto affordable = static_cast<std::int64_t>(
        left / 2 / std::max<std::uint64_t>(1, Phi4Decoder::cacheBytes(config, options, 1)));
    return std::min({possible, kDefaultContext, std::max(affordable, kLeastContext)});
}

} // namespace

Phi4Model::Phi4Model(gpu::Device& device, const weights::Checkpoint& checkpoint,
                     const weights::ModelConfig& config, const Options& options)
    : Phi4Model(device, config,
                loadPhi4Weights(device, checkpoint, config,
                                {.activations = options.activations,
                                 .adapters = options.adapters,
                                 .onProgress = options.onProgress,
                                 .stop = options.stop}),
                options) {}

Phi4Model::Phi4Model(gpu::Device& device, const weights::ModelConfig& config, Phi4Weights weights,
                     const Options& options)
    : m_device(device)
    , m_config(config)
    , m_activations(options.activations)
    , m_cropsAtOnce(options.cropsAtOnce)
    , m_weights(std::move(weights)) {
    DecoderOptions decoder{.activations = options.activations, .kvFormat = options.kvFormat};
    decoder.context = chooseContext(device, config.decoder, decoder, options.context);
    m_decoder = std::make_unique<Phi4Decoder>(device, m_config.decoder, m_weights.decoder, decoder);
}

SiglipEncoder& Phi4Model::imageEncoder() {
    check(m_weights.vision.has_value(), "an image for a model without an image encoder");
    if (m_imageEncoder == nullptr) {
        m_imageEncoder = std::make_unique<SiglipEncoder>(
            m_device, *m_config.vision, *m_weights.vision, m_activations, m_cropsAtOnce);
    }
    return *m_imageEncoder;
}

ConformerEncoder& Phi4Model::audioEncoder() {
    check(m_weights.audio.has_value(), "a recording for a model without an audio encoder");
    if (m_audioEncoder == nullptr) {
        m_audioEncoder = std::make_unique<ConformerEncoder>(m_device, *m_config.audio,
                                                            *m_weights.audio, m_activations);
    }
    return *m_audioEncoder;
}

} // namespace phial::models
