// SPDX-License-Identifier: MIT
#include "inference/engine/probe_stages.h"
#include "inference/preprocess/log_mel.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <string_view>

namespace phial {
namespace {

using Stages = std::map<std::string, HostRows>;

/// Runs the encoder and keeps what its taps show: "name" or "name<index>", rows appended.
Stages encode(ProbeBench& bench, const std::vector<float>& logMel,
              models::AudioProjection projection) {
    gpu::Device& device = *bench.parts.device;
    models::ConformerEncoder& encoder = bench.parts.model->audioEncoder();
    Stages stages;
    std::int64_t chunk = 0;
    const models::TapListener listener(
        encoder.tap, [&](std::string_view name, std::int64_t index, const TensorView& view) {
            std::string key(name);
            if (name.substr(0, 5) == "block") {
                key += std::to_string(index) + "@" + std::to_string(chunk);
            } else if (name == "tokens") {
                chunk = index + 1;
            }
            stages[key].append(device, view);
        });
    gpu::CommandStream s(device, gpu::CommandStream::Mode::Immediate, bench.stop);
    encoder.encode(s, logMel, projection);
    return stages;
}

/// [rows * bins, channels] -> [channels, rows, bins], the first `channels` of them.
std::vector<float> channelsFirst(const HostRows& stage, std::int64_t channels) {
    std::vector<float> out;
    for (std::int64_t c = 0; c < channels; ++c) {
        for (std::int64_t row = 0; row < stage.rows(); ++row) {
            out.push_back(stage.values[static_cast<std::size_t>(row * stage.columns + c)]);
        }
    }
    return out;
}

/// bias[h][i][j] for query 5i and key 5j, from the table the model uses.
std::vector<float> relativeBias(ProbeBench& bench, const Shape& shape) {
    const models::AudioWeights& weights = *bench.parts.model->weights().audio;
    const std::vector<float> table =
        downloadFloats(*bench.parts.device, weights.relativeBias.view());
    const std::int64_t heads = weights.relativeBias.shape()[1];
    const std::int64_t reach = weights.relativeBias.shape()[0] / 2;
    std::vector<float> out;
    for (std::int64_t h = 0; h < shape[0]; ++h) {
        for (std::int64_t i = 0; i < shape[1]; ++i) {
            for (std::int64_t j = 0; j < shape[2]; ++j) {
                const std::int64_t row =
                    std::clamp<std::int64_t>(5 * (j - i), -reach, reach - 1) + reach;
                out.push_back(table[static_cast<std::size_t>(row * heads + h)]);
            }
        }
    }
    return out;
}

/// The stage that golden tensor `name` describes; empty for inputs and unknown names.
std::vector<float> stageValues(ProbeBench& bench, const GoldenCase& golden, const std::string& name,
                               Stages& stages) {
    const auto block = [&](const char* tap) -> HostRows& {
        return stages["block." + std::string(tap) + "0@0"];
    };
    if (name == "conv0" || name == "conv_out") {
        return channelsFirst(stages[name], golden.shape(name)[0]);
    }
    if (name == "rel_bias") {
        return relativeBias(bench, golden.shape(name));
    }
    if (name == "block0.ff_in") {
        return HostRows::difference(block("after_ff_in"), block("input"), 2);
    }
    if (name == "block0.attn_norm") {
        return block("attn_norm").values;
    }
    if (name == "block0.attn") {
        return HostRows::difference(block("after_attn"), block("after_ff_in"));
    }
    if (name == "block0.glu") {
        return block("glu").values;
    }
    if (name == "block0.conv") {
        return HostRows::difference(block("after_conv"), block("after_attn"));
    }
    if (name == "block0.ff_out") {
        return HostRows::difference(block("after_ff_out"), block("after_conv"), 2);
    }
    if (name.substr(0, 5) == "block") {
        return stages[name + "@0"].values;
    }
    return stages[name].values;
}

} // namespace

void probeMelFilterbank(ProbeBench& bench, const GoldenCase& golden) {
    bench.report.absolute(golden.name() + ".mel_filters", preprocess::melFilterbank(),
                          golden.floats("mel_filters"), 1e-5);
}

void probeLogMel(ProbeBench& bench, const GoldenCase& golden) {
    preprocess::MonoSound sound;
    sound.sampleRateHz = golden.info().value("sample_rate", preprocess::kWideRateHz);
    for (const float value : golden.floats("wav_i16")) {
        sound.samples.push_back(value / 32768.0F);
    }
    bench.report.absolute(golden.name() + ".logmel", preprocess::logMel(sound).values,
                          golden.floats("logmel"), 1e-4);
}

void probeAudio(ProbeBench& bench, const GoldenCase& golden) {
    const std::vector<float> logMel = golden.floats("logmel");
    Stages speech = encode(bench, logMel, models::AudioProjection::Speech);
    Stages vision = encode(bench, logMel, models::AudioProjection::Vision);
    for (const std::string& name : golden.tensors()) {
        if (name == "logmel") {
            continue;
        }
        const std::vector<float> got = name == "tokens_speech" ? speech["tokens"].values
                                       : name == "tokens_vision"
                                           ? vision["tokens"].values
                                           : stageValues(bench, golden, name, speech);
        bench.report.relative(golden.name() + "." + name, got, golden.floats(name),
                              bench.tolerances.encoder);
    }
}

void probeLongAudio(ProbeBench& bench, const GoldenCase& golden) {
    const std::vector<std::int32_t> keep = golden.ints("keep");
    Stages stages = encode(bench, golden.floats("logmel_bf16"), models::AudioProjection::Speech);
    const std::string lastBlock =
        "block" + std::to_string(bench.parts.model->config().audio->layers - 1) + "@";
    for (const std::string& name : golden.tensors()) {
        const std::string chunkPrefix = "last_block_chunk";
        std::vector<float> got;
        if (name == "subsampled") {
            got = stages["subsampled"].pick(keep);
        } else if (name == "tokens_speech") {
            got = stages["tokens"].pick(keep);
        } else if (name.substr(0, chunkPrefix.size()) == chunkPrefix) {
            got = stages[lastBlock + name.substr(chunkPrefix.size())].values;
            got.resize(
                std::min(got.size(), static_cast<std::size_t>(golden.shape(name).elements())));
        } else {
            continue;
        }
        bench.report.relative(golden.name() + "." + name, got, golden.floats(name),
                              bench.tolerances.encoder);
    }
}

} // namespace phial
