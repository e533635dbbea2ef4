// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace phial::audio {

/// A sound system that does what a test says. The test's thread plays the role of the sound
/// system's thread. Shared between the test and the backend, which lives on the capture thread:
/// hence the mutex.
class FakeSoundSystem {
public:
    /// Sound arrives from every open device, or from the one of that id; false when there is none.
    bool deliver(const std::vector<float>& samples, const std::string& device = {}) {
        const std::scoped_lock lock(m_mutex);
        bool any = false;
        for (const Open& open : m_open) {
            if (device.empty() || open.device == device) {
                open.sink->onFrames(samples);
                any = true;
            }
        }
        return any;
    }

    /// The device disappears: the running stream ends without an error, opening fails.
    void unplug() {
        const std::scoped_lock lock(m_mutex);
        m_plugged = false;
        for (const Open& open : m_open) {
            open.sink->onFinished();
        }
    }

    void replug() {
        const std::scoped_lock lock(m_mutex);
        m_plugged = true;
    }

    void setDevices(std::vector<InputDevice> devices) {
        const std::scoped_lock lock(m_mutex);
        m_devices = std::move(devices);
    }

    /// The next `times` attempts to open find the device in use.
    void setBusy(int times) {
        const std::scoped_lock lock(m_mutex);
        m_busy = times;
    }

    int opened() const {
        const std::scoped_lock lock(m_mutex);
        return m_opened;
    }

    /// Any device, or the one of that id.
    bool isOpen(const std::string& device = {}) const {
        const std::scoped_lock lock(m_mutex);
        return std::any_of(m_open.begin(), m_open.end(), [&device](const Open& open) {
            return device.empty() || open.device == device;
        });
    }

    int lastRate() const {
        const std::scoped_lock lock(m_mutex);
        return m_lastRate;
    }

private:
    friend class FakeBackend;
    friend class FakeStream;

    struct Open {
        std::string device;
        FrameSink* sink;
    };

    mutable std::mutex m_mutex;
    std::vector<InputDevice> m_devices{
        {.id = "Fake/mic", .name = "Fake microphone", .nativeRateHz = 8000, .isDefault = true},
        {.id = "Fake/other", .name = "Other microphone", .nativeRateHz = 44100, .isDefault = false},
    };
    std::vector<Open> m_open;
    bool m_plugged = true;
    int m_busy = 0;
    int m_opened = 0;
    int m_lastRate = 0;
};

class FakeStream final : public AudioStream {
public:
    FakeStream(FakeSoundSystem& system, FrameSink& sink, int rateHz)
        : m_system(system)
        , m_sink(sink)
        , m_rateHz(rateHz) {}

    ~FakeStream() override {
        const std::scoped_lock lock(m_system.m_mutex);
        const auto open =
            std::find_if(m_system.m_open.begin(), m_system.m_open.end(),
                         [this](const FakeSoundSystem::Open& one) { return one.sink == &m_sink; });
        m_system.m_open.erase(open);
    }

    int sampleRateHz() const override { return m_rateHz; }

private:
    FakeSoundSystem& m_system;
    FrameSink& m_sink;
    int m_rateHz;
};

class FakeBackend final : public AudioBackend {
public:
    explicit FakeBackend(FakeSoundSystem& system)
        : m_system(system) {}

    std::vector<InputDevice> rescan() override {
        const std::scoped_lock lock(m_system.m_mutex);
        return m_system.m_devices;
    }

    OpenResult open(const std::string& deviceId, std::optional<int> rateHz,
                    FrameSink& sink) override {
        const std::scoped_lock lock(m_system.m_mutex);
        if (m_system.m_devices.empty()) {
            return {.failure = CaptureFailure::NoMicrophone, .reason = "none"};
        }
        if (m_system.m_busy > 0) {
            --m_system.m_busy;
            return {.failure = CaptureFailure::Busy, .reason = "in use"};
        }
        for (const InputDevice& device : m_system.m_devices) {
            if (m_system.m_plugged &&
                (deviceId.empty() ? device.isDefault : device.id == deviceId)) {
                ++m_system.m_opened;
                m_system.m_open.push_back({device.id, &sink});
                m_system.m_lastRate = rateHz.value_or(static_cast<int>(device.nativeRateHz));
                return {.stream =
                            std::make_unique<FakeStream>(m_system, sink, m_system.m_lastRate)};
            }
        }
        return {.failure = CaptureFailure::NotConnected, .reason = "not connected"};
    }

private:
    FakeSoundSystem& m_system;
};

} // namespace phial::audio
