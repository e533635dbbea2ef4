// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace phial {

struct ProbeOptions {
    gpu::DeviceOptions device;
    Precision precision = Precision::Auto;
    std::string only; ///< runs cases whose name contains this; empty = all
};

/// One compared stage: "audio_encoder.block0.attn" and the like.
struct ProbeRow {
    std::string name;
    double maxError = 0; ///< largest |got - expected|; in exact stages the number of differences
    double relativeError = 0; ///< maxError / largest |expected|
    double tolerance = 0;     ///< what relativeError (or maxError where `absolute`) may be
    bool absolute = false;    ///< exact stages and log-mel are judged by maxError
    bool ok = false;
    std::string note; ///< why a stage failed or could not run; empty when ok
};

struct ProbeResult {
    int rows = 0;
    int failed = 0;
    std::string deviceName;
    Precision precision = Precision::Fp32; ///< as chosen
};

/// Runs every case of a golden folder (manifest golden.json, model files beside it, any dimensions)
/// stage by stage on the device and hands each compared row to `sink` on the calling thread. A
/// stage that throws becomes a failed row with the reason. Tolerances in fp32 are those of the
/// golden set's README; in fp16 see ProbeTolerances. Throws Error for a folder, model or device
/// that cannot be used at all, Error{Cancelled} after a stop request.
ProbeResult runProbe(const std::filesystem::path& goldenFolder, const ProbeOptions& options,
                     const std::function<void(const ProbeRow&)>& sink, std::stop_token stop = {});

} // namespace phial
