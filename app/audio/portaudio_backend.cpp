// SPDX-License-Identifier: MIT
#include "app/audio/portaudio_backend.h"

#include "app/audio/portaudio_library.h"
#include "app/audio/system_audio.h"

#include <portaudio.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <map>

namespace phial::audio {
namespace {

/// Shorter buffers lose sound on a busy computer, longer ones make the level meter jump.
constexpr double kLeastLatencySeconds = 0.04;

/// "USB Audio: - (hw:1,0)" -> "USB Audio: -": the card number changes between starts.
std::string withoutCardNumber(const std::string& name) {
    const std::size_t bracket = name.rfind(" (hw:");
    return bracket == std::string::npos ? name : name.substr(0, bracket);
}

class PortAudioStream final : public AudioStream {
public:
    PortAudioStream(FrameSink& sink, int rateHz)
        : m_sink(sink)
        , m_rateHz(rateHz) {}

    ~PortAudioStream() override {
        const PortAudioLibrary::Lock held = PortAudioLibrary::lock();
        if (m_stream != nullptr) {
            m_closing.store(true, std::memory_order_release);
            // Abort, not stop: stop waits for a device that may be frozen.
            Pa_AbortStream(m_stream);
            Pa_CloseStream(m_stream);
            PortAudioLibrary::streamClosed(held);
        }
    }

    PortAudioStream(const PortAudioStream&) = delete;
    PortAudioStream& operator=(const PortAudioStream&) = delete;

    int sampleRateHz() const override { return m_rateHz; }

    PaError open(const PaStreamParameters& parameters, const PortAudioLibrary::Lock& held) {
        PaError error =
            Pa_OpenStream(&m_stream, &parameters, nullptr, m_rateHz, paFramesPerBufferUnspecified,
                          paClipOff, &PortAudioStream::onBuffer, this);
        if (error != paNoError) {
            m_stream = nullptr;
            return error;
        }
        PortAudioLibrary::streamOpened(held);
        error = Pa_SetStreamFinishedCallback(m_stream, &PortAudioStream::onEnd);
        return error == paNoError ? Pa_StartStream(m_stream) : error;
    }

private:
    static int onBuffer(const void* input, void* /*output*/, unsigned long frames,
                        const PaStreamCallbackTimeInfo* /*time*/, PaStreamCallbackFlags /*flags*/,
                        void* self) noexcept {
        if (input != nullptr) {
            static_cast<PortAudioStream*>(self)->m_sink.onFrames(
                {static_cast<const float*>(input), frames});
        }
        return paContinue;
    }

    static void onEnd(void* self) noexcept {
        auto* const stream = static_cast<PortAudioStream*>(self);
        if (!stream->m_closing.load(std::memory_order_acquire)) {
            stream->m_sink.onFinished();
        }
    }

    FrameSink& m_sink;
    int m_rateHz;
    std::atomic<bool> m_closing{false};
    PaStream* m_stream = nullptr;
};

OpenResult failed(CaptureFailure failure, std::string reason) {
    return {.stream = nullptr, .failure = failure, .reason = std::move(reason)};
}

OpenResult failedToOpen(const std::string& device, PaError error) {
    std::string why = Pa_GetErrorText(error);
    bool busy = error == paDeviceUnavailable;
    if (error == paUnanticipatedHostError) {
        const PaHostErrorInfo* const host = Pa_GetLastHostErrorInfo();
        if (host != nullptr && host->errorText != nullptr && *host->errorText != '\0') {
            why = host->errorText;
            busy = host->errorCode == -EBUSY || host->errorCode == -EACCES;
        }
    }
    if (busy) {
        return failed(CaptureFailure::Busy,
                      "The microphone \"" + device +
                          "\" is used by another program or access to it is denied (" + why +
                          "); close the other program or choose another microphone.");
    }
    return failed(CaptureFailure::Unusable, "The microphone \"" + device + "\" cannot be opened (" +
                                                why + "); choose another one or plug it in again.");
}

class PortAudioBackend final : public AudioBackend {
public:
    std::vector<InputDevice> rescan() override {
        const PortAudioLibrary::Lock held = PortAudioLibrary::lock();
        PortAudioLibrary::lookAgain(held);
        update(held);
        std::vector<InputDevice> list;
        for (const Entry& entry : m_entries) {
            list.push_back(entry.device);
        }
        return list;
    }

