// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/calibration.h"
#include "inference/package/layout.h"
#include "inference/package/manifest.h"
#include "inference/package/plan.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace phial::package {

struct QuantizeOptions {
    std::filesystem::path source; ///< a checkpoint folder; only read, never changed
    std::filesystem::path
        destination; ///< must not exist; appears when the package is whole and checked
    Plan plan = Plan::byName("default");
    int threads = 0; ///< 0 = one per processor
    std::uint64_t memoryBytes = 768U << 20;
    Calibration calibration; ///< inputs of some or all decoder linears; empty = not calibrated
    CalibrationRecord calibrationRecord; ///< what they were measured on
};

struct QuantizeProgress {
    enum class Stage { Quantizing, Checking };
    Stage stage = Stage::Quantizing;
    std::uint64_t bytesDone = 0; ///< of the source; when checking, of the package
    std::uint64_t bytesTotal = 0;
    std::uint64_t bytesResumed = 0; ///< those of bytesDone that an earlier run had finished
    std::int64_t tensorsDone = 0;
    std::int64_t tensorsTotal = 0;
    std::string tensor; ///< the one being worked on
};

/// Throws Error{InvalidArgument} when there is something already where a package is to appear.
void checkDestination(const std::filesystem::path& destination);

/// Quantizes a checkpoint into a package. Work goes to DESTINATION.partial; every finished tensor
/// is on the disk and noted in a journal, so that a run that was stopped or killed is continued by
/// the same call, with the same bytes as an uninterrupted one. onProgress is called from the
/// calling thread or a worker, one call at a time. Throws Error: DiskFull before the work when the
/// disk is too small, BadCheckpoint with tensor and file for damaged sources, FileUnwritable,
/// InvalidArgument (destination exists, or the partial folder belongs to another source or plan),
/// Cancelled when stopped (what is finished is kept).
void quantizeCheckpoint(const QuantizeOptions& options,
                        const std::function<void(const QuantizeProgress&)>& onProgress,
                        std::stop_token stop);

} // namespace phial::package
