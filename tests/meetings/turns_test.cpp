// SPDX-License-Identifier: MIT
// People on different channels: who speaks when, what is only an echo, and hearing lines again.
#include "app/meetings/pipeline/retranscription_job.h"
#include "app/meetings/pipeline/transcription_job.h"
#include "app/meetings/pipeline/translation_job.h"
#include "app/meetings/turn_finder.h"
#include "inference/base/error.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace phial::meetings {
namespace {

using namespace std::chrono_literals;

/// Two channels that are filled apart and read interleaved.
struct Call {
    std::vector<float> me;
    std::vector<float> others;

    void addBoth(double seconds) {
        addSilence(me, seconds);
        addSilence(others, seconds);
    }

    std::vector<float> interleaved() const {
        std::vector<float> all;
        for (std::size_t i = 0; i < std::max(me.size(), others.size()); ++i) {
            all.push_back(i < me.size() ? me[i] : 0);
            all.push_back(i < others.size() ? others[i] : 0);
        }
        return all;
    }
};

/// Me 3..7 s, others 12..16 s, both from 21 s on: me for 8 s, others for 3.
Call call() {
    Call made;
    made.addBoth(3);
    addVoice(made.me, 4);
    addSilence(made.others, 4);
    made.addBoth(5);
    addSilence(made.me, 4);
    addVoice(made.others, 4);
    made.addBoth(5);
    addVoice(made.me, 8);
    addSilence(made.others, 3);
    addVoice(made.others, 3);
    addSilence(made.others, 2);
    made.addBoth(4);
    return made;
}

tasks::SoundSource sourceOf(const std::vector<float>& interleaved) {
    tasks::SoundSource sound{.sampleRateHz = kRate, .channels = 2};
    sound.seconds = static_cast<double>(interleaved.size()) / 2 / kRate;
    sound.next = [&interleaved, at = std::size_t{0}](std::vector<float>& block) mutable {
        constexpr std::size_t kBlock = 8000;
        const std::size_t end = std::min(at + kBlock, interleaved.size());
        block.assign(interleaved.begin() + static_cast<std::ptrdiff_t>(at),
                     interleaved.begin() + static_cast<std::ptrdiff_t>(end));
        at = end;
        return !block.empty();
    };
    return sound;
}

std::string wordsFor(const Request& request) {
    const auto& clip = *request.messages.back().clips.at(0);
    return "utterance of " + std::to_string(clip.samples.size()) + " samples";
}

Now standing() {
    return [] { return std::chrono::steady_clock::time_point(1h); };
}

TranscriptionOptions apart() {
    return {.channels = {"Me", "Others"}};
}

Transcript runAll(TranscriptionJob& job, Engine& engine) {
    while (job.step(engine, {}) == StepResult::More) {
    }
    return job.transcript();
}

TEST(Turns, OfTwoChannelsComeInOrderAndMayOverlap) {
    const std::vector<float> sound = call().interleaved();
    AnsweringEngine engine(wordsFor);
    TranscriptionJob job(sourceOf(sound), {}, apart(), {}, standing());
    const Transcript transcript = runAll(job, engine);
    ASSERT_EQ(transcript.segments.size(), 4U);
    const std::vector<std::pair<std::string, double>> expected{
        {"Me", 3}, {"Others", 12}, {"Me", 21}, {"Others", 24}};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(transcript.segments[i].speaker, expected[i].first);
        EXPECT_NEAR(transcript.seconds(transcript.segments[i].startSample),
                    expected[i].second - 0.45, 0.15);
    }
    EXPECT_EQ(transcript.samples, static_cast<std::int64_t>(sound.size() / 2));
    EXPECT_EQ(transcript.doneSamples, transcript.samples);
}

TEST(Turns, MixedWhenNobodySaysWhoIsOnWhichChannel) {
    const std::vector<float> sound = call().interleaved();
    AnsweringEngine engine(wordsFor);
    TranscriptionJob job(sourceOf(sound), {}, {.speaker = "Room"}, {}, standing());
    const Transcript transcript = runAll(job, engine);
    ASSERT_EQ(transcript.segments.size(), 3U) << "the last two are one";
    EXPECT_EQ(transcript.segments[2].speaker, "Room");
}

TEST(Turns, StoppedAtAnyWordTheSameTranscriptFollows) {
    const std::vector<float> sound = call().interleaved();
    AnsweringEngine whole(wordsFor);
    TranscriptionJob reference(sourceOf(sound), {}, apart(), {}, standing());
    const Transcript expected = runAll(reference, whole);
    for (int stopAt = 1; stopAt <= 16; stopAt += 3) {
        AnsweringEngine engine(wordsFor);
        std::stop_source stop;
        int words = 0;
        engine.onWord = [&] {
            if (++words == stopAt) {
                stop.request_stop();
            }
        };
        // As the library keeps it: only what is new is taken over.
        Transcript saved{.rateHz = kRate};
        const auto save = [&](const Transcript& t) { takeProgress(saved, t); };
        TranscriptionJob first(sourceOf(sound), {}, apart(), {.onSave = save}, standing());
        while (first.step(engine, stop.get_token()) == StepResult::More) {
        }
        engine.onWord = {};
        TranscriptionJob second(sourceOf(sound), saved, apart(), {.onSave = save}, standing());
        runAll(second, engine);
        ASSERT_EQ(saved.segments.size(), expected.segments.size()) << "stopped at " << stopAt;
        for (std::size_t i = 0; i < expected.segments.size(); ++i) {
            EXPECT_EQ(saved.segments[i].startSample, expected.segments[i].startSample);
            EXPECT_EQ(saved.segments[i].speaker, expected.segments[i].speaker);
            EXPECT_EQ(saved.segments[i].text, expected.segments[i].text);
        }
    }
}

