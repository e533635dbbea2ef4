// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"
#include "app/recorder/recorder_session.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace phial::recorder {

/// Microphones that do what a test says. One thread: the test plays the sound system too.
class ScriptedSound {
public:
    struct Microphone {
        int rateHz = 8000;
        bool plugged = true;
        audio::FrameSink* sink = nullptr;
    };

    ScriptedSound() { microphones["mic"]; }

    /// Sound arrives; false when nobody listens to this microphone.
    bool deliver(const std::vector<float>& samples, const std::string& name = "mic") {
        audio::FrameSink* sink = microphones.at(name).sink;
        if (sink != nullptr) {
            sink->onFrames(samples);
        }
        return sink != nullptr;
    }

    void unplug(const std::string& name = "mic") {
        microphones.at(name).plugged = false;
        if (microphones.at(name).sink != nullptr) {
            microphones.at(name).sink->onFinished();
        }
    }

    void replug(const std::string& name = "mic") { microphones.at(name).plugged = true; }

    /// Plugged in again, but as the sound system does it: listed only once it was asked again while
    /// nothing was open.
    void replugUnlisted(const std::string& name = "mic") { unlisted = name; }

    /// While nothing is open.
    void rescan() {
        const bool open = std::any_of(microphones.begin(), microphones.end(),
                                      [](const auto& one) { return one.second.sink != nullptr; });
        if (!open && !unlisted.empty()) {
            replug(std::exchange(unlisted, {}));
        }
    }

    std::map<std::string, Microphone> microphones;
    std::string defaultName = "mic";
    std::string unlisted; ///< see replugUnlisted()
};

class ScriptedBackend final : public audio::AudioBackend {
public:
    explicit ScriptedBackend(ScriptedSound& sound)
        : m_sound(sound) {}

    std::vector<audio::InputDevice> rescan() override {
        m_sound.rescan();
        return {};
    }

    bool devicesChanged() override { return !m_sound.unlisted.empty(); }

    audio::OpenResult open(const std::string& deviceId, std::optional<int> rateHz,
                           audio::FrameSink& sink) override {
        const auto found =
            m_sound.microphones.find(deviceId.empty() ? m_sound.defaultName : deviceId);
        if (found == m_sound.microphones.end() || !found->second.plugged) {
            return {.stream = nullptr,
                    .failure = audio::CaptureFailure::NotConnected,
                    .reason = "not connected"};
        }
        found->second.sink = &sink;
        return {.stream =
                    std::make_unique<Stream>(found->second, rateHz.value_or(found->second.rateHz)),
                .failure = audio::CaptureFailure::None,
                .reason = {}};
    }

private:
    class Stream final : public audio::AudioStream {
    public:
        Stream(ScriptedSound::Microphone& microphone, int rateHz)
            : m_microphone(microphone)
            , m_rateHz(rateHz) {}

        ~Stream() override { m_microphone.sink = nullptr; }

        Stream(const Stream&) = delete;
        Stream& operator=(const Stream&) = delete;

        int sampleRateHz() const override { return m_rateHz; }

    private:
        ScriptedSound::Microphone& m_microphone;
        int m_rateHz;
    };

    ScriptedSound& m_sound;
};

/// Both clocks of a test.
class FakeClock {
public:
    Moment now() const { return m_now; }

    void advance(std::chrono::nanoseconds by) {
        m_now.steady += by;
        m_now.wall += std::chrono::duration_cast<std::chrono::system_clock::duration>(by);
    }

    /// The computer sleeps: only the wall clock goes on.
    void sleep(std::chrono::seconds by) { m_now.wall += by; }

private:
    Moment m_now{.steady = std::chrono::steady_clock::time_point(std::chrono::hours(1)),
                 .wall = std::chrono::system_clock::time_point(std::chrono::hours(500000))};
};

/// Sound whose samples tell their own position, exactly representable in 16 bits.
inline float counted(std::int64_t frame) {
    constexpr std::int64_t kPeriod = 32749;
    return static_cast<float>(frame % kPeriod) / 32768.0F;
}

inline std::vector<float> countedBlock(std::int64_t from, int count) {
    std::vector<float> block(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        block[static_cast<std::size_t>(i)] = counted(from + i);
    }
    return block;
}

} // namespace phial::recorder
