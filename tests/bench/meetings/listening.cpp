// SPDX-License-Identifier: MIT
// The voice detector and the pipeline behind it, over hours of sound.
#include "app/documents/audio_file_reader.h"
#include "app/meetings/pipeline/transcription_job.h"
#include "app/meetings/speech_segmenter.h"
#include "inference/base/error.h"
#include "tests/bench/meetings/figure.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/noises.h"

#include <cstdio>
#include <map>
#include <memory>

namespace phial::meetings {
namespace {

/// A voice of two seconds at every full minute, at any rate.
class Minutes {
public:
    explicit Minutes(int rateHz)
        : m_rateHz(rateHz) {
        const auto samples = static_cast<int>(kVoiceSeconds * rateHz);
        double phase = 0;
        for (int i = 0; i < samples; ++i) {
            const double t = static_cast<double>(i) / rateHz;
            phase += (130 + 25 * std::sin(2 * std::numbers::pi * 2.3 * t)) / rateHz;
            double sum = 0;
            for (int h = 1; h <= 20; ++h) {
                sum += std::sin(2 * std::numbers::pi * h * phase) / h;
            }
            const double syllables = 0.6 + 0.4 * std::sin(2 * std::numbers::pi * 4 * t);
            m_voice.push_back(static_cast<std::int16_t>(3276 * sum * syllables));
        }
    }

    /// The minute that begins with a voice after ten seconds.
    std::vector<std::int16_t> minute() const {
        std::vector<std::int16_t> samples(static_cast<std::size_t>(60 * m_rateHz));
        std::copy(m_voice.begin(), m_voice.end(),
                  samples.begin() + static_cast<std::ptrdiff_t>(kBegins * m_rateHz));
        return samples;
    }

