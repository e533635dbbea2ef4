// SPDX-License-Identifier: MIT
#include "app/meetings/vad.h"

#include "inference/base/error.h"
#include "inference/preprocess/spectrum.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <complex>
#include <cstddef>
#include <numbers>
#include <string>
#include <vector>

namespace phial::meetings {
namespace {

constexpr int kLowestRateHz = 8000;
constexpr double kFrameSeconds = 0.03;
constexpr std::size_t kBands = 16;
constexpr double kLowestHz = 150;
constexpr double kHighestHz = 3800;

// Loudness, in decibels relative to a full-scale sine.
constexpr double kSilenceDb = -72;      ///< below this a 16-bit recording holds only its own noise
constexpr double kRiseUnvoicedDb = 0.6; ///< of the floor per frame: 20 dB a second
constexpr double kRiseVoicedDb = 0.03;  ///< 1 dB a second, so that long vowels do not raise it
constexpr double kQuietSnrDb = 2;
constexpr double kLoudSnrDb = 6;

// Pitch of voices, from a low man's to a child's.
constexpr double kLowestPitchHz = 70;
constexpr double kHighestPitchHz = 420;
// Periodicity: white and pink noise stay below 0.21 in 99 of 100 frames, half of the loud frames of
// speech are above 0.37 even 10 dB above pink noise.
constexpr double kNoise = 0.25;
constexpr double kVoice = 0.5;

/// Frames of the long spectrum, and how far apart two of them are compared.
constexpr std::size_t kLong = 4;
/// Likeness of two spectra of 120 ms, 120 ms apart: voices glide (below 0.78 in 95 of 100 frames),
/// notes and chords stand (above 0.98 in half of them).
constexpr double kHeldSpectrum = 0.9;
/// Pitch of a clear tone against 60 ms before: instruments 0.03 %, voices several per cent.
constexpr std::size_t kShort = 2;
constexpr double kClear = 0.85;
constexpr double kHeldPitch = 0.0015;
constexpr float kHeldTonePenalty = 0.3F;

double ramp(double value, double from, double to) {
    return std::clamp((value - from) / (to - from), 0.0, 1.0);
}

std::vector<double> hann(std::size_t size) {
    std::vector<double> window(size);
    for (std::size_t i = 0; i < size; ++i) {
        window[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * (static_cast<double>(i) + 0.5) /
                                         static_cast<double>(size));
    }
    return window;
}

double decibels(double power) {
    return 10 * std::log10(power + 1e-12);
}

struct Pitch {
    double periodicity = 0; ///< normalized autocorrelation at the best lag
    double lag = 0;         ///< in samples of the reduced rate
};

class SpectralVad final : public Vad {
public:
    explicit SpectralVad(int rateHz)
        : m_rateHz(rateHz)
        , m_frame(static_cast<int>(kFrameSeconds * rateHz))
        , m_fft(static_cast<int>(std::bit_ceil(static_cast<unsigned>(m_frame))))
        , m_scratch(static_cast<std::size_t>(m_fft.size()) / 2)
        , m_power(static_cast<std::size_t>(m_fft.size()) / 2 + 1)
        , m_longFft(static_cast<int>(std::bit_ceil(kLong * static_cast<unsigned>(m_frame))))
        , m_longScratch(static_cast<std::size_t>(m_longFft.size()) / 2)
        , m_longPower(static_cast<std::size_t>(m_longFft.size()) / 2 + 1)
        , m_recent(kLong * static_cast<std::size_t>(m_frame))
        , m_reduction(std::max(rateHz / 8000, 1))
        , m_reducedHz(static_cast<double>(rateHz) / m_reduction) {
        m_window = hann(static_cast<std::size_t>(m_frame));
        m_longWindow = hann(m_recent.size());
        m_floor.fill(kSilenceDb);
    }

    int frameSamples() const override { return m_frame; }

    bool wasHeldTone() const override { return m_held; }

