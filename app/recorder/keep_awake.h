// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <sys/types.h>

namespace phial::recorder {

/// Keeps the computer from falling asleep for as long as it lives: sleep would end a recording in
/// the middle of a word. Asks the login manager through its own tool, systemd-inhibit, which lets
/// go by itself when this process ends, however it ends. Where there is none nothing is held; the
/// recording then marks the time that was slept through. Nothing throws. One thread.
class KeepAwake {
public:
    /// `why`: for the list of systemd-inhibit.
    explicit KeepAwake(const std::string& why);
    ~KeepAwake();

    KeepAwake(const KeepAwake&) = delete;
    KeepAwake& operator=(const KeepAwake&) = delete;

private:
    pid_t m_process = 0; ///< 0 = nothing is held
    int m_pipe = -1;     ///< standard input of that process; its end is the sign to let go
};

} // namespace phial::recorder
