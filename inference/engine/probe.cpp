// SPDX-License-Identifier: MIT
#include "inference/engine/probe.h"

#include "inference/base/error.h"
#include "inference/engine/probe_stages.h"
#include "inference/tensor/transfer.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace phial {

void HostRows::append(gpu::Device& device, const TensorView& view) {
    columns = view.columns();
    const std::vector<float> part = downloadFloats(device, view);
    values.insert(values.end(), part.begin(), part.end());
}

std::vector<float> HostRows::pick(const std::vector<std::int32_t>& rows) const {
    std::vector<float> out;
    for (const std::int32_t row : rows) {
        if (row < 0 || row >= this->rows()) {
            return {};
        }
        const auto first = values.begin() + row * columns;
        out.insert(out.end(), first, first + columns);
    }
    return out;
}

std::vector<float> HostRows::every(std::int64_t step) const {
    std::vector<std::int32_t> picked;
    for (std::int64_t row = 0; row < rows(); row += step) {
        picked.push_back(static_cast<std::int32_t>(row));
    }
    return pick(picked);
}

std::vector<float> HostRows::difference(const HostRows& a, const HostRows& b, float scale) {
    std::vector<float> out;
    if (a.values.size() == b.values.size()) {
        for (std::size_t i = 0; i < a.values.size(); ++i) {
            out.push_back(scale * (a.values[i] - b.values[i]));
        }
    }
    return out;
}

namespace {

/// Tokens of the longest case, its continuation included.
int longestSequence(const GoldenSet& set) {
    int longest = 0;
    for (const std::string& name : set.names()) {
        const nlohmann::json& info = set.info(name);
        if (info.value("kind", "") == "model") {
            const GoldenCase golden = set.open(name);
            longest = std::max(longest, static_cast<int>(golden.shape("input_ids")[0] +
                                                         golden.shape("greedy_ids")[0]));
        }
    }
    return longest;
}

void runCase(ProbeBench& bench, const std::string& name) {
    const GoldenCase golden = bench.set.open(name);
    const std::string kind = golden.kind();
    const weights::ModelConfig& config = bench.parts.model->config();
    if (kind == "logmel") {
        golden.has("mel_filters") ? probeMelFilterbank(bench, golden) : probeLogMel(bench, golden);
    } else if (kind == "audio_encoder" && config.hears()) {
        golden.has("keep") ? probeLongAudio(bench, golden) : probeAudio(bench, golden);
    } else if (kind == "image" && config.sees()) {
        probeImage(bench, golden);
    } else if (kind == "model") {
        probeDecoder(bench, golden);
    } else if (kind == "rope") {
        probeRope(bench, golden);
    } else {
        bench.report.failure(name, "no stage of this model knows the kind \"" + kind + "\"");
    }
}

/// A stage that throws becomes a failed row; the others still run.
void guarded(ProbeBench& bench, const std::string& name, const std::function<void()>& stage) {
    if (!bench.report.wanted(name)) {
        return;
    }
    if (bench.stop.stop_requested()) {
        throw Error(ErrorCode::Cancelled, "the probe was stopped");
    }
    try {
        stage();
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled || error.code() == ErrorCode::DeviceLost) {
            throw;
        }
        bench.report.failure(name, error.what());
    } catch (const std::exception& error) { // JSON of another form
        bench.report.failure(name, error.what());
    }
}

} // namespace

ProbeResult runProbe(const std::filesystem::path& goldenFolder, const ProbeOptions& options,
                     const std::function<void(const ProbeRow&)>& sink, std::stop_token stop) {
    const GoldenSet set(goldenFolder);
    EngineOptions engine;
    engine.model = goldenFolder;
    engine.device = options.device;
    engine.precision = options.precision;
    engine.contextTokens = longestSequence(set);
    Phi4Parts parts = loadParts(engine, {}, stop);
    ProbeReport report(sink, options.only);
    ProbeBench bench{set, parts, report, ProbeTolerances::forType(parts.model->activations()),
                     std::move(stop)};

    const nlohmann::json crops = set.json("cases/crop_geometry.json");
    if (crops.is_array()) {
        guarded(bench, "crop_geometry", [&] { probeCropGeometry(bench, crops); });
    }
    const nlohmann::json tokens = set.json("cases/tokenizer_cases.json");
    if (tokens.is_array()) {
        guarded(bench, "tokenizer", [&] { probeTokenizer(bench, tokens); });
    }
    for (const std::string& name : set.names()) {
        guarded(bench, name, [&] { runCase(bench, name); });
    }
    ProbeResult result;
    result.rows = report.rows();
    result.failed = report.failed();
    result.deviceName = parts.device->info().name;
    result.precision = parts.model->activations() == DType::F16 ? Precision::Fp16 : Precision::Fp32;
    return result;
}

} // namespace phial
