// SPDX-License-Identifier: MIT
#include "app/cli/interrupt.h"

#include "app/cli/exit_code.h"
#include "inference/base/error.h"

#include <array>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace phial::cli {

InterruptWatcher::InterruptWatcher() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    m_signals = ::signalfd(-1, &set, SFD_CLOEXEC);
    m_end = ::eventfd(0, EFD_CLOEXEC);
    check(m_signals >= 0 && m_end >= 0, "no file descriptors left for watching Ctrl-C");
    m_thread = std::thread([this] { watch(); });
}

InterruptWatcher::~InterruptWatcher() {
    const std::uint64_t one = 1;
    if (::write(m_end, &one, sizeof(one)) == sizeof(one)) {
        m_thread.join();
    } else {
        m_thread.detach(); // cannot happen with a fresh counter; a hang would be worse
    }
    ::close(m_signals);
    ::close(m_end);
}

void InterruptWatcher::watch() {
    while (true) {
        std::array<pollfd, 2> files{
            {{.fd = m_signals, .events = POLLIN}, {.fd = m_end, .events = POLLIN}}};
        if (::poll(files.data(), files.size(), -1) < 0) {
            continue;
        }
        if (files[1].revents != 0) {
            return;
        }
        signalfd_siginfo info{};
        if (::read(m_signals, &info, sizeof(info)) != sizeof(info)) {
            return;
        }
        if (!m_interrupted.request_stop()) {
            std::_Exit(static_cast<int>(ExitCode::Cancelled));
        }
    }
}

} // namespace phial::cli
