// SPDX-License-Identifier: MIT
#include "app/audio/portaudio_backend.h"
#include "app/audio/system_audio.h"
#include "app/cli/cli.h"
#include "app/cli/command_line.h"
#include "app/cli/interrupt.h"
#include "app/composition/run_window.h"
#include "app/settings/paths.h"
#include "inference/gpu/free_memory.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <sys/stat.h>
#include <unistd.h>

namespace {

phial::cli::Services services() {
    return {.loadEngine = &phial::loadEngine,
            .listDevices = &phial::gpu::listDevices,
            .runProbe = &phial::runProbe,
            .runBench = &phial::bench::runBench,
            .runTune = &phial::bench::runTune,
            .makeAudioBackend = &phial::audio::makePortAudioBackend,
            .resources = phial::settings::findResources(phial::settings::executablePath()),
            .cacheDirectory = phial::settings::cacheDirectory(),
            .dataDirectory = phial::settings::dataDirectory()};
}

/// No words, or only files to open, as a desktop passes them, and how to begin.
bool wantsWindow(const std::vector<std::string>& args) {
    return std::all_of(args.begin(), args.end(), [](const std::string& word) {
        return word == phial::app::kSafeMode || word == phial::app::kResetSettings ||
               (word.find('/') != std::string::npos && std::filesystem::exists(word));
    });
}

int runWindow(int argc, char** argv) {
    phial::cli::Services shared = services();
    return phial::app::runWindow(argc, argv,
                                 {.loadEngine = shared.loadEngine,
                                  .listDevices = shared.listDevices,
                                  .makeAudioBackend = shared.makeAudioBackend,
                                  .resources = shared.resources,
                                  .cacheDirectory = shared.cacheDirectory,
                                  .dataDirectory = {},
                                  .settingsFile = {},
                                  .mode = phial::app::StartMode::Normal,
                                  .freeDeviceMemory = phial::gpu::freeDeviceMemory});
}

/// The same terminal, pipe or file, as with `2>&1`.
phial::cli::Together outAndErr() {
    struct stat out {};

    struct stat err {};

    const bool same = ::fstat(STDOUT_FILENO, &out) == 0 && ::fstat(STDERR_FILENO, &err) == 0 &&
                      out.st_dev == err.st_dev && out.st_ino == err.st_ino;
    return same ? phial::cli::Together::Yes : phial::cli::Together::No;
}

int runTerminal(const std::vector<std::string>& args) {
    const phial::cli::InterruptWatcher interrupts;
    std::ios::sync_with_stdio(false);
    const phial::cli::Streams streams{.in = std::cin,
                                      .out = std::cout,
                                      .err = std::cerr,
                                      .errKind = ::isatty(STDERR_FILENO) == 1
                                                     ? phial::cli::Terminal::Yes
                                                     : phial::cli::Terminal::No,
                                      .outAndErr = outAndErr()};
    return phial::cli::runCli(args, streams, services(), interrupts.token());
}

} // namespace

int main(int argc, char** argv) {
    // While it looks for microphones, PortAudio would start a sound server of its own. Set before
    // the first thread.
    ::setenv("JACK_NO_START_SERVER", "1", 0);
    phial::audio::offerSystemAudio(
        phial::settings::findResources(phial::settings::executablePath()) /
        "alsa/system-audio.conf");
    const std::vector<std::string> args(argv + 1, argv + argc);
    if (wantsWindow(args)) {
        return runWindow(argc, argv);
    }
    return runTerminal(args);
}
