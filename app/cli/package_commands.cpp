// SPDX-License-Identifier: MIT
#include "app/cli/collected_inputs.h"
#include "app/cli/json_output.h"
#include "app/cli/material_files.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "inference/base/error.h"
#include "inference/engine/memory_estimate.h"
#include "inference/package/file_hashes.h"
#include "inference/package/package_info.h"
#include "inference/package/quantize_job.h"
#include "inference/package/verify_package.h"
#include "inference/weights/model_folder.h"

#include <algorithm>
#include <array>
#include <span>
#include <system_error>
#include <vector>

namespace phial::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Contexts whose memory a dry run tells when it is not asked for others.
constexpr std::array<std::int64_t, 4> kShownContexts = {4096, 8192, 32768, 131072};

/// "4.28 GB"; small models are told in MB.
std::string sizeText(std::uint64_t bytes) {
    const auto size = static_cast<double>(bytes);
    return bytes < 100'000'000 ? fixed(size / 1e6, 2) + " MB" : fixed(size / 1e9, 2) + " GB";
}

package::Plan planOf(const QuantizeCommand& command) {
    if (!command.scheme.empty() || command.bits != 0 || command.group != 0) {
        const std::string name = command.scheme.empty() ? "sq" : command.scheme;
        return package::Plan::withDecoder(package::schemeByName(name, command.bits, command.group));
    }
    if (command.plan.empty()) {
        return package::Plan::byName("default");
    }
    std::error_code ignored;
    return std::filesystem::is_regular_file(command.plan, ignored)
               ? package::Plan::fromFile(command.plan)
               : package::Plan::byName(command.plan);
}

void writeParts(RunContext& context, const std::vector<package::PartSize>& parts) {
    TextTable table({"part", "parameters (M)", "bits each", "size"});
    for (const package::PartSize& part : parts) {
        table.add({part.part, fixed(static_cast<double>(part.weights) / 1e6, 1),
                   fixed(part.bitsPerWeight(), 2), sizeText(part.packageBytes)});
    }
    context.reporter.answer(table.text());
}

Json partsJson(const std::vector<package::PartSize>& parts) {
    Json list = Json::array();
    for (const package::PartSize& part : parts) {
        list.push_back({{"part", part.part},
                        {"parameters", part.weights},
                        {"bytes", part.packageBytes},
                        {"bits_per_weight", part.bitsPerWeight()}});
    }
    return list;
}

/// What a package would take, without making it.
ExitCode dryRun(RunContext& context, const QuantizeCommand& command, const package::Plan& plan) {
    const weights::ModelFolder model = weights::openModelFolder(command.source);
    const package::Layout layout = package::makeLayout(model.checkpoint, model.config, plan);
    const std::vector<package::PartSize> parts = package::partSizes(layout);
    const double saved = 100.0 * (1.0 - static_cast<double>(layout.packageBytes) /
                                            static_cast<double>(layout.sourceBytes));
    TextTable memory({"context", "weights", "scratch", "cache", "device memory", "with --kv k8v4",
                      "with --kv turbo4"});
    Json contexts = Json::array();
    std::vector<std::int64_t> shown = command.contexts;
    if (shown.empty()) {
        shown.assign(kShownContexts.begin(), kShownContexts.end());
    }
    for (const std::int64_t tokens : shown) {
        if (tokens > model.config.decoder.maxPositions) {
            continue;
        }
        const auto estimate = [&](ops::KvFormat format) {
            return estimateMemory(
                model.config,
                {.weightBytes = layout.packageBytes, .activations = DType::F16, .kvFormat = format},
                tokens);
        };
        const MemoryEstimate need = estimate(ops::KvFormat::Plain);
        const std::uint64_t k8v4 = estimate(ops::KvFormat::K8V4).total();
        const std::uint64_t turbo4 = estimate(ops::KvFormat::Tq4).total();
        memory.add({std::to_string(tokens), sizeText(need.weights),
                    sizeText(need.scratch + need.encoders), sizeText(need.cache),
                    sizeText(need.total()), sizeText(k8v4), sizeText(turbo4)});
        contexts.push_back({{"tokens", tokens},
                            {"device_bytes", need.total()},
                            {"device_bytes_k8v4", k8v4},
                            {"device_bytes_turbo4", turbo4}});
    }
    const std::uint64_t disk = package::diskNeeded(layout);
    if (context.isJson()) {
        context.write({{"plan", plan.name()},
                       {"source_bytes", layout.sourceBytes},
                       {"package_bytes", layout.packageBytes},
                       {"disk_bytes", disk},
                       {"parts", partsJson(parts)},
                       {"contexts", contexts}});
        return ExitCode::Ok;
    }
    writeParts(context, parts);
    context.reporter.answer("\nplan " + plan.name() + ": " + sizeText(layout.packageBytes) +
                            " instead of " + sizeText(layout.sourceBytes) + ", " + fixed(saved, 0) +
                            " % less; needs " + sizeText(disk) + " of free disk\n\n");
    context.reporter.answer(memory.text());
    return ExitCode::Ok;
}

