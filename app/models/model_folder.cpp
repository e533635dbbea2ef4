// SPDX-License-Identifier: MIT
#include "app/models/model_folder.h"

#include "inference/base/error.h"
#include "inference/engine/memory_estimate.h"
#include "inference/package/discard_partial.h"
#include "inference/package/layout.h"
#include "inference/package/manifest.h"
#include "inference/package/open_checkpoint.h"
#include "inference/package/package_info.h"
#include "inference/weights/tensor_list.h"

#include <algorithm>
#include <cctype>
#include <exception>
#include <system_error>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

/// Of the files in `folder` and of the adapters that some checkpoints keep in folders beside them.
std::uint64_t bytesIn(const fs::path& folder) {
    std::uint64_t bytes = 0;
    for (const fs::path& each : {folder, folder / "speech-lora", folder / "vision-lora"}) {
        std::error_code error;
        for (fs::directory_iterator at(each, error), end; !error && at != end;
             at.increment(error)) {
            std::error_code ignored;
            if (at->is_regular_file(ignored)) {
                const std::uint64_t size = at->file_size(ignored);
                bytes += ignored ? 0 : size;
            }
        }
    }
    return bytes;
}

std::vector<MemoryNeed> needsOf(const weights::ModelConfig& config, const LoadPlan& plan) {
    std::vector<MemoryNeed> needs;
    for (const std::int64_t tokens : kShownContexts) {
        if (tokens <= config.decoder.maxPositions) {
            needs.push_back({tokens, estimateMemory(config, plan, tokens).total()});
        }
    }
    return needs;
}

double bitsPerWeight(const std::vector<package::PartSize>& parts) {
    package::PartSize all;
    for (const package::PartSize& part : parts) {
        all.weights += part.weights;
        all.packageBytes += part.packageBytes;
    }
    return all.bitsPerWeight();
}

void requireTokenizer(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::exists(folder / "tokenizer.model", ignored) &&
        !fs::exists(folder / "tokenizer.json", ignored)) {
        throw Error(ErrorCode::BadTokenizer,
                    folder.string() + " holds neither tokenizer.model nor tokenizer.json; copy the "
                                      "missing file there");
    }
}

FolderReport inspect(const fs::path& folder, DType activations) {
    if (package::isPartial(folder)) {
        throw Error(ErrorCode::InvalidArgument,
                    folder.string() + " is an unfinished package; quantize its checkpoint again to "
                                      "the same target and plan, and the work goes on");
    }
    weights::readModelFamily(folder); // a stranger's folder is called by its name
    const weights::Checkpoint checkpoint = package::openCheckpoint(folder);
    const weights::ModelConfig config = weights::loadModelConfig(checkpoint);
    weights::checkTensors(checkpoint, config);
    requireTokenizer(folder);
    FolderReport report;
    report.diskBytes = bytesIn(folder);
    const LoadPlan asItIs{.weightBytes = deviceWeightBytes(checkpoint, config, activations),
                          .activations = activations};
    report.needs = needsOf(config, asItIs);
    LoadPlan tight = asItIs;
    tight.cropsAtOnce = 1;
    report.leastMemory =
        estimateMemory(config, tight,
                       std::min<std::int64_t>(kLeastContext, config.decoder.maxPositions))
            .total();
    if (package::Manifest::existsIn(folder)) {
        report.kind = FolderKind::Package;
        const package::PackageInfo info = package::readPackageInfo(folder);
        report.plan = info.manifest.plan;
        report.bitsPerWeight = bitsPerWeight(info.parts);
        return report;
    }
    report.kind = FolderKind::Checkpoint;
    report.bitsPerWeight = bitsPerWeight(
        package::partSizes(package::makeLayout(checkpoint, config, package::Plan::byName("keep"))));
    for (const char* const name : kPlans) {
        const package::Layout layout =
            package::makeLayout(checkpoint, config, package::Plan::byName(name));
        report.packagePlans.push_back({.plan = name,
                                       .packageBytes = layout.packageBytes,
                                       .diskNeeded = package::diskNeeded(layout),
                                       .needs = needsOf(config, {.weightBytes = layout.packageBytes,
                                                                 .activations = activations})});
    }
    return report;
}

} // namespace

std::string sentence(std::string text) {
    // A path keeps its first letter.
    const std::string first = text.substr(0, text.find(' '));
    if (!text.empty() && first.find_first_of("/._") == std::string::npos) {
        text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
    }
    if (!text.empty() && text.back() != '.') {
        text += '.';
    }
    return text;
}

FolderReport inspectFolder(const fs::path& folder, DType activations) {
    FolderReport report;
    std::error_code error;
    const fs::file_status status = fs::status(folder, error);
    if (status.type() == fs::file_type::not_found) {
        report.problem = "The folder " + folder.string() +
                         " is not there; connect its disk and look again, or add the folder from "
                         "where it is now.";
        return report;
    }
    if (!fs::is_directory(status) || (fs::directory_iterator(folder, error), error)) {
        report.problem = folder.string() + " cannot be read as a folder" +
                         (error ? " (" + error.message() + ")" : "") +
                         "; check its permissions, or choose the folder that holds config.json.";
        return report;
    }
    try {
        return inspect(folder, activations);
    } catch (const std::exception& problem) { // bad_alloc, or a file system that gave up
        report.problem = sentence(problem.what());
        return report;
    }
}

FolderReport inspectUnfinished(const fs::path& folder, const fs::path& source) {
    FolderReport report;
    std::error_code ignored;
    report.kind = FolderKind::Unfinished;
    if (!package::isPartial(folder)) {
        report.problem = "The unfinished package " + folder.string() +
                         " is not there any more; remove it from the list and quantize again.";
        return report;
    }
    report.diskBytes = bytesIn(folder);
    if (!fs::exists(source / "config.json", ignored)) {
        report.problem = "The checkpoint " + source.string() +
                         " is not there; the work can go on when it is back in its place.";
    }
    return report;
}

} // namespace phial::app
