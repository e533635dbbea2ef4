// SPDX-License-Identifier: MIT
// Speech must come through and nothing else may: judged with synthetic voices, a recorded one where
// the system has it, and sounds made from formulas.
#include "app/meetings/speech_segmenter.h"
#include "tests/meetings/noises.h"
#include "tests/support/source_root.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

namespace phial::meetings {
namespace {

constexpr double kPi = std::numbers::pi;

struct Sound {
    int rateHz = kRate;
    std::vector<float> samples;
};

std::vector<SpeechSegment> segmentsOf(const Sound& sound) {
    SpeechSegmenter segmenter(sound.rateHz, makeSpectralVad(sound.rateHz));
    std::vector<SpeechSegment> all;
    // Odd blocks: nothing may depend on how the sound arrives.
    constexpr std::size_t kBlock = 7777;
    for (std::size_t at = 0; at < sound.samples.size(); at += kBlock) {
        const auto block =
            std::span(sound.samples).subspan(at, std::min(kBlock, sound.samples.size() - at));
        for (SpeechSegment& segment : segmenter.push(block)) {
            all.push_back(std::move(segment));
        }
    }
    for (SpeechSegment& segment : segmenter.finish()) {
        all.push_back(std::move(segment));
    }
    return all;
}

double secondsOf(const std::vector<SpeechSegment>& segments, int rateHz) {
    double sum = 0;
    for (const SpeechSegment& segment : segments) {
        sum += static_cast<double>(segment.samples.size()) / rateHz;
    }
    return sum;
}

Sound readWav(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    Sound sound;
    std::memcpy(&sound.rateHz, all.data() + 24, 4);
    const std::size_t at = all.find("data") + 8;
    for (std::size_t i = at; i + 1 < all.size(); i += 2) {
        std::int16_t sample = 0;
        std::memcpy(&sample, all.data() + i, 2);
        sound.samples.push_back(static_cast<float>(sample) / 32768.0F);
    }
    return sound;
}

/// A sentence of a synthetic voice; empty where espeak-ng is not installed.
Sound speak(const std::string& voice, const std::string& text) {
    const test::TempFolder folder;
    const std::string file = (folder.path() / "speech.wav").string();
    const std::string command =
        "espeak-ng -v " + voice + " -w '" + file + "' '" + text + "' 2>/dev/null";
    if (std::system(command.c_str()) != 0) {
        return {};
    }
    return readWav(file);
}

const std::vector<std::pair<std::string, std::string>> kSentences{
    {"en-us", "We agreed to move the release to Thursday because two tests still fail."},
    {"en-gb+f3", "Could somebody please take the minutes of this meeting today?"},
    {"de", "Wir treffen uns am Donnerstag um neun Uhr in der Bibliothek."},
    {"fr+f2", "La réunion commence demain matin à huit heures et demie."},
    {"es", "Necesitamos tres semanas más para terminar el proyecto."},
    {"it+f4", "Il budget è stato approvato da tutta la commissione."},
    {"pt", "O próximo passo é falar com o cliente sobre os prazos."},
};

void mix(std::vector<float>& samples, const std::vector<float>& other) {
    for (std::size_t i = 0; i < samples.size(); ++i) {
        samples[i] = std::clamp(samples[i] + other[i % other.size()], -1.0F, 1.0F);
    }
}

/// Two seconds of nothing, the speech, two seconds of nothing.
Sound framed(Sound speech) {
    const auto pad = static_cast<std::size_t>(2 * speech.rateHz);
    speech.samples.insert(speech.samples.begin(), pad, 0.0F);
    speech.samples.insert(speech.samples.end(), pad, 0.0F);
    return speech;
}

/// Share of the loud 30 ms frames of the clean speech that lie inside a segment.
double heardShare(const Sound& clean, const std::vector<SpeechSegment>& segments) {
    const auto frame = static_cast<std::size_t>(clean.rateHz * 0.03);
    std::vector<double> energies;
    for (std::size_t at = 0; at + frame <= clean.samples.size(); at += frame) {
        double sum = 0;
        for (std::size_t i = at; i < at + frame; ++i) {
            sum += static_cast<double>(clean.samples[i]) * static_cast<double>(clean.samples[i]);
        }
        energies.push_back(sum);
    }
    const double loud = *std::max_element(energies.begin(), energies.end()) * 1e-3; // -30 dB
    int all = 0;
    int heard = 0;
    for (std::size_t i = 0; i < energies.size(); ++i) {
        if (energies[i] < loud) {
            continue;
        }
        ++all;
        const auto middle = static_cast<std::int64_t>(i * frame + frame / 2);
        for (const SpeechSegment& s : segments) {
            const auto end = s.startSample + static_cast<std::int64_t>(s.samples.size());
            if (middle >= s.startSample && middle < end) {
                ++heard;
                break;
            }
        }
    }
    return static_cast<double>(heard) / all;
}

TEST(Vad, SilenceNoiseAndMusicHaveNoSpeechAtAnyLevel) {
    constexpr double kSeconds = 30;
    const std::map<std::string, std::vector<float>> sounds{
        {"white noise", whiteNoise(kSeconds, 1)},
        {"pink noise", pinkNoise(kSeconds, 2)},
        {"organ, slow", melody(kSeconds, 0.5, 0, 1)},
        {"organ, chords", melody(kSeconds, 0.8, 0, 3)},
        {"fiddle, quick", melody(kSeconds, 0.2, 1, 1)},
        {"piano, slow", melody(kSeconds, 0.5, 3, 1)},
        {"piano, chords", melody(kSeconds, 0.4, 4, 3)},
        {"whistle", tone(kSeconds, [](double t) { return std::sin(2 * kPi * 1000 * t); })},
        {"mains hum", tone(kSeconds,
                           [](double t) {
                               double sum = 0;
                               for (int h = 1; h <= 12; ++h) {
                                   sum += std::sin(2 * kPi * 50 * h * t) / h;
                               }
                               return sum;
                           })},
        {"telephone", tone(kSeconds,
                           [](double t) {
                               const bool rings = std::fmod(t, 3.0) < 1.0;
                               return rings ? std::sin(2 * kPi * 425 * t) : 0.0;
                           })},
        {"clicks",
         tone(kSeconds, [](double t) { return std::fmod(t, 0.31) < 0.0005 ? 1.0 : 0.0; })},
    };
    double worst = 0;
    for (const auto& [name, samples] : sounds) {
        for (const double level : {-55.0, -35.0, -12.0}) {
            Sound sound{.samples = samples};
            scaleTo(sound.samples, level);
            // From the first sample on, and suddenly after silence.
            for (const bool sudden : {false, true}) {
                if (sudden) {
                    std::fill_n(sound.samples.begin(), 3 * kRate, 0.0F);
                }
                const std::vector<SpeechSegment> found = segmentsOf(sound);
                worst = std::max(worst, secondsOf(found, kRate));
                EXPECT_TRUE(found.empty()) << name << " at " << level << " dBFS: " << found.size()
                                           << " segments, " << secondsOf(found, kRate) << " s";
            }
        }
    }
    EXPECT_TRUE(segmentsOf({.samples = std::vector<float>(60 * kRate)}).empty());
    std::cout << "longest false speech in half a minute: " << worst << " s\n";
}

TEST(Vad, SpeechIsHeardAtEveryLevelAndThroughNoise) {
    if (speak("en-us", "test").samples.empty()) {
        GTEST_SKIP() << "espeak-ng is not installed";
    }
    double worstClean = 1;
    double worstNoisy = 1;
    for (const auto& [voice, sentence] : kSentences) {
        for (const double level : {-45.0, -30.0, -15.0}) {
            Sound clean = speak(voice, sentence);
            scaleTo(clean.samples, level);
            clean = framed(std::move(clean));
            const double share = heardShare(clean, segmentsOf(clean));
            EXPECT_GE(share, 0.97) << voice << " at " << level << " dBFS";
            worstClean = std::min(worstClean, share);
            for (const double ratio : {20.0, 10.0}) {
                Sound noisy = clean;
                std::vector<float> noise = pinkNoise(10, 3);
                scaleTo(noise, level - ratio);
                mix(noisy.samples, noise);
                const double through = heardShare(clean, segmentsOf(noisy));
                EXPECT_GE(through, ratio > 15 ? 0.95 : 0.85)
                    << voice << " at " << level << " dBFS, " << ratio << " dB above noise";
                worstNoisy = std::min(worstNoisy, through);
            }
        }
    }
    std::cout << "heard of the loud frames, worst sentence: " << worstClean * 100 << " % clean, "
              << worstNoisy * 100 << " % in noise\n";
}

TEST(Vad, EverySentenceIsHeardWhereverItsFramesBegin) {
    int sentences = 0;
    for (const auto& entry :
         std::filesystem::directory_iterator(test::sourceRoot() / "tests/golden/recordings")) {
        if (entry.path().extension() != ".wav") {
            continue;
        }
        ++sentences;
        Sound sound = framed(readWav(entry.path()));
        for (int shift = 0; shift < 8; ++shift) {
            EXPECT_GE(heardShare(sound, segmentsOf(sound)), 0.97)
                << entry.path().filename() << ", " << shift << " eighths of a frame earlier";
            sound.samples.erase(sound.samples.begin(), sound.samples.begin() + sound.rateHz / 267);
        }
    }
    EXPECT_GE(sentences, 12);
}

TEST(Vad, ARecordedVoiceIsHeardAndRecordedNoiseIsNot) {
    const std::filesystem::path folder = "/usr/share/sounds/alsa";
    if (!std::filesystem::exists(folder / "Front_Center.wav")) {
        GTEST_SKIP() << "the sounds of alsa-utils are not installed";
    }
    for (const char* name : {"Front_Center.wav", "Rear_Left.wav", "Side_Right.wav"}) {
        const Sound clean = framed(readWav(folder / name));
        EXPECT_GE(heardShare(clean, segmentsOf(clean)), 0.9) << name;
    }
    EXPECT_TRUE(segmentsOf(framed(readWav(folder / "Noise.wav"))).empty());
}

TEST(Vad, TimesAreThoseOfTheSampleClockAndCoverTheSpeechWithItsEdges) {
    Sound speech = speak("en-us", kSentences[0].second);
    if (speech.samples.empty()) {
        GTEST_SKIP() << "espeak-ng is not installed";
    }
    const Sound sound = framed(std::move(speech));
    const std::vector<SpeechSegment> found = segmentsOf(sound);
    ASSERT_EQ(found.size(), 1U);
    for (std::size_t i = 0; i < found[0].samples.size(); ++i) {
        ASSERT_EQ(found[0].samples[i],
                  sound.samples[static_cast<std::size_t>(found[0].startSample) + i]);
    }
    const double start = static_cast<double>(found[0].startSample) / sound.rateHz;
    EXPECT_GT(start, 1.3);
    EXPECT_LT(start, 2.0);
    EXPECT_GT(found[0].speechSamples, sound.rateHz);
}

TEST(Vad, LongSpeechIsCutIntoPiecesOfAtMostThirtySecondsWithoutLoss) {
    const Sound sentence = speak("en-us", kSentences[0].second);
    if (sentence.samples.empty()) {
        GTEST_SKIP() << "espeak-ng is not installed";
    }
    Sound speech{.rateHz = sentence.rateHz, .samples = {}};
    for (int i = 0; i < 20; ++i) {
        speech.samples.insert(speech.samples.end(), sentence.samples.begin(),
                              sentence.samples.end());
    }
    speech = framed(std::move(speech));
    const std::vector<SpeechSegment> found = segmentsOf(speech);
    EXPECT_GE(found.size(), 3U);
    std::int64_t last = 0;
    for (const SpeechSegment& segment : found) {
        EXPECT_LE(segment.samples.size(), static_cast<std::size_t>(30 * speech.rateHz));
        EXPECT_GE(segment.startSample, last) << "segments overlap";
        last = segment.startSample + static_cast<std::int64_t>(segment.samples.size());
    }
    EXPECT_GE(heardShare(speech, found), 0.99);
}

TEST(Vad, EveryRateGivesTheSameVerdict) {
    for (const int rate : {8000, 11025, 22050, 44100, 48000}) {
        Sound noise{.rateHz = rate, .samples = pinkNoise(20, 9)};
        scaleTo(noise.samples, -30);
        EXPECT_TRUE(segmentsOf(noise).empty()) << rate;
    }
    EXPECT_THROW(makeSpectralVad(4000), std::exception);
}

} // namespace
} // namespace phial::meetings
