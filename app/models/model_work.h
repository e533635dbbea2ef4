// SPDX-License-Identifier: MIT
#pragma once

#include "app/models/model_folder.h"
#include "inference/package/quantize_job.h"
#include "inference/package/verify_package.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::app {

/// Free bytes for a new folder of that path, on the disk of the nearest folder that exists. Throws
/// Error{FileUnwritable} when the system does not say.
std::uint64_t freeDiskFor(const std::filesystem::path& folder);

/// The long jobs on model folders and what they ask the system; tests put fakes here. Called on
/// worker threads. They report as the functions they stand for, and throw Error.
struct ModelJobs {
    std::function<void(const package::QuantizeOptions&,
                       const std::function<void(const package::QuantizeProgress&)>&,
                       std::stop_token)>
        quantize = package::quantizeCheckpoint;
    std::function<std::vector<std::string>(const std::filesystem::path&,
                                           const std::function<void(std::uint64_t, std::uint64_t)>&,
                                           std::stop_token)>
        verify = package::verifyPackage;
    std::function<std::uint64_t(const std::filesystem::path&)> freeDisk = freeDiskFor;
};

struct WorkProgress {
    bool checking = false; ///< quantizing is over, the package is being read back
    std::uint64_t bytesDone = 0;
    std::uint64_t bytesTotal = 0; ///< 0 = not known yet
    std::uint64_t bytesResumed = 0;
    std::int64_t tensorsDone = 0;
    std::int64_t tensorsTotal = 0;
};

/// Seconds until the end at the pace of this run so far; nothing while there is no pace to tell.
/// `elapsed`: seconds since the first progress of the stage.
std::optional<double> secondsLeft(const WorkProgress& progress, double elapsed);

/// How a job ended: everything that changes with it, so that it is told as one event.
struct WorkEnd {
    enum class How { Done, Stopped, Failed };
    How how = How::Done;
    std::string problem;              ///< Failed: a sentence
    std::vector<std::string> damages; ///< of a verified package, one sentence each
    FolderReport report;              ///< quantizing: of the package, or of what is left unfinished
    bool somethingLeft = false;       ///< quantizing, not Done: there is work to go on with
};

/// Makes a package, after its own look at target and disk. Never throws. Worker thread.
WorkEnd runQuantize(const ModelJobs& jobs, const package::QuantizeOptions& options,
                    DType activations, const std::function<void(const WorkProgress&)>& onProgress,
                    const std::stop_token& stop);

/// Checks every byte of a package. Never throws. Worker thread.
WorkEnd runVerify(const ModelJobs& jobs, const std::filesystem::path& folder,
                  const std::function<void(const WorkProgress&)>& onProgress,
                  const std::stop_token& stop);

} // namespace phial::app
