// SPDX-License-Identifier: MIT
#include "inference/engine/load_engine.h"

#include "inference/base/error.h"
#include "inference/engine/kernel_check.h"
#include "inference/engine/memory_estimate.h"
#include "inference/package/open_checkpoint.h"
#include "inference/weights/model_config.h"
#include "inference/weights/peft_adapter.h"
#include "inference/weights/tensor_list.h"

#include <algorithm>
#include <new>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace phial {
namespace {

// A system line and a short question; less is a mistake.
constexpr int kLeastContext = 32;
// The automatic context shrinks with the memory down to this.
constexpr std::int64_t kAutomaticContext = 256;

void throwIfStopped(const std::stop_token& stop) {
    if (stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, "loading was stopped");
    }
}

/// The folder's own name, also for "models/phi/" and ".".
std::string nameOf(const std::filesystem::path& folder) {
    std::error_code failed;
    const std::filesystem::path full = std::filesystem::weakly_canonical(folder, failed);
    const std::filesystem::path& path = failed ? folder : full;
    return path.has_filename() ? path.filename().string() : path.parent_path().filename().string();
}

LoadPlan loadPlan(const weights::Checkpoint& checkpoint, const weights::ModelConfig& config,
                  const EngineOptions& options, DType activations,
                  const std::vector<weights::PeftAdapter>& adapters) {
    LoadPlan plan{.weightBytes = deviceWeightBytes(checkpoint, config, activations),
                  .activations = activations,
                  .kvFormat = kvFormat(options.kvCache)};
    for (const weights::PeftAdapter& adapter : adapters) {
        plan.weightBytes +=
            static_cast<std::uint64_t>(adapter.parameters() * bytesPerElement(activations));
        plan.adapterRank = std::max(plan.adapterRank, adapter.largestRank());
    }
    return plan;
}

/// Throws Error{OutOfDeviceMemory} where the model and a useful context have no room. Where it is
/// tight, crops of pictures will be encoded one by one.
void checkMemory(const gpu::Device& device, const weights::ModelConfig& config, LoadPlan& plan,
                 const EngineOptions& options, const std::string& modelName) {
    const gpu::DeviceInfo& info = device.info();
    // The heap that a software device shows has nothing to do with the computer's memory.
    if (info.kind == gpu::DeviceKind::Software && !info.features.memoryBudget &&
        options.device.memoryLimitBytes == 0) {
        return;
    }
    const gpu::MemoryUse memory = device.memoryUse();
    const std::uint64_t left = memory.budget - std::min(memory.budget, memory.allocatedByPhial);
    const std::int64_t context =
        options.contextTokens == 0
            ? kAutomaticContext
            : std::min<std::int64_t>(options.contextTokens, config.decoder.maxPositions);
    if (estimateMemory(config, plan, context).total() > left) {
        plan.cropsAtOnce = 1;
    }
    checkRoom(config, plan, context, left, info.name, modelName);
}

} // namespace

ops::KvFormat kvFormat(KvCacheFormat format) {
    return format == KvCacheFormat::K8V4  ? ops::KvFormat::K8V4
           : format == KvCacheFormat::Tq4 ? ops::KvFormat::Tq4
                                          : ops::KvFormat::Plain;
}

DType activationType(Precision precision, const gpu::DeviceInfo& device) {
    if (precision == Precision::Fp16 && !device.features.storage16) {
        throw Error(ErrorCode::DeviceUnsuitable,
                    device.name + " cannot store 16-bit numbers; choose fp32 instead of fp16");
    }
    const bool half =
        precision == Precision::Fp16 || (precision == Precision::Auto && device.features.storage16);
    return half ? DType::F16 : DType::F32;
}

Phi4Parts loadParts(const EngineOptions& options,
                    const std::function<void(const Progress&)>& onProgress,
                    const std::stop_token& stop) {
    const auto report = [&](Progress::Stage stage, double done, double total) {
        if (onProgress) {
            onProgress({stage, done, total});
        }
    };
    if (options.contextTokens != 0 && options.contextTokens < kLeastContext) {
        throw Error(ErrorCode::InvalidArgument, "the context must be 0 (automatic) or at least " +
                                                    std::to_string(kLeastContext) +
                                                    " tokens, got " +
                                                    std::to_string(options.contextTokens));
    }
    report(Progress::Stage::ReadingModel, 0, 0);
    const weights::Checkpoint checkpoint = package::openCheckpoint(options.model);
    const weights::ModelConfig config = weights::loadModelConfig(checkpoint);
    weights::checkTensors(checkpoint, config);
    throwIfStopped(stop);
    Phi4Parts parts;
    parts.modelName = nameOf(options.model);
    std::vector<weights::PeftAdapter> adapters;
    for (const std::filesystem::path& folder : options.adapters) {
        adapters.emplace_back(folder, config.decoder);
        parts.adapters.push_back(adapters.back().name());
    }
    parts.tokenizer = text::loadTokenizer(options.model);
    if (parts.tokenizer->vocabularySize() > config.decoder.vocabulary) {
        throw Error(ErrorCode::BadCheckpoint,
                    options.model.string() + ": the tokenizer has " +
                        std::to_string(parts.tokenizer->vocabularySize()) +
                        " tokens, but the embedding table only " +
                        std::to_string(config.decoder.vocabulary) + " rows");
    }
    throwIfStopped(stop);
    LoadPlan plan; // of the tier that is kept, which is the last one tried
    CheckedDevice checked = openCheckedDevice(
        options.device, options.precision,
        [&](gpu::Device& device, DType activations) {
            plan = loadPlan(checkpoint, config, options, activations, adapters);
            checkMemory(device, config, plan, options, parts.modelName);
            return matrixFormats(checkpoint, activations);
        },
        stop);
    parts.device = std::move(checked.device);
    parts.deviceNotice = std::move(checked.notice);
    // A software device gains nothing: the logits are in the host's memory already.
    parts.drawOnDevice = parts.device->info().kind != gpu::DeviceKind::Software &&
                         config.decoder.vocabulary <= ops::kMostSampled;
    const DType activations = activationType(options.precision, parts.device->info());
    throwIfStopped(stop);
    parts.model = std::make_unique<models::Phi4Model>(
        *parts.device, checkpoint, config,
        models::Phi4Model::Options{.activations = activations,
                                   .context = options.contextTokens,
                                   .kvFormat = kvFormat(options.kvCache),
                                   .cropsAtOnce = plan.cropsAtOnce,
                                   .adapters = adapters,
                                   .onProgress =
                                       [&](double done, double total) {
                                           report(Progress::Stage::UploadingWeights, done, total);
                                       },
                                   .stop = stop});
    parts.predictedBytes = estimateMemory(config, plan, parts.model->decoder().context()).total();
    return parts;
}

std::unique_ptr<Engine> loadEngine(const EngineOptions& options,
                                   const std::function<void(const Progress&)>& onProgress,
                                   std::stop_token stop) {
    return loadPhi4Engine(options, onProgress, std::move(stop));
}

std::unique_ptr<Phi4Engine> loadPhi4Engine(const EngineOptions& options,
                                           const std::function<void(const Progress&)>& onProgress,
                                           std::stop_token stop) {
    try {
        auto engine = std::make_unique<Phi4Engine>(loadParts(options, onProgress, stop));
        if (onProgress) {
            onProgress({Progress::Stage::PreparingKernels, 0, 0});
        }
        throwIfStopped(stop);
        engine->warmUp(std::move(stop));
        return engine;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::OutOfHostMemory,
                    "the computer has too little memory to load " + options.model.string());
    }
}

} // namespace phial
