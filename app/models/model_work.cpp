// SPDX-License-Identifier: MIT
#include "app/models/model_work.h"

#include "inference/base/error.h"
#include "inference/package/discard_partial.h"
#include "inference/package/layout.h"
#include "inference/weights/model_folder.h"

#include <exception>
#include <system_error>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

constexpr double kPaceTold = 2.0; ///< seconds before a pace means anything

std::string gigabytes(std::uint64_t bytes) {
    const std::uint64_t hundredths = (bytes + 9'999'999) / 10'000'000;
    const std::string fraction = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (fraction.size() < 2 ? ".0" : ".") + fraction + " GB";
}

/// Runs `work` and sorts out how it ended.
WorkEnd endOf(const std::function<void(WorkEnd&)>& work) {
    WorkEnd end;
    try {
        work(end);
    } catch (const Error& error) {
        end.how =
            error.code() == ErrorCode::Cancelled ? WorkEnd::How::Stopped : WorkEnd::How::Failed;
        end.problem = sentence(error.what());
    } catch (const std::bad_alloc&) {
        end.how = WorkEnd::How::Failed;
        end.problem = "The computer ran out of memory; close other programs and go on.";
    } catch (const std::exception& error) {
        end.how = WorkEnd::How::Failed;
        end.problem = sentence(error.what());
    }
    if (end.how == WorkEnd::How::Stopped) {
        end.problem.clear();
    }
    return end;
}

/// What can be known before the first byte is written.
void prepareTarget(const ModelJobs& jobs, const package::QuantizeOptions& options) {
    package::checkDestination(options.destination);
    if (package::isPartial(options.destination.string() + ".partial")) {
        return; // its room was taken when it was begun
    }
    const weights::ModelFolder model = weights::openModelFolder(options.source);
    const std::uint64_t needed =
        package::diskNeeded(package::makeLayout(model.checkpoint, model.config, options.plan));
    const std::uint64_t there = jobs.freeDisk(options.destination);
    if (there < needed) {
        throw Error(ErrorCode::DiskFull,
                    "the package needs " + gigabytes(needed) + " of free disk, " +
                        options.destination.parent_path().string() + " has " + gigabytes(there) +
                        "; free some space or choose another target");
    }
    std::error_code error;
    fs::create_directories(options.destination.parent_path(), error);
    if (error) {
        throw Error(ErrorCode::FileUnwritable,
                    "cannot make the folder " + options.destination.parent_path().string() + ": " +
                        error.message() + "; choose another target");
    }
}

} // namespace

std::uint64_t freeDiskFor(const fs::path& folder) {
    std::error_code error;
    fs::path there = fs::absolute(folder, error);
    while (!fs::exists(there, error) && there != there.root_path()) {
        there = there.parent_path();
    }
    const fs::space_info space = fs::space(there, error);
    if (error) {
        throw Error(ErrorCode::FileUnwritable, "cannot use " + there.string() + ": " +
                                                   error.message() + "; choose another target");
    }
    return space.available;
}

std::optional<double> secondsLeft(const WorkProgress& progress, double elapsed) {
    const std::uint64_t done = progress.bytesDone - progress.bytesResumed;
    if (elapsed < kPaceTold || done == 0 || progress.bytesTotal < progress.bytesDone) {
        return std::nullopt;
    }
    return elapsed * static_cast<double>(progress.bytesTotal - progress.bytesDone) /
           static_cast<double>(done);
}

WorkEnd runQuantize(const ModelJobs& jobs, const package::QuantizeOptions& options,
                    DType activations, const std::function<void(const WorkProgress&)>& onProgress,
                    const std::stop_token& stop) {
    WorkEnd end = endOf([&](WorkEnd&) {
        prepareTarget(jobs, options);
        jobs.quantize(
            options,
            [&](const package::QuantizeProgress& progress) {
                onProgress(
                    {.checking = progress.stage == package::QuantizeProgress::Stage::Checking,
                     .bytesDone = progress.bytesDone,
                     .bytesTotal = progress.bytesTotal,
                     .bytesResumed = progress.bytesResumed,
                     .tensorsDone = progress.tensorsDone,
                     .tensorsTotal = progress.tensorsTotal});
            },
            stop);
    });
    if (end.how == WorkEnd::How::Done) {
        end.report = inspectFolder(options.destination, activations);
        return end;
    }
    const fs::path partial = options.destination.string() + ".partial";
    end.somethingLeft = package::isPartial(partial);
    end.report = inspectUnfinished(partial, options.source);
    return end;
}

WorkEnd runVerify(const ModelJobs& jobs, const fs::path& folder,
                  const std::function<void(const WorkProgress&)>& onProgress,
                  const std::stop_token& stop) {
    return endOf([&](WorkEnd& end) {
        end.damages = jobs.verify(
            folder,
            [&](std::uint64_t done, std::uint64_t total) {
                onProgress({.bytesDone = done, .bytesTotal = total});
            },
            stop);
        for (std::string& damage : end.damages) {
            damage = sentence(std::move(damage));
        }
    });
}

} // namespace phial::app
