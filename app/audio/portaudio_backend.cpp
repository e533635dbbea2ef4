// SPDX-License-Identifier: MIT
#include "app/audio/portaudio_backend.h"

#include <portaudio.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <cstdarg>
#include <cstring>
#include <dlfcn.h>
#include <map>

namespace phial::audio {
namespace {

/// Shorter buffers lose sound on a busy computer, longer ones make the level meter jump.
constexpr double kLeastLatencySeconds = 0.04;

void ignoreJackMessage(const char* /*message*/) {}

// The variadic form is ALSA's.
void ignoreAlsaMessage(const char* /*file*/, int /*line*/, const char* /*function*/, int /*error*/,
                       const char* /*format*/, ...) {
} // NOLINT(cert-dcl50-cpp,modernize-avoid-variadic-functions)

/// The object behind a function name in a library that PortAudio has loaded, or null.
template <typename Function>
Function loadedFunction(const char* name) {
    void* const symbol = dlsym(RTLD_DEFAULT, name);
    Function function = nullptr;
    static_assert(sizeof(function) == sizeof(symbol));
    std::memcpy(&function, &symbol, sizeof(symbol));
    return function;
}

/// Looking for devices makes libjack and alsa-lib print a page about what is not there. Both have a
/// hook for their messages; it is looked up at run time because the libraries belong to PortAudio
/// and may be absent.
void quietenLibraries() {
    using JackHandler = void (*)(const char*);
    using SetJackHandler = void (*)(JackHandler);
    for (const char* name : {"jack_set_error_function", "jack_set_info_function"}) {
        if (const auto set = loadedFunction<SetJackHandler>(name)) {
            set(&ignoreJackMessage);
        }
    }
    using AlsaHandler = void (*)(const char*, int, const char*, int, const char*, ...);
    using SetAlsaHandler = int (*)(AlsaHandler);
    if (const auto set = loadedFunction<SetAlsaHandler>("snd_lib_error_set_handler")) {
        set(&ignoreAlsaMessage);
    }
}

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
        if (m_stream != nullptr) {
            m_closing.store(true, std::memory_order_release);
            // Abort, not stop: stop waits for a device that may be frozen.
            Pa_AbortStream(m_stream);
            Pa_CloseStream(m_stream);
        }
    }

    PortAudioStream(const PortAudioStream&) = delete;
    PortAudioStream& operator=(const PortAudioStream&) = delete;

    int sampleRateHz() const override { return m_rateHz; }

    PaError open(const PaStreamParameters& parameters) {
        PaError error =
            Pa_OpenStream(&m_stream, &parameters, nullptr, m_rateHz, paFramesPerBufferUnspecified,
                          paClipOff, &PortAudioStream::onBuffer, this);
        if (error != paNoError) {
            m_stream = nullptr;
            return error;
        }
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
    PortAudioBackend() { initialize(); }

    ~PortAudioBackend() override { terminate(); }

    PortAudioBackend(const PortAudioBackend&) = delete;
    PortAudioBackend& operator=(const PortAudioBackend&) = delete;

    std::vector<InputDevice> rescan() override {
        // PortAudio looks at the hardware only while it initialises.
        terminate();
        initialize();
        std::vector<InputDevice> list;
        for (const Entry& entry : m_entries) {
            list.push_back(entry.device);
        }
        return list;
    }

    OpenResult open(const std::string& deviceId, std::optional<int> rateHz,
                    FrameSink& sink) override {
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
        if (const PaError error = stream->open(parameters); error != paNoError) {
            return failedToOpen(entry->device.name, error);
        }
        return {.stream = std::move(stream)};
    }

private:
    struct Entry {
        PaDeviceIndex index = paNoDevice;
        InputDevice device;
    };

    void initialize() {
        quietenLibraries();
        m_initialized = Pa_Initialize() == paNoError;
        if (!m_initialized) {
            return;
        }
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
                                            .isDefault = index == standard}});
        }
    }

    void terminate() {
        m_entries.clear();
        if (m_initialized) {
            Pa_Terminate();
            m_initialized = false;
        }
    }

    bool m_initialized = false;
    std::vector<Entry> m_entries;
};

} // namespace

std::unique_ptr<AudioBackend> makePortAudioBackend() {
    return std::make_unique<PortAudioBackend>();
}

} // namespace phial::audio
