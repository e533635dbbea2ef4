// SPDX-License-Identifier: MIT
#include "app/audio/portaudio_backend.h"
#include "app/cli/cli.h"
#include "app/cli/command_line.h"
#include "app/cli/interrupt.h"
#include "app/settings/paths.h"

#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace {

phial::cli::Services services() {
    return {.loadEngine = &phial::loadEngine,
            .listDevices = &phial::gpu::listDevices,
            .runProbe = &phial::runProbe,
            .makeAudioBackend = &phial::audio::makePortAudioBackend,
            .resources = phial::settings::findResources(phial::settings::executablePath()),
            .cacheDirectory = phial::settings::cacheDirectory()};
}

int runTerminal(const std::vector<std::string>& args) {
    const phial::cli::InterruptWatcher interrupts;
    std::ios::sync_with_stdio(false);
    const phial::cli::Streams streams{.in = std::cin,
                                      .out = std::cout,
                                      .err = std::cerr,
                                      .errKind = ::isatty(STDERR_FILENO) == 1
                                                     ? phial::cli::Terminal::Yes
                                                     : phial::cli::Terminal::No};
    return phial::cli::runCli(args, streams, services(), interrupts.token());
}

} // namespace

int main(int argc, char** argv) {
    // While it looks for microphones, PortAudio would start a sound server of its own. Set before
    // the first thread.
    ::setenv("JACK_NO_START_SERVER", "1", 0);
    const std::vector<std::string> args(argv + 1, argv + argc);
    if (args.empty()) {
        std::cerr
            << "phial: this build has no window; run `phial --help` for the terminal program.\n";
        return 2;
    }
    return runTerminal(args);
}
