// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"
#include "inference/bench/bench.h"
#include "inference/bench/tune.h"
#include "inference/engine/engine.h"
#include "inference/engine/probe.h"

#include <filesystem>
#include <functional>
#include <iosfwd>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::cli {

enum class Terminal { No, Yes };

/// Whether two streams end up in one place, where what one writes stands in the other's lines.
enum class Together { No, Yes };

/// Standard input, output and error of a run. Answers go to `out`, everything else to `err`.
struct Streams {
    std::istream& in;
    std::ostream& out;
    std::ostream& err;
    Terminal errKind = Terminal::No; ///< a terminal gets progress in one line that moves
    Together outAndErr = Together::No;
};

/// What the terminal program needs from the rest of Phial; tests put fakes here.
struct Services {
    std::function<std::unique_ptr<Engine>(
        const EngineOptions&, const std::function<void(const Progress&)>&, std::stop_token)>
        loadEngine;
    std::function<std::vector<gpu::DeviceInfo>()> listDevices;
    std::function<ProbeResult(const std::filesystem::path&, const ProbeOptions&,
                              const std::function<void(const ProbeRow&)>&, std::stop_token)>
        runProbe;
    std::function<bench::BenchResult(const bench::BenchOptions&, const bench::BenchEvents&,
                                     std::stop_token)>
        runBench;
    std::function<bench::TuneResult(const bench::TuneOptions&, const bench::TuneEvents&,
                                    std::stop_token)>
        runTune;
    std::function<std::unique_ptr<audio::AudioBackend>()> makeAudioBackend;
    std::filesystem::path resources;      ///< see settings::findResources(); empty = none
    std::filesystem::path cacheDirectory; ///< for compiled pipelines and unfinished work; empty =
                                          ///< keep none
    std::filesystem::path dataDirectory;  ///< holds the library of meetings
};

/// The terminal program: `args` are the words after the program's name, the first one a subcommand.
/// Returns the exit status, see ExitCode. A stop request ends it cleanly, with what has been
/// written so far. Throws nothing.
int runCli(const std::vector<std::string>& args, const Streams& streams, const Services& services,
           const std::stop_token& stop);

} // namespace phial::cli