    float feed(std::span<const float> frame) override {
        check(frame.size() == static_cast<std::size_t>(m_frame), "a frame of another length");
        measureSpectrum(frame);
        const double snr = measureLoudness();
        keep(frame);
        const Pitch pitch = snr > kQuietSnrDb ? findPitch() : Pitch{};
        const bool voiced = pitch.periodicity > kNoise;
        adaptFloor(voiced);
        Past now{.spectrum = voiced ? longSpectrum() : std::vector<double>(), .pitch = pitch};
        m_held = voiced && isHeld(now);
        m_past[m_turn] = std::move(now);
        m_turn = (m_turn + 1) % kLong;
        const double probability =
            ramp(snr, kQuietSnrDb, kLoudSnrDb) * ramp(pitch.periodicity, kNoise, kVoice);
        return static_cast<float>(probability) * (m_held ? kHeldTonePenalty : 1.0F);
    }

private:
    struct Past {
        std::vector<double>
            spectrum; ///< amplitudes in the speech band, unit length; empty = no voice
        Pitch pitch;
    };

    std::size_t binAt(double hz) const {
        const double bin = hz * m_fft.size() / m_rateHz;
        return std::min(static_cast<std::size_t>(std::lround(bin)), m_power.size() - 1);
    }

    void measureSpectrum(std::span<const float> frame) {
        std::vector<double> signal(frame.size());
        double mean = 0;
        for (const float sample : frame) {
            mean += std::isfinite(sample) ? static_cast<double>(sample) : 0;
        }
        mean /= static_cast<double>(frame.size());
        for (std::size_t i = 0; i < frame.size(); ++i) {
            const double sample = std::isfinite(frame[i]) ? static_cast<double>(frame[i]) : 0;
            signal[i] = (sample - mean) * m_window[i];
        }
        m_fft.power(signal, m_scratch, m_power);
        // A full-scale sine has power (frame / 4)^2 in its bin under a Hann window.
        const double full = m_frame / 4.0 * (m_frame / 4.0);
        for (double& power : m_power) {
            power /= full;
        }
    }

    /// Mean over the bands of how far each is above its floor; loud bands count for no more than
    /// 30 dB, so that one whistling band does not make speech.
    double measureLoudness() {
        double sum = 0;
        for (std::size_t band = 0; band < kBands; ++band) {
            const double ratio = kHighestHz / kLowestHz;
            const double low = static_cast<double>(band) / kBands;
            const double high = static_cast<double>(band + 1) / kBands;
            const std::size_t first = binAt(kLowestHz * std::pow(ratio, low));
            const std::size_t last = std::max(binAt(kLowestHz * std::pow(ratio, high)), first + 1);
            double power = 0;
            for (std::size_t bin = first; bin < last && bin < m_power.size(); ++bin) {
                power += m_power[bin];
            }
            m_level[band] = std::max(decibels(power), kSilenceDb);
            sum += std::clamp(m_level[band] - m_floor[band], 0.0, 30.0);
        }
        return sum / kBands;
    }

    void adaptFloor(bool voiced) {
        const double rise = voiced ? kRiseVoicedDb : kRiseUnvoicedDb;
        for (std::size_t band = 0; band < kBands; ++band) {
            // Down at a quarter of the way: single dips of noise are not the floor.
            const double gap = m_level[band] - m_floor[band];
            m_floor[band] += gap < 0 ? gap / 4 : std::min(gap, rise);
        }
    }

    /// Keeps the last frames for the long spectrum, and two at about 8 kHz for the pitch.
    void keep(std::span<const float> frame) {
        std::shift_left(m_recent.begin(), m_recent.end(), m_frame);
        std::transform(frame.begin(), frame.end(), m_recent.end() - m_frame, [](float sample) {
            return std::isfinite(sample) ? static_cast<double>(sample) : 0.0;
        });
        const auto step = static_cast<std::size_t>(m_reduction);
        std::vector<double> reduced;
        for (std::size_t i = 0; i + step <= frame.size(); i += step) {
            double sum = 0;
            for (std::size_t k = 0; k < step; ++k) {
                sum += std::isfinite(frame[i + k]) ? static_cast<double>(frame[i + k]) : 0;
            }
            reduced.push_back(sum);
        }
        std::swap(m_previous, m_current);
        m_current = std::move(reduced);
        if (m_previous.size() != m_current.size()) {
            m_previous.assign(m_current.size(), 0.0);
        }
    }

