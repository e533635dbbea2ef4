// SPDX-License-Identifier: MIT
#include "app/cli/json_output.h"
#include "app/cli/run_context.h"
#include "app/cli/text_table.h"
#include "inference/base/error.h"

#include <cstdio>
#include <utility>

namespace phial::cli {
namespace {

std::string number(double value) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.3g", value);
    return text.data();
}

ExitCode listMicrophones(RunContext& context) {
    const std::vector<audio::InputDevice> list = context.services.makeAudioBackend()->rescan();
    for (const audio::InputDevice& device : list) {
        if (context.isJson()) {
            context.write({{"id", device.id},
                           {"name", device.name},
                           {"rate_hz", device.nativeRateHz},
                           {"default", device.isDefault}});
        } else {
            context.reporter.answer((device.isDefault ? "* " : "  ") + device.id + "\n");
        }
    }
    if (list.empty()) {
        context.reporter.note("no microphone found.");
    }
    return ExitCode::Ok;
}

void writeRow(RunContext& context, const ProbeRow& row) {
    if (context.isJson()) {
        context.write(toJson(row));
        return;
    }
    context.reporter.answer(column(row.name, 48) + column(number(row.maxError), 12) +
                            column(number(row.relativeError), 12) +
                            column(number(row.tolerance), 12) + (row.ok ? "ok" : "FAILED") +
                            (row.note.empty() ? "" : "  " + row.note) + "\n");
}

} // namespace

ExitCode run(RunContext& context, const DevicesCommand& command) {
    if (command.microphones == Microphones::Yes) {
        return listMicrophones(context);
    }
    const std::vector<gpu::DeviceInfo> devices = context.services.listDevices();
    for (const gpu::DeviceInfo& device : devices) {
        if (context.isJson()) {
            context.write(toJson(device));
            continue;
        }
        const double gigabytes =
            static_cast<double>(device.localMemoryBytes) / (1024.0 * 1024.0 * 1024.0);
        context.reporter.answer(
            std::to_string(device.index) + "  " + device.name + " (" + kindName(device.kind) +
            (device.kind == gpu::DeviceKind::Software ? ", slow; needs --software" : "") + ", " +
            number(gigabytes) + " GB)\n   " + device.driver + ", UUID " + device.uuid + "\n" +
            (device.unsuitable.empty() ? "" : "   cannot be used: " + device.unsuitable + "\n"));
    }
    if (devices.empty()) {
        throw Error(ErrorCode::NoDevice,
                    "No graphics device with a Vulkan driver was found; install the driver of your "
                    "graphics card, or mesa-vulkan-drivers for a slow software device.");
    }
    return ExitCode::Ok;
}

ExitCode run(RunContext& context, const ProbeCommand& command, const CommonOptions& options) {
    ProbeOptions probe{.device = options.engine.device,
                       .precision = options.engine.precision,
                       .only = command.only};
    if (!context.services.cacheDirectory.empty()) {
        probe.device.pipelineCacheDirectory = context.services.cacheDirectory / "pipelines";
    }
    if (!context.isJson()) {
        context.reporter.answer(column("stage", 48) + column("max error", 12) +
                                column("relative", 12) + column("tolerance", 12) + "\n");
    }
    const ProbeResult result = context.services.runProbe(
        command.golden, probe, [&context](const ProbeRow& row) { writeRow(context, row); },
        context.stop);
    if (context.isJson()) {
        context.write({{"rows", result.rows},
                       {"failed", result.failed},
                       {"device", result.deviceName},
                       {"precision", precisionName(result.precision)}});
    } else {
        context.reporter.answer(std::to_string(result.rows) + " stages on " + result.deviceName +
                                " in " + precisionName(result.precision) + ", " +
                                std::to_string(result.failed) + " failed\n");
    }
    return result.failed == 0 && result.rows > 0 ? ExitCode::Ok : ExitCode::Failed;
}

} // namespace phial::cli