/// The tensors of a folder that is no package: what a checkpoint is.
ExitCode checkpointInfo(RunContext& context, const InfoCommand& command) {
    const weights::ModelFolder model = weights::openModelFolder(command.folder);
    const package::Layout layout =
        package::makeLayout(model.checkpoint, model.config, package::Plan::byName("keep"));
    const std::vector<package::PartSize> parts = package::partSizes(layout);
    if (context.isJson()) {
        context.write({{"kind", "checkpoint"},
                       {"architecture", model.config.modelType},
                       {"bytes", layout.sourceBytes},
                       {"parts", partsJson(parts)}});
        return ExitCode::Ok;
    }
    context.reporter.answer("checkpoint " + model.config.modelType + ", not quantized, " +
                            sizeText(layout.sourceBytes) + "\n\n");
    writeParts(context, parts);
    if (command.tensors == TensorList::Yes) {
        TextTable table({"tensor", "shape", "bytes"});
        for (const auto& [name, entry] : model.checkpoint.tensors()) {
            table.add({name, entry.shape().text(), std::to_string(entry.bytes())});
        }
        context.reporter.answer("\n" + table.text());
    }
    return ExitCode::Ok;
}

std::string planeNames(const package::TensorRecord& tensor) {
    std::string names;
    for (const auto& [name, hash] : tensor.sha256) {
        names += (names.empty() ? "" : " ") + name.substr(name.rfind('.') + 1);
    }
    return tensor.scheme.quantized() ? names : "as in the source";
}

void writeInfo(RunContext& context, const InfoCommand& command, const package::PackageInfo& info) {
    const package::Manifest& manifest = info.manifest;
    context.reporter.answer("package format " + std::to_string(manifest.version) + ", plan " +
                            manifest.plan + ", made from " + manifest.sourceName + ", " +
                            sizeText(info.bytes) + "\n\n");
    writeParts(context, info.parts);
    if (manifest.calibration) {
        context.reporter.answer("\ncalibrated on " + std::to_string(manifest.calibration->samples) +
                                " positions of");
        for (const package::CalibrationFile& file : manifest.calibration->files) {
            context.reporter.answer(" " + file.name);
        }
        context.reporter.answer("\n");
    }
    TextTable schemes({"scheme", "tensors", "size"});
    for (const package::SchemeSize& scheme : info.schemes) {
        schemes.add({scheme.scheme, std::to_string(scheme.tensors), sizeText(scheme.bytes)});
    }
    TextTable files({"file", "bytes", "SHA-256"});
    for (const auto& [name, record] : manifest.files) {
        files.add({name, std::to_string(record.bytes), record.sha256});
    }
    TextTable sources({"made from", "bytes", "SHA-256 of its header"});
    for (const auto& [name, record] : manifest.sourceFiles) {
        sources.add({name, std::to_string(record.bytes), record.sha256});
    }
    context.reporter.answer("\n" + schemes.text() + "\n" + files.text() + "\n" + sources.text());
    if (command.tensors == TensorList::Yes) {
        TextTable table({"tensor", "scheme", "rows", "columns", "bytes", "planes"});
        for (const auto& [name, tensor] : manifest.tensors) {
            const bool packed = tensor.scheme.quantized();
            table.add({name, schemeName(tensor.scheme), packed ? std::to_string(tensor.rows) : "",
                       packed ? std::to_string(tensor.columns) : "",
                       std::to_string(info.tensorBytes.at(name)), planeNames(tensor)});
        }
        context.reporter.answer("\n" + table.text());
    }
}