    Pitch findPitch() const {
        std::vector<double> signal = m_previous;
        signal.insert(signal.end(), m_current.begin(), m_current.end());
        // First differences flatten the slope of pink noise, which would look periodic otherwise.
        for (std::size_t i = signal.size() - 1; i > 0; --i) {
            signal[i] -= 0.9 * signal[i - 1];
        }
        signal[0] = 0;
        const auto shortest = static_cast<std::size_t>(m_reducedHz / kHighestPitchHz);
        const auto longest =
            std::min(static_cast<std::size_t>(m_reducedHz / kLowestPitchHz), signal.size() / 2);
        std::vector<double> likeness(longest + 2, 0.0);
        Pitch best;
        for (std::size_t lag = shortest - 1; lag <= longest + 1; ++lag) {
            double both = 0;
            double now = 1e-9;
            double then = 1e-9;
            for (std::size_t i = lag; i < signal.size(); ++i) {
                both += signal[i] * signal[i - lag];
                now += signal[i] * signal[i];
                then += signal[i - lag] * signal[i - lag];
            }
            likeness[lag] = both / std::sqrt(now * then);
        }
        for (std::size_t lag = shortest; lag <= longest; ++lag) {
            const double here = likeness[lag];
            const bool peak = here >= likeness[lag - 1] && here >= likeness[lag + 1];
            // Multiples of the period are as alike; the shortest one is the pitch.
            if (peak && here > best.periodicity * 1.05) {
                const double bend = likeness[lag - 1] - 2 * here + likeness[lag + 1];
                const double shift =
                    bend < 0 ? 0.5 * (likeness[lag - 1] - likeness[lag + 1]) / bend : 0;
                best = {.periodicity = here, .lag = static_cast<double>(lag) + shift};
            }
        }
        return best;
    }

    bool isHeld(const Past& now) const {
        const Past& before = m_past[m_turn]; // kLong frames ago
        double likeness = 0;
        for (std::size_t i = 0; i < before.spectrum.size(); ++i) {
            likeness += now.spectrum[i] * before.spectrum[i];
        }
        const Past& justNow = m_past[(m_turn + kLong - kShort) % kLong];
        const bool clear = now.pitch.periodicity > kClear && justNow.pitch.periodicity > kClear;
        return likeness > kHeldSpectrum ||
               (clear && std::abs(now.pitch.lag / justNow.pitch.lag - 1) < kHeldPitch);
    }

    std::vector<double> longSpectrum() {
        std::vector<double> signal(m_recent.size());
        for (std::size_t i = 0; i < signal.size(); ++i) {
            signal[i] = m_recent[i] * m_longWindow[i];
        }
        m_longFft.power(signal, m_longScratch, m_longPower);
        const double binsPerHz = static_cast<double>(m_longFft.size()) / m_rateHz;
        const auto first = static_cast<std::size_t>(kLowestHz * binsPerHz);
        const auto last =
            std::min(static_cast<std::size_t>(kHighestHz * binsPerHz), m_longPower.size());
        std::vector<double> spectrum;
        double length = 1e-20;
        for (std::size_t bin = first; bin < last; ++bin) {
            spectrum.push_back(std::sqrt(m_longPower[bin]));
            length += m_longPower[bin];
        }
        for (double& value : spectrum) {
            value /= std::sqrt(length);
        }
        return spectrum;
    }

    int m_rateHz;
    int m_frame;
    preprocess::RealFft m_fft;
    std::vector<double> m_window;
    std::vector<std::complex<double>> m_scratch;
    std::vector<double> m_power;
    preprocess::RealFft m_longFft;
    std::vector<std::complex<double>> m_longScratch;
    std::vector<double> m_longPower;
    std::vector<double> m_recent;
    std::vector<double> m_longWindow;
    int m_reduction;
    double m_reducedHz;
    std::array<double, kBands> m_level{};
    std::array<double, kBands> m_floor{};
    std::vector<double> m_previous;
    std::vector<double> m_current;
    std::array<Past, kLong> m_past;
    std::size_t m_turn = 0;
    bool m_held = false;
};

} // namespace

std::unique_ptr<Vad> makeSpectralVad(int sampleRateHz) {
    if (sampleRateHz < kLowestRateHz) {
        throw Error(ErrorCode::BadMedia, "Sound at " + std::to_string(sampleRateHz) +
                                             " Hz is too coarse for speech; 8000 Hz are needed.");
    }
    return std::make_unique<SpectralVad>(sampleRateHz);
}

} // namespace phial::meetings