TEST(Turns, WhatTheMicrophoneHearsOfTheLoudspeakersIsNoTurn) {
    Call made = call();
    std::mt19937 random(7);
    std::normal_distribution<float> noise(0, 0.0005F);
    const std::vector<float> own = made.me;
    constexpr std::size_t kDelay = kRate * 3 / 25; // 120 ms through sound system and room
    for (std::size_t i = kDelay; i < made.me.size(); ++i) {
        made.me[i] += 0.2F * made.others[i - kDelay] + noise(random);
    }
    const std::vector<float> sound = made.interleaved();
    AnsweringEngine engine(wordsFor);
    TranscriptionJob job(sourceOf(sound), {}, apart(), {}, standing());
    const Transcript transcript = runAll(job, engine);
    std::vector<std::string> speakers;
    for (const TranscriptSegment& line : transcript.segments) {
        speakers.push_back(line.speaker);
    }
    EXPECT_EQ(speakers, (std::vector<std::string>{"Me", "Others", "Me", "Others"}))
        << "the second turn is not heard twice, and talking over each other stays";
}

TEST(Retranscription, HearsOnlyTheChosenLinesAndTheirOwnChannel) {
    const std::vector<float> sound = call().interleaved();
    AnsweringEngine engine(wordsFor);
    TranscriptionJob job(sourceOf(sound), {}, apart(), {}, standing());
    const Transcript transcript = runAll(job, engine);
    engine.requests.clear();
    std::vector<std::int64_t> heard;
    const std::int64_t others = transcript.segments[3].id;
    const std::int64_t me = transcript.segments[2].id;
    RetranscriptionJob again(sourceOf(sound), transcript, {others, me, 99}, apart(),
                             [&](std::int64_t id, const TranscriptSegment& line) {
                                 heard.push_back(id);
                                 EXPECT_EQ(line.kind, SegmentKind::Speech);
                             });
    EXPECT_EQ(again.progress().total, 2);
    EXPECT_EQ(again.step(engine, {}), StepResult::More);
    EXPECT_EQ(again.step(engine, {}), StepResult::Done);
    EXPECT_EQ(heard, (std::vector<std::int64_t>{me, others})) << "in order of time";
    ASSERT_EQ(engine.requests.size(), 2U);
    EXPECT_GT(engine.requests[0].sampling.temperature, 0) << "or it would say the same again";
    const TranscriptSegment& line = transcript.segments[3];
    const AudioClip& clip = *engine.requests[1].messages[0].clips[0];
    constexpr std::size_t kPadding = kRate / 2;
    ASSERT_EQ(clip.samples.size(),
              static_cast<std::size_t>(line.endSample - line.startSample) + 2 * kPadding);
    for (std::size_t i = 0; i < clip.samples.size() - 2 * kPadding; ++i) {
        const auto frame = static_cast<std::size_t>(line.startSample) + i;
        ASSERT_EQ(clip.samples[kPadding + i], sound[2 * frame + 1]);
    }
    EXPECT_THROW(RetranscriptionJob(sourceOf(sound), Transcript{.rateHz = 8000}, {1}, {}, {}),
                 Error);
}

TEST(Translation, HearsTheLinesThatTheUserDidNotChange) {
    const std::vector<float> sound = call().interleaved();
    AnsweringEngine engine(wordsFor);
    TranscriptionJob job(sourceOf(sound), {}, apart(), {}, standing());
    Transcript transcript = runAll(job, engine);
    editText(transcript, transcript.segments[1].id, "The user knows better.");
    transcript.segments[2].endSample += std::int64_t{60} * kRate; // merged: too long
    AnsweringEngine translator([](const Request&) { return "Guten Tag."; });
    TranslationJob translation(transcript, "German", {}, {},
                               LineSound(sourceOf(sound), apart().channels));
    while (translation.step(translator, {}) == StepResult::More) {
    }
    ASSERT_EQ(translator.requests.size(), transcript.segments.size());
    for (std::size_t i = 0; i < translator.requests.size(); ++i) {
        const Message& asked = translator.requests[i].messages.back();
        const TranscriptSegment& line = transcript.segments[i];
        if (i == 1 || i == 2) {
            EXPECT_TRUE(asked.clips.empty()) << i;
            EXPECT_NE(asked.text.find(line.text), std::string::npos) << i;
        } else {
            ASSERT_EQ(asked.clips.size(), 1U) << i;
            EXPECT_EQ(asked.clips[0]->samples.size(),
                      static_cast<std::size_t>(line.endSample - line.startSample));
            EXPECT_EQ(asked.text.find(line.text), std::string::npos) << i;
        }
    }
    std::stop_source stop;
    stop.request_stop();
    TranslationJob stopped(transcript, "German", {}, {},
                           LineSound(sourceOf(sound), apart().channels));
    EXPECT_EQ(stopped.step(translator, stop.get_token()), StepResult::Stopped);
}

} // namespace
} // namespace phial::meetings