    static constexpr double kVoiceSeconds = 2;
    static constexpr double kBegins = 10;

private:
    int m_rateHz;
    std::vector<std::int16_t> m_voice;
};

/// Has ffmpeg write `minutes` of it in the format that the name says.
void writeMinutes(const std::filesystem::path& file, int rateHz, int minutes) {
    const std::string command = "ffmpeg -nostdin -v error -y -f s16le -ar " +
                                std::to_string(rateHz) + " -ac 1 -i pipe:0 '" + file.string() + "'";
    FILE* const pipe = ::popen(command.c_str(), "w");
    check(pipe != nullptr, "ffmpeg cannot be started");
    const std::vector<std::int16_t> minute = Minutes(rateHz).minute();
    for (int i = 0; i < minutes; ++i) {
        std::fwrite(minute.data(), 2, minute.size(), pipe);
    }
    check(::pclose(pipe) == 0, "ffmpeg could not write the file");
}

/// Largest distance of a border in the file from where it belongs, in ms, and what it took.
struct Borders {
    double worstMs = 0;
    double spreadMs = 0; ///< last beginning against the first: drift alone
    std::size_t found = 0;
    double grownMb = 0; ///< memory, from the tenth minute to the end
};

Borders bordersOf(const std::filesystem::path& file) {
    const auto reader = documents::openAudioFile(file);
    const int rate = reader->info().sampleRateHz;
    SpeechSegmenter segmenter(rate, makeSpectralVad(rate));
    Borders borders;
    std::vector<float> block;
    std::vector<SpeechSegment> found;
    std::vector<double> starts;
    double before = 0;
    const auto take = [&](std::vector<SpeechSegment> segments) {
        for (const SpeechSegment& segment : segments) {
            // A segment keeps 450 ms before the first frame that was heard.
            const double start = static_cast<double>(segment.startSample) / rate + 0.45;
            starts.push_back(start - Minutes::kBegins - 60 * static_cast<double>(starts.size()));
            before = starts.size() == 10 ? residentMegabytes() : before;
        }
    };
    while (reader->read(block)) {
        take(segmenter.push(block));
    }
    take(segmenter.finish());
    for (const double off : starts) {
        borders.worstMs = std::max(borders.worstMs, std::abs(off) * 1000);
        borders.spreadMs = std::max(borders.spreadMs, std::abs(off - starts.front()) * 1000);
    }
    borders.found = starts.size();
    borders.grownMb = residentMegabytes() - before;
    return borders;
}

} // namespace

void measureDrift(const Bench& bench) {
    const auto minutes = static_cast<int>(300 * bench.share);
    for (const auto& [name, rate] : {std::pair{"44100.m4a", 44100}, {"48000.flac", 48000}}) {
        const std::filesystem::path file = bench.folder / name;
        bench.begins(name);
        writeMinutes(file, rate, minutes);
        const Borders borders = bordersOf(file);
        std::filesystem::remove(file);
        const std::string how = std::to_string(minutes) + " min, a voice every minute, " + name;
        bench.found({"B17 voices not found",
                     std::abs(static_cast<double>(minutes) - static_cast<double>(borders.found)), 0,
                     "voices", how});
        bench.found({"B17 worst border", borders.worstMs, 50, "ms", how});
        bench.found({"B17 worst drift against the first", borders.spreadMs, 50, "ms", how});
        bench.found({"5 h import: memory grown", borders.grownMb, 8, "MB", how});
    }
}

void measureInvented(const Bench& bench) {
    const double seconds = 1800 * bench.share;
    const auto burst = [](double t, double every, double length) {
        return std::fmod(t, every) < length;
    };
    std::mt19937 random(11);
    std::uniform_real_distribution<double> any(-1, 1);
    const std::map<std::string, std::function<std::vector<float>()>> kinds{
        {"silence", [&] { return std::vector<float>(static_cast<std::size_t>(seconds * kRate)); }},
        {"white noise", [&] { return whiteNoise(seconds, 21); }},
        {"pink noise", [&] { return pinkNoise(seconds, 22); }},
        {"gusts", // noise that swells, as wind and passing cars
         [&] {
             std::vector<float> samples = pinkNoise(seconds, 23);
             for (std::size_t i = 0; i < samples.size(); ++i) {
                 const double t = static_cast<double>(i) / kRate;
                 samples[i] *= static_cast<float>(0.1 + std::pow(std::sin(0.7 * t), 4) +
                                                  0.4 * std::pow(std::sin(2.9 * t), 8));
             }
             return samples;
         }},
        {"typing and clicks",
         [&] {
             return tone(seconds, [&](double t) {
                 return std::fmod(t, 0.31) < 0.004 || std::fmod(t, 0.47) < 0.003 ? any(random) : 0;
             });
         }},
        {"mains hum",
         [&] {
             return tone(seconds, [](double t) {
                 double sum = 0;
                 for (int h = 1; h <= 12; ++h) {
                     sum += std::sin(2 * std::numbers::pi * 50 * h * t) / h;
                 }
                 return sum;
             });
         }},
        {"telephone and alarms",
         [&] {
             return tone(seconds, [&](double t) {
                 return burst(t, 3, 1)       ? std::sin(2 * std::numbers::pi * 425 * t)
                        : burst(t, 11, 0.15) ? std::sin(2 * std::numbers::pi * 2000 * t)
                                             : 0.0;
             });
         }},
        {"organ chords", [&] { return melody(seconds, 0.8, 0, 3); }},
        {"piano", [&] { return melody(seconds, 0.4, 4, 3); }},
        {"fiddle, quick", [&] { return melody(seconds, 0.2, 1, 1); }},
        {"band", // piano and drums
         [&] {
             std::vector<float> samples = melody(seconds, 0.5, 3, 3);
             const std::vector<float> hiss = whiteNoise(1, 24);
             for (std::size_t i = 0; i < samples.size(); ++i) {
                 const double t = static_cast<double>(i) / kRate;
                 const double beat = std::fmod(t, 0.5);
                 samples[i] += static_cast<float>(3 * std::exp(-30 * beat) *
                                                      std::sin(2 * std::numbers::pi * 60 * t) +
                                                  std::exp(-60 * std::fmod(t + 0.25, 0.5)) *
                                                      static_cast<double>(hiss[i % hiss.size()]));
             }
             return samples;
         }},
    };
    for (const auto& [name, make] : kinds) {
        bench.begins(name);
        auto clip = std::make_shared<AudioClip>();
        clip->sampleRateHz = kRate;
        clip->samples = make();
        if (name != "silence") {
            scaleTo(clip->samples, -30);
        }
        // A model that always says something, as real ones do when they hear nothing.
        AnsweringEngine engine([](const Request&) { return "Thank you for watching."; });
        const auto words = [](const Transcript& transcript) {
            std::size_t count = 0;
            for (const TranscriptSegment& line : transcript.segments) {
                count += 1 + static_cast<std::size_t>(
                                 std::count(line.text.begin(), line.text.end(), ' '));
            }
            return static_cast<double>(count);
        };
        TranscriptionJob job(tasks::soundOf(clip), {}, {}, {}, std::chrono::steady_clock::now);
        while (job.step(engine, {}) == StepResult::More) {
        }
        const double most = name == "silence" ? 0 : 2 * seconds / 600;
        bench.found({"B18 words invented in " + name, words(job.transcript()), most, "words",
                     std::to_string(static_cast<int>(seconds)) + " s at -30 dBFS"});
    }
}

} // namespace phial::meetings
