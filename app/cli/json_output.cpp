// SPDX-License-Identifier: MIT
#include "app/cli/json_output.h"

namespace phial::cli {

using Json = nlohmann::ordered_json;

Json toJson(const GenerationResult& result, const EngineInfo& info) {
    const Usage& usage = result.usage;
    const Timings& timings = result.timings;
    const int decoded = usage.completionTokens - 1; // the first comes out of the prefill
    return {{"text", result.text},
            {"token_ids", result.tokenIds},
            {"finish_reason", finishReasonName(result.finishReason)},
            {"usage",
             {{"prompt_tokens", usage.promptTokens},
              {"image_tokens", usage.imageTokens},
              {"audio_tokens", usage.audioTokens},
              {"reused_tokens", usage.reusedTokens},
              {"completion_tokens", usage.completionTokens}}},
            {"drafts",
             {{"steps", result.drafts.steps},
              {"guessed_tokens", result.drafts.guessed},
              {"kept_tokens", result.drafts.kept}}},
            {"timings",
             {{"encode_seconds", timings.encode},
              {"prefill_seconds", timings.prefill},
              {"decode_seconds", timings.decode},
              {"first_token_seconds", timings.firstToken},
              {"tokens_per_second",
               timings.decode > 0 && decoded > 0 ? decoded / timings.decode : 0.0}}},
            {"model",
             {{"name", info.modelName},
              {"architecture", info.architecture},
              {"context_tokens", info.contextTokens},
              {"adapters", info.adapters}}},
            {"device",
             {{"name", info.deviceName},
              {"uuid", info.deviceUuid},
              {"kind", kindName(info.deviceKind)},
              {"driver", info.driver},
              {"precision", precisionName(info.precision)},
              {"allocated_bytes", info.deviceBytes},
              {"peak_bytes", info.devicePeakBytes},
              {"predicted_bytes", info.predictedBytes}}}};
}

Json toJson(const tasks::SpeechPart& part) {
    Json json = {
        {"start_seconds", part.startSeconds}, {"seconds", part.seconds}, {"text", part.text}};
    if (!part.translation.empty()) {
        json["translation"] = part.translation;
    }
    return json;
}

Json toJson(const gpu::DeviceInfo& device) {
    const gpu::DeviceFeatures& features = device.features;
    return {{"index", device.index},
            {"uuid", device.uuid},
            {"name", device.name},
            {"kind", kindName(device.kind)},
            {"driver", device.driver},
            {"local_memory_bytes", device.localMemoryBytes},
            {"features",
             {{"storage16", features.storage16},
              {"arithmetic16", features.arithmetic16},
              {"storage8", features.storage8},
              {"arithmetic8", features.arithmetic8},
              {"integer_dot", features.integerDot},
              {"subgroup_arithmetic", features.subgroupArithmetic}}},
            {"unsuitable", device.unsuitable}};
}

Json toJson(const ProbeRow& row) {
    return {{"name", row.name},
            {"max_error", row.maxError},
            {"relative_error", row.relativeError},
            {"tolerance", row.tolerance},
            {"ok", row.ok},
            {"note", row.note}};
}

Json toJson(const Error& error) {
    return {{"error", {{"code", errorCodeName(error.code())}, {"message", error.what()}}}};
}

const char* kindName(gpu::DeviceKind kind) {
    switch (kind) {
    case gpu::DeviceKind::Discrete:
        return "discrete";
    case gpu::DeviceKind::Integrated:
        return "integrated";
    case gpu::DeviceKind::Virtual:
        return "virtual";
    case gpu::DeviceKind::Software:
        return "software";
    case gpu::DeviceKind::Other:
        return "other";
    }
    return "other";
}

const char* precisionName(Precision precision) {
    switch (precision) {
    case Precision::Auto:
        return "auto";
    case Precision::Fp32:
        return "fp32";
    case Precision::Fp16:
        return "fp16";
    }
    return "auto";
}

} // namespace phial::cli
