// SPDX-License-Identifier: MIT
#include "app/audio/portaudio_output.h"

#include "app/audio/portaudio_library.h"

#include <portaudio.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace phial::audio {
namespace {

/// Shorter buffers crackle on a busy computer, longer ones let the marked line run ahead of what is
/// heard.
constexpr double kLatencySeconds = 0.06;
constexpr int kUsualRateHz = 48000;

class PortAudioOutputStream final : public OutputStream {
public:
    explicit PortAudioOutputStream(FrameFiller& filler)
        : m_filler(filler) {}

    ~PortAudioOutputStream() override {
        if (m_stream != nullptr) {
            const PortAudioLibrary::Lock held = PortAudioLibrary::lock();
            Pa_AbortStream(m_stream);
            Pa_CloseStream(m_stream);
            PortAudioLibrary::streamClosed(held);
        }
    }

    PortAudioOutputStream(const PortAudioOutputStream&) = delete;
    PortAudioOutputStream& operator=(const PortAudioOutputStream&) = delete;

    PaError open(const PaStreamParameters& parameters, int rateHz,
                 const PortAudioLibrary::Lock& held) {
        const PaError error =
            Pa_OpenStream(&m_stream, nullptr, &parameters, rateHz, paFramesPerBufferUnspecified,
                          paNoFlag, &PortAudioOutputStream::onBuffer, this);
        if (error != paNoError) {
            m_stream = nullptr;
            return error;
        }
        PortAudioLibrary::streamOpened(held);
        return Pa_StartStream(m_stream);
    }

private:
    static int onBuffer(const void* /*input*/, void* output, unsigned long frames,
                        const PaStreamCallbackTimeInfo* /*time*/, PaStreamCallbackFlags /*flags*/,
                        void* self) noexcept {
        static_cast<PortAudioOutputStream*>(self)->m_filler.fill(
            {static_cast<float*>(output), frames});
        return paContinue;
    }

    FrameFiller& m_filler;
    PaStream* m_stream = nullptr;
};

class PortAudioOutput final : public AudioOutput {
public:
    int nativeRateHz() override {
        const PortAudioLibrary::Lock held = PortAudioLibrary::lock();
        const PaDeviceInfo* const info = Pa_GetDeviceInfo(Pa_GetDefaultOutputDevice());
        return info == nullptr
                   ? kUsualRateHz
                   : std::max(8000, static_cast<int>(std::lround(info->defaultSampleRate)));
    }

    OutputResult open(int rateHz, FrameFiller& filler) override {
        PortAudioLibrary::Lock held = PortAudioLibrary::lock();
        PaDeviceIndex device = Pa_GetDefaultOutputDevice();
        if (device == paNoDevice) { // loudspeakers may have come since
            PortAudioLibrary::lookAgain(held);
            device = Pa_GetDefaultOutputDevice();
        }
        const PaDeviceInfo* const info = Pa_GetDeviceInfo(device);
        if (info == nullptr) {
            return {.stream = nullptr,
                    .reason = "No loudspeaker was found; connect one and play again."};
        }
        PaStreamParameters parameters{};
        parameters.device = device;
        parameters.channelCount = 1;
        parameters.sampleFormat = paFloat32;
        parameters.suggestedLatency = std::max(info->defaultLowOutputLatency, kLatencySeconds);
        auto stream = std::make_unique<PortAudioOutputStream>(filler);
        if (const PaError error = stream->open(parameters, rateHz, held); error != paNoError) {
            std::string reason = "The loudspeaker \"" + std::string(info->name) +
                                 "\" cannot be opened (" + Pa_GetErrorText(error) +
                                 "); close other programs that use it, or choose another one in "
                                 "the system's sound settings.";
            held.unlock(); // the stream takes the lock when it is destroyed
            return {.stream = nullptr, .reason = std::move(reason)};
        }
        return {.stream = std::move(stream), .reason = {}};
    }

private:
    PortAudioLibrary m_library;
};

} // namespace

std::unique_ptr<AudioOutput> makePortAudioOutput() {
    return std::make_unique<PortAudioOutput>();
}

} // namespace phial::audio
