// SPDX-License-Identifier: MIT
#include "inference/engine/media_encoder.h"

#include "inference/base/error.h"
#include "inference/engine/media_input.h"
#include "inference/preprocess/image_pixels.h"
#include "inference/preprocess/log_mel.h"
#include "inference/preprocess/resample.h"

namespace phial {
namespace {

// Device memory that may be kept for media of earlier turns: a dozen pictures of the usual size.
constexpr std::uint64_t kKeptBytes = 256ULL << 20U;

std::function<void(double, double)> report(const std::function<void(const Progress&)>& onProgress,
                                           Progress::Stage stage) {
    return [&onProgress, stage](double done, double total) {
        if (onProgress) {
            onProgress({stage, done, total});
        }
    };
}

} // namespace

MediaEncoder::MediaEncoder(gpu::Device& device, models::Phi4Model& model, const PromptRules& rules)
    : m_device(device)
    , m_model(model)
    , m_rules(rules)
    , m_cache(kKeptBytes) {}

std::vector<EncodedMediaCache::Entry>
MediaEncoder::encode(const PromptPlan& plan, const std::function<void(const Progress&)>& onProgress,
                     const std::stop_token& stop) {
    const models::AudioProjection projection = plan.adapter == models::Adapter::Vision
                                                   ? models::AudioProjection::Vision
                                                   : models::AudioProjection::Speech;
    std::vector<EncodedMediaCache::Entry> entries;
    for (const PromptMedium& medium : plan.media) {
        entries.push_back(medium.image != nullptr
                              ? encodeImage(medium.image, onProgress, stop)
                              : encodeAudio(medium.clip, projection, onProgress, stop));
        check(entries.back()->tokens == medium.tokens,
              "an encoder made another number of tokens than was planned");
    }
    return entries;
}

EncodedMediaCache::Entry
MediaEncoder::encodeImage(const std::shared_ptr<const Image>& image,
                          const std::function<void(const Progress&)>& onProgress,
                          const std::stop_token& stop) {
    return m_cache.image(image, [&] {
        const auto progress = report(onProgress, Progress::Stage::EncodingImage);
        progress(0, 0);
        const auto crops = std::make_shared<const preprocess::ImageCrops>(*image, m_rules.crops);
        gpu::CommandStream s(m_device, gpu::CommandStream::Mode::Immediate, stop);
        std::vector<Tensor> pieces;
        pieces.push_back(m_model.imageEncoder().encode(s, imageInput(crops), progress));
        return pieces;
    });
}

EncodedMediaCache::Entry MediaEncoder::encodeAudio(
    const std::shared_ptr<const AudioClip>& clip, models::AudioProjection projection,
    const std::function<void(const Progress&)>& onProgress, const std::stop_token& stop) {
    return m_cache.audio(clip, projection, [&] {
        const auto progress = report(onProgress, Progress::Stage::EncodingAudio);
        progress(0, 0);
        const preprocess::MelFeatures mel =
            preprocess::logMel(preprocess::toModelRate(*clip, stop), stop);
        gpu::CommandStream s(m_device, gpu::CommandStream::Mode::Immediate, stop);
        return m_model.audioEncoder().encode(s, mel.values, projection, progress);
    });
}

} // namespace phial
