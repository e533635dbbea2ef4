// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/encoded_media.h"
#include "inference/engine/engine.h"
#include "inference/engine/prompt_plan.h"
#include "inference/models/phi4_model.h"

#include <functional>
#include <stop_token>
#include <vector>

namespace phial {

/// From pictures and recordings to decoder rows: preprocessing on the host, encoders on the device,
/// results kept for the next turn. One thread.
class MediaEncoder {
public:
    /// Borrowed objects outlive this one.
    MediaEncoder(gpu::Device& device, models::Phi4Model& model, const PromptRules& rules);

    /// The rows of all media of a prompt, in order. Throws Error{BadMedia, Cancelled,
    /// OutOfDeviceMemory, ...}.
    std::vector<EncodedMediaCache::Entry>
    encode(const PromptPlan& plan, const std::function<void(const Progress&)>& onProgress,
           const std::stop_token& stop);

private:
    EncodedMediaCache::Entry encodeImage(const std::shared_ptr<const Image>& image,
                                         const std::function<void(const Progress&)>& onProgress,
                                         const std::stop_token& stop);
    EncodedMediaCache::Entry encodeAudio(const std::shared_ptr<const AudioClip>& clip,
                                         models::AudioProjection projection,
                                         const std::function<void(const Progress&)>& onProgress,
                                         const std::stop_token& stop);

    gpu::Device& m_device;
    models::Phi4Model& m_model;
    PromptRules m_rules;
    EncodedMediaCache m_cache;
};

} // namespace phial
