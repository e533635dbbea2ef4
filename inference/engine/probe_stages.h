// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/golden_set.h"
#include "inference/engine/load_engine.h"
#include "inference/engine/probe_report.h"

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace phial {

/// What the stages of a probe share. One thread.
struct ProbeBench {
    const GoldenSet& set;
    Phi4Parts& parts;
    ProbeReport& report;
    ProbeTolerances tolerances;
    std::stop_token stop;
    /// Tokens of image cases that have been encoded, for the model cases that use them.
    std::map<std::string, Tensor> imageTokens = {};
};

/// Values of a device view as rows of `columns`.
struct HostRows {
    std::int64_t columns = 0;
    std::vector<float> values;

    std::int64_t rows() const {
        return columns == 0 ? 0 : static_cast<std::int64_t>(values.size()) / columns;
    }

    void append(gpu::Device& device, const TensorView& view);
    /// Rows in the given order.
    std::vector<float> pick(const std::vector<std::int32_t>& rows) const;
    /// Every `step`-th row.
    std::vector<float> every(std::int64_t step) const;
    /// a - b, times `scale`: a branch's output from the residual stream before and after it.
    static std::vector<float> difference(const HostRows& a, const HostRows& b, float scale = 1);
};

void probeMelFilterbank(ProbeBench& bench, const GoldenCase& golden);
void probeLogMel(ProbeBench& bench, const GoldenCase& golden);
void probeAudio(ProbeBench& bench, const GoldenCase& golden);
void probeLongAudio(ProbeBench& bench, const GoldenCase& golden);
void probeImage(ProbeBench& bench, const GoldenCase& golden);
void probeDecoder(ProbeBench& bench, const GoldenCase& golden);
void probeRope(ProbeBench& bench, const GoldenCase& golden);
void probeCropGeometry(ProbeBench& bench, const nlohmann::json& rows);
void probeTokenizer(ProbeBench& bench, const nlohmann::json& cases);

/// Encoder result of an image case, [tokens, D] F32; encodes it when that has not been done.
const Tensor& imageTokens(ProbeBench& bench, const std::string& name);

/// The picture of an image case.
std::shared_ptr<const Image> goldenImage(const GoldenCase& golden);
/// Crop rules of the model, with the case's own limit of tiles.
preprocess::CropRules goldenCropRules(const ProbeBench& bench, const GoldenCase& golden);

} // namespace phial
