// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace phial::audio {

/// A microphone as the sound system lists it.
struct InputDevice {
    std::string id;   ///< stable between starts: host API and name, without the card number
    std::string name; ///< for people
    double nativeRateHz = 0;
    bool isDefault = false;
    bool isSystemAudio = false; ///< no microphone: what the loudspeakers play
};

/// Why a microphone cannot be used.
enum class CaptureFailure {
    None,
    NoMicrophone, ///< the computer has none
    NotConnected, ///< the chosen one is not there
    Busy,         ///< another program holds it, or access is denied
    Unusable,     ///< any other reason of the sound system
};

/// Receives sound on the sound system's thread. Implementations only copy: no allocation, lock, log
/// or exception.
class FrameSink {
public:
    virtual void onFrames(std::span<const float> mono) noexcept = 0;

    /// No more frames will come. Unexpected (nobody closed the stream), this is the only sign of an
    /// unplugged device.
    virtual void onFinished() noexcept = 0;

protected:
    ~FrameSink() = default;
};

/// A running capture. The destructor ends it; afterwards the sink is not called any more.
class AudioStream {
public:
    virtual ~AudioStream() = default;

    virtual int sampleRateHz() const = 0;
};

struct OpenResult {
    std::unique_ptr<AudioStream> stream; ///< null when `failure` is set
    CaptureFailure failure = CaptureFailure::None;
    std::string reason; ///< one sentence for people
};

/// The sound system. All calls come from one thread; no exceptions leave it.
class AudioBackend {
public:
    virtual ~AudioBackend() = default;

    /// Asks the sound system again what is plugged in. No stream of this backend may be open.
    virtual std::vector<InputDevice> rescan() = 0;

    /// Opens one channel of a microphone and starts it. `deviceId` empty = the default one; without
    /// `rateHz` the device's native rate. `sink` must outlive the stream.
    virtual OpenResult open(const std::string& deviceId, std::optional<int> rateHz,
                            FrameSink& sink) = 0;

    /// Whether something was plugged in or out since the last rescan(), as far as that can be told
    /// while a stream is open. Cheap.
    virtual bool devicesChanged() { return false; }
};

} // namespace phial::audio
