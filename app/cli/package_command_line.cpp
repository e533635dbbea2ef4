// SPDX-License-Identifier: MIT
#include "app/cli/package_command_line.h"

#include "app/cli/material_files.h"

#include <CLI/CLI.hpp>

namespace phial::cli {

void PackageCommands::addTo(CLI::App& app, bool& json, bool& quiet,
                            const std::function<void(CLI::App&)>& addDevice) {
    CLI::App& quantize = *app.add_subcommand(
        "quantize",
        "Make a small model package from a checkpoint; the same call goes on after a stop");
    quantize.add_option("source", m_quantize.source, "Folder of the checkpoint; only read")
        ->required()
        ->option_text("SRC");
    quantize
        .add_option("destination", m_quantize.destination,
                    "Folder to make; it appears when the package is whole")
        ->option_text("DST");
    quantize
        .add_option(
            "--scheme", m_quantize.scheme,
            "Format of the decoder's matrices: sq4 (default), sq2 sq3 sq5 sq6 q8, sinq, nf4, hqq, "
            "rtn or keep")
        ->option_text("NAME");
    quantize.add_option("--bits", m_quantize.bits, "Bits of the scheme: 2, 3, 4, 5, 6 or 8")
        ->check(CLI::IsMember({2, 3, 4, 5, 6, 8}));
    quantize
        .add_option("--group", m_quantize.group,
                    "Columns that share a scale: 32, 64 or 128 (sinq, nf4, hqq, rtn)")
        ->check(CLI::IsMember({32, 64, 128}));
    quantize
        .add_option(
            "--plan", m_quantize.plan,
            "Which tensors get which format: default, compact, small, audio, keep, or a JSON file")
        ->option_text("NAME|FILE");
    quantize.add_option("--threads", m_quantize.threads, "Threads (default: one per processor)")
        ->check(CLI::Range(1, 1024));
    quantize
        .add_option("--calibrate", m_calibrate,
                    "Texts, recordings and pictures that the checkpoint reads first: what its "
                    "matrices really get decides their column scales (A-SINQ); needs a device that "
                    "holds the checkpoint")
        ->option_text("FILE...");
    quantize
        .add_option("--samples", m_quantize.samples,
                    "With --calibrate: positions of the files that are used")
        ->check(CLI::Range(1, 65536))
        ->capture_default_str();
    addDevice(quantize);
    quantize.add_flag(
        "--dry-run", m_dryRun,
        "Only say what the package will take: disk, and memory of the graphics device");
    quantize
        .add_option("--context", m_quantize.contexts,
                    "With --dry-run: lengths of context in tokens whose memory is told (default: "
                    "4096,8192,32768,131072)")
        ->delimiter(',')
        ->check(CLI::Range(1, 131072))
        ->option_text("N,N,...");

    CLI::App& verify =
        *app.add_subcommand("verify", "Check every file of a model package against its checksums");
    verify.add_option("folder", m_verify.folder, "Folder of the package")
        ->required()
        ->option_text("DIR");

    CLI::App& info = *app.add_subcommand("info", "Say what a model folder holds");
    info.add_option("folder", m_info.folder, "Folder of a package or checkpoint")
        ->required()
        ->option_text("DIR");
    info.add_flag("--tensors", m_tensors, "List every tensor");

    for (CLI::App* command : {&quantize, &verify, &info}) {
        command->add_flag("--json", json, "Write JSON instead of text");
        if (command != &quantize) {
            command->add_flag("--quiet,-q", quiet, "Write no progress, notes or warnings");
        }
    }
}

std::string PackageCommands::mistake(const std::string& name) const {
    if (name != "quantize") {
        return {};
    }
    if (m_quantize.destination.empty() && !m_dryRun) {
        return "quantize needs a folder to make (or --dry-run)";
    }
    if (!m_quantize.contexts.empty() && !m_dryRun) {
        return "--context needs --dry-run: a package runs with any context";
    }
    const bool ownScheme =
        !m_quantize.scheme.empty() || m_quantize.bits != 0 || m_quantize.group != 0;
    if (ownScheme && !m_quantize.plan.empty()) {
        return "--plan already names the formats; leave --scheme, --bits and --group out";
    }
    return {};
}

std::optional<Command> PackageCommands::chosen(const std::string& name) const {
    if (name == "quantize") {
        QuantizeCommand command = m_quantize;
        command.calibrate = sortedByKind(m_calibrate);
        command.dryRun = m_dryRun ? DryRun::Yes : DryRun::No;
        return command;
    }
    if (name == "verify") {
        return m_verify;
    }
    if (name == "info") {
        InfoCommand command = m_info;
        command.tensors = m_tensors ? TensorList::Yes : TensorList::No;
        return command;
    }
    return std::nullopt;
}

} // namespace phial::cli
