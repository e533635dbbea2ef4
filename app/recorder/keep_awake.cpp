// SPDX-License-Identifier: MIT
#include "app/recorder/keep_awake.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace phial::recorder {

KeepAwake::KeepAwake(const std::string& why) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return;
    }
    posix_spawn_file_actions_t files{};
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_adddup2(&files, ends[0], STDIN_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes{};
    ::posix_spawnattr_init(&attributes);
    // A group of its own: Ctrl-C ends the recording first, and that lets go.
    ::posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t none{};
    sigemptyset(&none);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
    std::array<std::string, 6> words{"systemd-inhibit", "--what=idle:sleep", "--who=Phial",
                                     "--why=" + why,    "--mode=block",      "cat"};
    std::array<char*, 7> argv{};
    for (std::size_t i = 0; i < words.size(); ++i) {
        argv[i] = words[i].data();
    }
    pid_t process = 0;
    if (::posix_spawnp(&process, argv[0], &files, &attributes, argv.data(), environ) == 0) {
        m_process = process;
        m_pipe = ends[1];
    } else {
        ::close(ends[1]);
    }
    ::close(ends[0]);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
}

KeepAwake::~KeepAwake() {
    if (m_process != 0) {
        ::close(m_pipe);
        ::kill(-m_process, SIGTERM); // it might wait for a login manager that does not answer
        ::waitpid(m_process, nullptr, 0);
    }
}

} // namespace phial::recorder
