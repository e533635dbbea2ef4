// SPDX-License-Identifier: MIT
// Records without end until it is killed: recorder_child FOLDER RATE [LIMIT_BYTES]. Time is counted
// in delivered sound, so the result does not depend on how busy the computer is. Before each 10 ms
// of sound are delivered, the number of frames including them goes to standard output as 8 bytes.
#include "app/recorder/posix_files.h"
#include "app/recorder/recorder_session.h"
#include "tests/recorder/scripted_sound.h"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <sys/resource.h>
#include <unistd.h>

int main(int argc, char** argv) {
    using namespace phial::recorder;
    using namespace std::chrono_literals;
    if (argc < 3) {
        return 2;
    }
    const int rate = std::atoi(argv[2]);
    std::int64_t lastFrame = -1;
    if (argc > 3) {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{.rlim_cur = std::strtoul(argv[3], nullptr, 10),
                           .rlim_max = RLIM_INFINITY};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        lastFrame = 10 * rate;
    }
    ScriptedSound sound;
    sound.microphones["mic"].rateHz = rate;
    ScriptedBackend backend(sound);
    PosixFiles files;
    FakeClock clock;
    RecorderSession session(backend, files, {});
    session.start({.folder = argv[1],
                   .fallbackRoot = {},
                   .startedUtc = "2026-01-01T00:00:00Z",
                   .device = "mic",
                   .secondDevice = {}},
                  clock.now());
    const int block = rate / 100;
    for (std::int64_t frame = 0; lastFrame < 0 || frame < lastFrame; frame += block) {
        const std::int64_t after = frame + block;
        if (::write(STDOUT_FILENO, &after, sizeof after) != sizeof after) {
            return 1;
        }
        sound.deliver(countedBlock(frame, block));
        clock.advance(10ms);
        if (frame / block % 2 == 0) {
            session.step(clock.now()); // every 20 ms, as the recorder thread does
        }
    }
    session.stop(clock.now());
    return 0;
}