Json infoJson(const package::PackageInfo& info) {
    const package::Manifest& manifest = info.manifest;
    Json schemes = Json::array();
    for (const package::SchemeSize& scheme : info.schemes) {
        schemes.push_back(
            {{"scheme", scheme.scheme}, {"tensors", scheme.tensors}, {"bytes", scheme.bytes}});
    }
    Json files = Json::object();
    for (const auto& [name, record] : manifest.files) {
        files[name] = {{"bytes", record.bytes}, {"sha256", record.sha256}};
    }
    return {{"kind", "package"},     {"version", manifest.version},
            {"plan", manifest.plan}, {"source", manifest.sourceName},
            {"bytes", info.bytes},   {"parts", partsJson(info.parts)},
            {"schemes", schemes},    {"files", files}};
}

/// What the checkpoint's linears read of the user's files, and which files these are.
void calibrate(RunContext& context, const QuantizeCommand& command,
               package::QuantizeOptions& options) {
    package::checkDestination(options.destination); // the model may run for minutes before the work
    const std::vector<compare::Material> material = materialOf(context, command.calibrate);
    for (const std::string& file : allOf(command.calibrate)) {
        options.calibrationRecord.files.push_back(
            {nameOf(file),
             {std::filesystem::file_size(file), package::hashFile(
                                                    file, {}, [](std::uint64_t) {}, context.stop)
                                                    .whole}});
    }
    context.changeModel(command.source);
    const EngineOptions model = context.loadOptions();
    compare::CollectedInputs collected =
        collectedInputs(context, {.model = model, .samples = command.samples}, material);
    options.calibrationRecord.samples =
        std::min<std::int64_t>(command.samples, collected.positions);
    options.calibration = std::move(collected.inputs);
    context.reporter.note("calibrated on " + std::to_string(options.calibrationRecord.samples) +
                          " of " + std::to_string(collected.positions) + " tokens.");
}

} // namespace

ExitCode run(RunContext& context, const QuantizeCommand& command) {
    const package::Plan plan = planOf(command);
    if (command.dryRun == DryRun::Yes) {
        return dryRun(context, command, plan);
    }
    package::QuantizeOptions options;
    options.source = command.source;
    options.destination = command.destination;
    options.plan = plan;
    options.threads = command.threads;
    if (!command.calibrate.empty()) {
        calibrate(context, command, options);
    }
    std::uint64_t resumed = 0;
    try {
        package::quantizeCheckpoint(
            options,
            [&](const package::QuantizeProgress& progress) {
                const bool checking = progress.stage == package::QuantizeProgress::Stage::Checking;
                if (progress.bytesResumed > 0 && resumed == 0) {
                    resumed = progress.bytesResumed;
                    context.reporter.note("going on where an earlier run stopped.");
                }
                context.reporter.progress(checking ? "checking the package" : "quantizing",
                                          progress.bytesDone, progress.bytesTotal);
            },
            context.stop);
    } catch (const Error& error) {
        if (error.code() == ErrorCode::Cancelled) {
            context.reporter.note("what is finished stays in " + command.destination.string() +
                                  ".partial; the same command goes on from there.");
        }
        throw;
    }
    const package::PackageInfo info = package::readPackageInfo(command.destination);
    if (context.isJson()) {
        Json json = infoJson(info);
        json["folder"] = command.destination.string();
        context.write(json);
    } else {
        context.reporter.answer(command.destination.string() + ": " + sizeText(info.bytes) +
                                ", whole and checked\n");
    }
    return ExitCode::Ok;
}

ExitCode run(RunContext& context, const VerifyCommand& command) {
    const std::vector<std::string> problems = package::verifyPackage(
        command.folder,
        [&](std::uint64_t done, std::uint64_t total) {
            context.reporter.progress("checking", done, total);
        },
        context.stop);
    if (context.isJson()) {
        context.write({{"ok", problems.empty()}, {"problems", problems}});
    } else if (problems.empty()) {
        context.reporter.answer(command.folder.string() + ": every file is as it was written\n");
    }
    for (const std::string& problem : problems) {
        context.reporter.error(problem);
    }
    return problems.empty() ? ExitCode::Ok : ExitCode::Model;
}

ExitCode run(RunContext& context, const InfoCommand& command) {
    if (!package::Manifest::existsIn(command.folder)) {
        return checkpointInfo(context, command);
    }
    const package::PackageInfo info = package::readPackageInfo(command.folder);
    if (context.isJson()) {
        context.write(infoJson(info));
    } else {
        writeInfo(context, command, info);
    }
    return ExitCode::Ok;
}

} // namespace phial::cli
