// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <mutex>

namespace phial::audio {

/// PortAudio itself. It is one for the whole process, knows no threads, and looks at the hardware
/// only while it is initialised; yet dictation, meeting recording and playback use it from a thread
/// each. So every call outside a sound callback is made under one lock, and the hardware is looked
/// at again for all users together, when none of them has a stream open. One object per user; any
/// thread.
class PortAudioLibrary {
public:
    PortAudioLibrary();
    ~PortAudioLibrary();

    PortAudioLibrary(const PortAudioLibrary&) = delete;
    PortAudioLibrary& operator=(const PortAudioLibrary&) = delete;

    using Lock = std::unique_lock<std::mutex>;

    /// Held during every call of PortAudio.
    static Lock lock();

    /// Another number than before: device indices have changed. Under the lock.
    static std::uint64_t generation(const Lock& held);

    /// Looks at the hardware again unless a stream is open somewhere. Under the lock.
    static void lookAgain(const Lock& held);

    /// Whether the system has other sound cards than when the hardware was looked at. Under the
    /// lock.
    static bool devicesChanged(const Lock& held);

    /// Under the lock, around the life of a stream.
    static void streamOpened(const Lock& held);
    static void streamClosed(const Lock& held);
};

} // namespace phial::audio
