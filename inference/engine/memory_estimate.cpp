// SPDX-License-Identifier: MIT
#include "inference/engine/memory_estimate.h"

#include "inference/base/error.h"
#include "inference/models/phi4_decoder.h"
#include "inference/models/siglip_encoder.h"
#include "inference/weights/tensor_list.h"

#include <algorithm>

namespace phial {
namespace {

using weights::AudioConfig;
using weights::DecoderConfig;
using weights::VisionConfig;

constexpr std::int64_t kShortestUseful = 64; ///< tokens: a question and a word

std::string megabytes(std::uint64_t bytes) {
    return std::to_string((bytes + 999'999) / 1'000'000) + " MB";
}

std::int64_t decoderScratch(const weights::ModelConfig& config, const LoadPlan& plan,
                            std::int64_t context) {
    const std::int64_t act = bytesPerElement(plan.activations);
    const DecoderConfig& c = config.decoder;
    const std::int64_t chunk = std::min<std::int64_t>(models::DecoderOptions{}.chunk, context);
    const std::int64_t rank = std::max<std::int64_t>(
        {config.speechAdapter ? config.speechAdapter->rank : 1,
         config.visionAdapter ? config.visionAdapter->rank : 1, plan.adapterRank});
    const std::int64_t row =
        act * (c.hiddenSize + c.qkvRows() + c.heads * c.headDim + 3 * c.intermediateSize + rank) +
        4 * c.hiddenSize;
    const std::int64_t shortRows = std::min<std::int64_t>(context, c.originalMaxPositions);
    const std::int64_t tableRows = shortRows + (context > shortRows ? context : 0);
    // What the host writes and reads (ids, logits on their way back) lies in its own memory.
    return chunk * row + 4 * models::Phi4Decoder::kMostColumns * c.vocabulary +
           4 * (context + tableRows * c.rotaryDim);
}

std::int64_t visionScratch(const VisionConfig& c, const LoadPlan& plan, std::int64_t decoderWidth) {
    using models::SiglipEncoder;
    const std::int64_t crops =
        plan.cropsAtOnce > 0 ? plan.cropsAtOnce : SiglipEncoder::cropsAtOnce(c, plan.activations);
    return crops * SiglipEncoder::bytesPerCrop(c, plan.activations) +
           512 * bytesPerElement(plan.activations) * decoderWidth;
}

std::int64_t audioScratch(const AudioConfig& c, std::int64_t act, std::int64_t decoderWidth) {
    constexpr std::int64_t kWindow = 64; // frames whose convolutions are in memory at once
    const std::int64_t bins = c.subsampledBins;
    const std::int64_t convolutions =
        c.convChannels * bins * ((4 * kWindow + 3) * 4 + 2 * (2 * kWindow + 1) * 2 + 3 * kWindow);
    const std::int64_t mel = (8 * kWindow + 7) * c.melChannels;
    const std::int64_t wide = std::max(3 * c.hiddenSize, 2 * c.intermediateSize);
    const std::int64_t inner = std::max(c.hiddenSize, c.intermediateSize);
    return act * convolutions + 4 * mel +
           c.chunkFrames * (4 * c.hiddenSize + act * (2 * c.hiddenSize + wide + inner)) +
           2 * 512 * act * decoderWidth;
}

} // namespace

std::uint64_t deviceWeightBytes(const weights::Checkpoint& checkpoint,
                                const weights::ModelConfig& config, DType activations) {
    std::uint64_t bytes = 0;
    for (const weights::ExpectedTensor& expected : weights::expectedTensors(config)) {
        const weights::TensorEntry& entry = checkpoint.require(expected.name, expected.shape);
        if (entry.packed != nullptr) {
            bytes += entry.bytes();
            continue;
        }
        // Norms, biases, depthwise filters and distance biases are loaded as fp32 vectors.
        const Shape& shape = expected.shape;
        const bool matrix = shape.rank() >= 2 && shape[0] > 1 && shape[1] > 1 &&
                            expected.name.find("relative_attention_bias") == std::string::npos;
        const bool wide =
            !matrix || (activations == DType::F32 && entry.type() == weights::StoredType::F32);
        bytes += static_cast<std::uint64_t>(shape.elements() * (wide ? 4 : 2));
    }
    return bytes;
}

MemoryEstimate estimateMemory(const weights::ModelConfig& config, const LoadPlan& plan,
                              std::int64_t context) {
    const std::int64_t act = bytesPerElement(plan.activations);
    std::int64_t encoders = 0;
    if (config.sees()) {
        encoders += visionScratch(*config.vision, plan, config.decoder.hiddenSize);
    }
    if (config.hears()) {
        encoders += audioScratch(*config.audio, act, config.decoder.hiddenSize);
    }
    MemoryEstimate estimate;
    estimate.weights = plan.weightBytes;
    estimate.scratch = static_cast<std::uint64_t>(decoderScratch(config, plan, context));
    estimate.encoders = static_cast<std::uint64_t>(encoders);
    estimate.cache = models::Phi4Decoder::cacheBytes(
        config.decoder, {.activations = plan.activations, .kvFormat = plan.kvFormat}, context);
    return estimate;
}

std::int64_t longestContext(const weights::ModelConfig& config, const LoadPlan& plan,
                            std::uint64_t budget, std::int64_t longest) {
    std::int64_t fits = 0;
    std::int64_t tooLong = std::min<std::int64_t>(longest, config.decoder.maxPositions) + 1;
    while (tooLong - fits > 1) {
        const std::int64_t middle = fits + (tooLong - fits) / 2;
        (estimateMemory(config, plan, middle).total() <= budget ? fits : tooLong) = middle;
    }
    return fits;
}

void checkRoom(const weights::ModelConfig& config, const LoadPlan& plan, std::int64_t context,
               std::uint64_t freeBytes, const std::string& device, const std::string& model) {
    const MemoryEstimate need = estimateMemory(config, plan, context);
    if (need.total() <= freeBytes) {
        return;
    }
    const std::int64_t fitting = longestContext(config, plan, freeBytes, context);
    throw Error(ErrorCode::OutOfDeviceMemory,
                model + " with a context of " + std::to_string(context) + " tokens needs " +
                    megabytes(need.total()) + " of device memory (weights " +
                    megabytes(need.weights) + ", cache " + megabytes(need.cache) +
                    ", working memory " + megabytes(need.scratch + need.encoders) + "), but " +
                    device + " has " + megabytes(freeBytes) + " free; " +
                    (fitting >= kShortestUseful
                         ? "a context of at most " + std::to_string(fitting) + " tokens fits"
                         : "no useful context fits: quantize the model or choose another device"));
}

} // namespace phial
