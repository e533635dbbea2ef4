// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/engine/probe_stages.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace phial {
namespace {

struct MediaOfCase {
    std::vector<Tensor> clips; ///< encoder results of recordings; images stay on the bench
    std::vector<models::MediaRows> rows;
};

std::vector<std::string> namesIn(const nlohmann::json& info, const char* key) {
    return info.value(key, std::vector<std::string>());
}

/// Gives the tensors of one kind the places of its placeholder, one run after the other.
void placeRows(const std::vector<std::int32_t>& ids, std::optional<text::TokenId> placeholder,
               const std::vector<const Tensor*>& tensors, std::vector<models::MediaRows>& rows) {
    auto at = ids.begin();
    for (const Tensor* tensor : tensors) {
        at = placeholder.has_value() ? std::find(at, ids.end(), *placeholder) : ids.end();
        const std::int64_t count = tensor->shape()[0];
        if (ids.end() - at < count) {
            throw Error(ErrorCode::BadCheckpoint,
                        "the golden ids have fewer placeholders than media have tokens");
        }
        rows.push_back({at - ids.begin(), tensor->view()});
        at += count;
    }
}

MediaOfCase encodeMedia(ProbeBench& bench, const GoldenCase& golden,
                        const std::vector<std::int32_t>& ids) {
    const nlohmann::json& info = golden.info();
    MediaOfCase media;
    std::vector<const Tensor*> images;
    for (const std::string& name : namesIn(info, "images")) {
        images.push_back(&imageTokens(bench, name));
    }
    gpu::CommandStream s(*bench.parts.device, gpu::CommandStream::Mode::Immediate, bench.stop);
    for (const std::string& name : namesIn(info, "clips")) {
        const bool vision = info["audio_projection"] == "vision";
        for (Tensor& piece : bench.parts.model->audioEncoder().encode(
                 s, bench.set.open(name).floats("logmel"),
                 vision ? models::AudioProjection::Vision : models::AudioProjection::Speech)) {
            media.clips.push_back(std::move(piece));
        }
    }
    std::vector<const Tensor*> clips;
    for (const Tensor& piece : media.clips) {
        clips.push_back(&piece);
    }
    const text::Tokenizer& tokenizer = *bench.parts.tokenizer;
    placeRows(ids, tokenizer.specialId("<|endoftext10|>"), images, media.rows);
    placeRows(ids, tokenizer.specialId("<|endoftext11|>"), clips, media.rows);
    std::sort(media.rows.begin(), media.rows.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    return media;
}

/// Turns "<|user|><|image_1|>text<|end|><|assistant|>" back into messages.
std::optional<Request> requestOf(const std::string& prompt) {
    const std::vector<std::pair<std::string_view, Role>> roles = {
        {"<|system|>", Role::System}, {"<|user|>", Role::User}, {"<|assistant|>", Role::Assistant}};
    constexpr std::string_view kEnd = "<|end|>";
    Request request;
    std::string_view rest = prompt;
    while (!rest.empty()) {
        const auto role = std::find_if(roles.begin(), roles.end(), [&](const auto& entry) {
            return rest.substr(0, entry.first.size()) == entry.first;
        });
        if (role == roles.end()) {
            return std::nullopt;
        }
        rest.remove_prefix(role->first.size());
        const std::size_t end = rest.find(kEnd);
        if (end == std::string_view::npos) {
            // What is left after the last role asks for the answer.
            return rest.empty() && role->second == Role::Assistant ? std::optional(request)
                                                                   : std::nullopt;
        }
        Message message;
        message.role = role->second;
        message.text = rest.substr(0, end);
        request.messages.push_back(std::move(message));
        rest.remove_prefix(end + kEnd.size());
    }
    return std::nullopt;
}

/// Takes "<|image_1|>" and the like off the front of the last message and attaches the media.
void attachMedia(const ProbeBench& bench, const nlohmann::json& info, Message& message) {
    while (message.text.substr(0, 8) == "<|image_" || message.text.substr(0, 8) == "<|audio_") {
        message.text.erase(0, message.text.find("|>") + 2);
    }
    for (const std::string& name : namesIn(info, "images")) {
        message.images.push_back(goldenImage(bench.set.open(name)));
    }
    for (const std::string& name : namesIn(info, "clips")) {
        const GoldenCase golden = bench.set.open(name);
        auto clip = std::make_shared<AudioClip>();
        clip->sampleRateHz = golden.info().value("sample_rate", 16000);
        clip->samples = golden.floats("wav_i16");
        message.clips.push_back(std::move(clip));
    }
}

/// The prompt as our chat template and tokenizer write it.
void probePrompt(ProbeBench& bench, const GoldenCase& golden,
                 const std::vector<std::int32_t>& ids) {
    const nlohmann::json& info = golden.info();
    if (info.contains("trimmed_to") && !info["trimmed_to"].is_null()) {
        return; // the text is not what the ids came from
    }
    const std::string name = golden.name() + ".prompt_ids";
    std::optional<Request> request = requestOf(info.value("prompt", ""));
    if (!request.has_value() || request->messages.empty()) {
        bench.report.failure(name, "the prompt is not in the form of the chat template");
        return;
    }
    attachMedia(bench, info, request->messages.back());
    const weights::ModelConfig& config = bench.parts.model->config();
    PromptRules rules{.hears = config.hears(), .sees = config.sees(), .crops = {}};
    if (config.vision.has_value()) {
        rules.crops = {.cropSize = config.vision->cropSize,
                       .patchSize = config.vision->patchSize,
                       .maxCrops = config.vision->maxCrops};
    }
    const PromptPlan plan = planPrompt(*request, text::ChatTemplate(*bench.parts.tokenizer), rules);
    bench.report.exact(name, plan.ids, ids);
}

using Stages = std::map<std::string, HostRows>;

/// Stages by their golden names.
std::vector<float> stageValues(Stages& stages, const std::string& name) {
    if (name == "layer0.attn_out") {
        return HostRows::difference(stages["layer.after_attn0"], stages["layer.input0"]);
    }
    if (name == "layer0.mlp_out") {
        return HostRows::difference(stages["layer0"], stages["layer.after_attn0"]);
    }
    if (name.substr(0, 7) == "layer0.") {
        return stages["layer." + name.substr(7) + "0"].values;
    }
    return stages[name].values;
}

std::string tapKey(std::string_view name, std::int64_t index) {
    return std::string(name) + (index >= 0 ? std::to_string(index) : "");
}

void compareStages(ProbeBench& bench, const GoldenCase& golden, Stages& stages,
                   std::int64_t promptTokens) {
    const std::vector<std::int32_t> keep = golden.ints("keep");
    for (const std::string& name : golden.tensors()) {
        if (name == "input_ids" || name == "keep" || name.substr(0, 7) == "greedy_") {
            continue;
        }
        HostRows got;
        if (name == "logits_last4") {
            HostRows& logits = stages["logits"];
            const std::int64_t last = std::min<std::int64_t>(4, logits.rows());
            got.values.assign(logits.values.end() - last * logits.columns, logits.values.end());
        } else {
            const std::int64_t rows = golden.shape(name)[0];
            got.columns = golden.shape(name)[-1];
            got.values = stageValues(stages, name);
            if (rows != promptTokens && got.rows() == promptTokens) {
                got.values = got.pick(keep);
            }
        }
        const bool embeddings = name == "embeddings";
        bench.report.relative(golden.name() + "." + name, got.values, golden.floats(name),
                              embeddings ? bench.tolerances.encoder : bench.tolerances.decoder);
    }
}

/// Greedy continuation. The expected token is fed back, so that every step is judged by itself; all
/// of our choices are equal to the expected ones exactly when our own continuation is.
void probeGreedy(ProbeBench& bench, const GoldenCase& golden, std::vector<std::int32_t> ids,
                 const MediaOfCase& media, models::DecoderMode mode) {
    models::Phi4Decoder& decoder = bench.parts.model->decoder();
    const std::vector<std::int32_t> expected = golden.ints("greedy_ids");
    const std::vector<std::int32_t> topIds = golden.ints("greedy_top8_ids");
    const std::size_t top = topIds.size() / expected.size();
    std::vector<std::int32_t> chosen;
    std::vector<float> topLogits;
    decoder.prepareStep(mode.adapter);
    for (std::size_t step = 0; step < expected.size(); ++step) {
        const std::span<const float> logits = decoder.logits();
        const auto best = std::max_element(logits.begin(), logits.end());
        chosen.push_back(static_cast<std::int32_t>(best - logits.begin()));
        for (std::size_t k = 0; k < top; ++k) {
            topLogits.push_back(logits[static_cast<std::size_t>(topIds[step * top + k])]);
        }
        if (step + 1 == expected.size()) {
            break;
        }
        ids.push_back(expected[step]);
        const auto length = static_cast<std::int64_t>(ids.size());
        const models::RotarySet rotary = decoder.longRope().setFor(length);
        if (rotary == mode.rotary) {
            decoder.step(expected[step], length - 1, mode);
        } else {
            mode.rotary = rotary;
            gpu::CommandStream s(*bench.parts.device, gpu::CommandStream::Mode::Immediate,
                                 bench.stop);
            decoder.prefill(s, {ids, media.rows}, 0, mode);
        }
    }
    bench.report.relative(golden.name() + ".greedy_top8_logits", topLogits,
                          golden.floats("greedy_top8_logits"), bench.tolerances.decoder);
    bench.report.exact(golden.name() + ".greedy_ids", chosen, expected);
}

} // namespace

void probeDecoder(ProbeBench& bench, const GoldenCase& golden) {
    const std::vector<std::int32_t> ids = golden.ints("input_ids");
    const auto length = static_cast<std::int64_t>(ids.size());
    probePrompt(bench, golden, ids);
    const MediaOfCase media = encodeMedia(bench, golden, ids);
    models::Phi4Decoder& decoder = bench.parts.model->decoder();
    const nlohmann::json& adapter = golden.info()["adapter"];
    const models::DecoderMode mode{.adapter = adapter == "vision"   ? models::Adapter::Vision
                                              : adapter == "speech" ? models::Adapter::Speech
                                                                    : models::Adapter::None,
                                   .rotary = decoder.longRope().setFor(length)};
    decoder.reserve(length + static_cast<std::int64_t>(golden.ints("greedy_ids").size()));

    Stages stages;
    {
        const models::TapListener listener(
            decoder.tap, [&](std::string_view name, std::int64_t index, const TensorView& view) {
                stages[tapKey(name, index)].append(*bench.parts.device, view);
            });
        gpu::CommandStream s(*bench.parts.device, gpu::CommandStream::Mode::Immediate, bench.stop);
        decoder.prefill(s, {ids, media.rows}, 0, mode);
    }
    compareStages(bench, golden, stages, length);
    probeGreedy(bench, golden, ids, media, mode);
}

void probeRope(ProbeBench& bench, const GoldenCase& golden) {
    const models::LongRope& rope = bench.parts.model->decoder().longRope();
    const auto half = static_cast<std::size_t>(rope.rotaryDim / 2);
    for (const auto& [prefix, set] : {std::pair{std::string("short"), models::RotarySet::Short},
                                      std::pair{std::string("long"), models::RotarySet::Long}}) {
        const std::vector<std::int32_t> positions = golden.ints(prefix + "_positions");
        const std::int32_t last = *std::max_element(positions.begin(), positions.end());
        const std::vector<float> table = rope.cosSin(set, last + 1);
        std::vector<float> cosines;
        std::vector<float> sines;
        for (const std::int32_t position : positions) {
            const float* row = table.data() + static_cast<std::size_t>(position) * 2 * half;
            for (int repeat = 0; repeat < 2; ++repeat) {
                cosines.insert(cosines.end(), row, row + half);
                sines.insert(sines.end(), row + half, row + 2 * half);
            }
        }
        bench.report.absolute(golden.name() + "." + prefix + "_cos", cosines,
                              golden.floats(prefix + "_cos"), 1e-4);
        bench.report.absolute(golden.name() + "." + prefix + "_sin", sines,
                              golden.floats(prefix + "_sin"), 1e-4);
    }
}

} // namespace phial