    bool devicesChanged() override {
        return PortAudioLibrary::devicesChanged(PortAudioLibrary::lock());
    }

    OpenResult open(const std::string& deviceId, std::optional<int> rateHz,
                    FrameSink& sink) override {
        PortAudioLibrary::Lock held = PortAudioLibrary::lock();
        update(held);
        if (m_entries.empty()) {
            return failed(CaptureFailure::NoMicrophone,
                          "No microphone was found; plug one in and try again.");
        }
        const auto entry =
            std::find_if(m_entries.begin(), m_entries.end(), [&](const Entry& candidate) {
                return deviceId.empty() ? candidate.device.isDefault
                                        : candidate.device.id == deviceId;
            });
        if (entry == m_entries.end()) {
            return failed(CaptureFailure::NotConnected,
                          deviceId.empty()
                              ? "The sound system names no default microphone; choose one."
                              : "The microphone \"" + deviceId +
                                    "\" is not connected; plug it in or choose another one.");
        }
        const PaDeviceInfo* const info = Pa_GetDeviceInfo(entry->index);
        PaStreamParameters parameters{};
        parameters.device = entry->index;
        parameters.channelCount = 1;
        parameters.sampleFormat = paFloat32;
        parameters.suggestedLatency = std::max(info->defaultLowInputLatency, kLeastLatencySeconds);
        const int rate = rateHz.value_or(static_cast<int>(std::lround(entry->device.nativeRateHz)));
        auto stream = std::make_unique<PortAudioStream>(sink, rate);
        if (const PaError error = stream->open(parameters, held); error != paNoError) {
            OpenResult result = failedToOpen(entry->device.name, error);
            held.unlock(); // the stream takes the lock when it is destroyed
            return result;
        }
        return {.stream = std::move(stream)};
    }

private:
    struct Entry {
        PaDeviceIndex index = paNoDevice;
        InputDevice device;
    };

    /// Reads the list of devices when it has changed.
    void update(const PortAudioLibrary::Lock& held) {
        if (m_generation == PortAudioLibrary::generation(held)) {
            return;
        }
        m_generation = PortAudioLibrary::generation(held);
        m_entries.clear();
        const PaDeviceIndex count = Pa_GetDeviceCount();
        const PaDeviceIndex standard = Pa_GetDefaultInputDevice();
        std::map<std::string, int> seen;
        for (PaDeviceIndex index = 0; index < count; ++index) {
            const PaDeviceInfo* const info = Pa_GetDeviceInfo(index);
            if (info == nullptr || info->maxInputChannels < 1) {
                continue;
            }
            const PaHostApiInfo* const host = Pa_GetHostApiInfo(info->hostApi);
            const std::string name = info->name;
            std::string id =
                std::string(host != nullptr ? host->name : "") + "/" + withoutCardNumber(name);
            if (const int twin = ++seen[id]; twin > 1) {
                id += " #" + std::to_string(twin); // two of the same make
            }
            m_entries.push_back({.index = index,
                                 .device = {.id = std::move(id),
                                            .name = name,
                                            .nativeRateHz = info->defaultSampleRate,
                                            .isDefault = index == standard,
                                            .isSystemAudio = name == kSystemAudioDevice}});
        }
    }

    PortAudioLibrary m_library;
    std::uint64_t m_generation = 0; ///< of m_entries; 0 = not read yet
    std::vector<Entry> m_entries;
};

} // namespace

std::unique_ptr<AudioBackend> makePortAudioBackend() {
    return std::make_unique<PortAudioBackend>();
}

} // namespace phial::audio
