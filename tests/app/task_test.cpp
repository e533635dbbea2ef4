// SPDX-License-Identifier: MIT
#include "app/tasks/segmenter.h"
#include "app/tasks/spoken_answer.h"
#include "app/tasks/task.h"
#include "tests/app/fake_engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace phial::tasks {
namespace {

using testing::ElementsAre;

constexpr int kRate = 8000;

/// Noise like speech, with pauses of half a second at the given times.
std::vector<float> speechLike(double seconds, const std::vector<double>& pauses) {
    std::mt19937 random(3); // NOLINT(cert-msc51-cpp): a fixed seed is wanted
    std::uniform_real_distribution<float> noise(-0.3F, 0.3F);
    std::vector<float> samples(static_cast<std::size_t>(seconds * kRate));
    for (float& sample : samples) {
        sample = noise(random);
    }
    for (const double pause : pauses) {
        const auto first = samples.begin() + static_cast<std::ptrdiff_t>(pause * kRate);
        std::fill(first, first + kRate / 2, 0.0F);
    }
    return samples;
}

std::vector<Segment> cut(const std::vector<float>& samples, std::size_t block) {
    const std::unique_ptr<Segmenter> segmenter = makeEnergySegmenter(kRate);
    std::vector<Segment> all;
    const auto add = [&all](std::vector<Segment> more) {
        std::move(more.begin(), more.end(), std::back_inserter(all));
    };
    for (std::size_t at = 0; at < samples.size(); at += block) {
        add(segmenter->push(std::span(samples).subspan(at, std::min(block, samples.size() - at))));
    }
    add(segmenter->finish());
    return all;
}

TEST(Segmenter, LeavesShortRecordingsWhole) {
    const std::vector<float> samples = speechLike(30.0, {12.0});
    const std::vector<Segment> segments = cut(samples, 1000);
    ASSERT_EQ(segments.size(), 1U);
    EXPECT_EQ(segments[0].clip.samples, samples);
    EXPECT_EQ(segments[0].clip.sampleRateHz, kRate);
    EXPECT_TRUE(cut({}, 10).empty());
}

TEST(Segmenter, CutsInThePausesAndLosesNoSample) {
    const std::vector<double> pauses{10.0, 22.0, 40.0, 47.0, 66.0};
    const std::vector<float> samples = speechLike(80.0, pauses);
    for (const std::size_t block : {std::size_t{777}, samples.size()}) {
        const std::vector<Segment> segments = cut(samples, block);
        std::vector<float> joined;
        for (const Segment& segment : segments) {
            EXPECT_LE(segment.clip.samples.size(),
                      static_cast<std::size_t>(kLongestSegmentSeconds * kRate));
            EXPECT_DOUBLE_EQ(segment.startSeconds, static_cast<double>(joined.size()) / kRate);
            joined.insert(joined.end(), segment.clip.samples.begin(), segment.clip.samples.end());
        }
        EXPECT_EQ(joined, samples);
        ASSERT_EQ(segments.size(), 4U);
        for (std::size_t i = 1; i < segments.size(); ++i) {
            const bool inPause = std::any_of(pauses.begin(), pauses.end(), [&](double pause) {
                return segments[i].startSeconds > pause && segments[i].startSeconds < pause + 0.5;
            });
            EXPECT_TRUE(inPause) << segments[i].startSeconds;
        }
    }
}

TEST(Segmenter, KnowsSilenceFromSound) {
    std::vector<float> samples(kRate, 0.0F);
    EXPECT_FALSE(holdsSound(samples, kRate));
    std::fill(samples.begin() + 3000, samples.begin() + 4000, 0.0008F); // -62 dBFS
    EXPECT_FALSE(holdsSound(samples, kRate));
    std::fill(samples.begin() + 3000, samples.begin() + 4000, 0.0012F); // -58 dBFS
    EXPECT_TRUE(holdsSound(samples, kRate));
    EXPECT_FALSE(
        holdsSound(std::vector<float>(kRate / 20, 0.5F), kRate)); // too short for a syllable
    EXPECT_FALSE(holdsSound({}, kRate));
}

Clip clipOf(std::vector<float> samples, int channels = 1) {
    return std::make_shared<const AudioClip>(
        AudioClip{.samples = std::move(samples), .sampleRateHz = kRate, .channels = channels});
}

TaskResult run(FakeEngineScript& script, Clip clip, SpeechOptions options = {},
               std::string* streamed = nullptr, std::stop_token stop = {}) {
    FakeEngine engine(script);
    GenerationEvents events;
    events.onText = [streamed](std::string_view text) {
        if (streamed != nullptr) {
            *streamed += text;
        }
        return true;
    };
    return speechTask(soundOf(std::move(clip)), std::move(options))(engine, events,
                                                                    std::move(stop));
}

TEST(SpeechTask, GivesAShortRecordingToTheModelUnchanged) {
    FakeEngineScript script;
    script.answer({"Good", " day."});
    const std::vector<float> samples = speechLike(3.0, {});
    const TaskResult result = run(script, clipOf(samples));
    ASSERT_EQ(script.requests().size(), 1U);
    EXPECT_EQ(script.requests()[0].messages[0].clips[0]->samples, samples);
    EXPECT_EQ(result.generation.text, "Good day.");
    EXPECT_EQ(result.generation.usage.completionTokens, 2);
    EXPECT_EQ(result.heard, Heard::Speech);
    ASSERT_EQ(result.parts.size(), 1U);
    EXPECT_DOUBLE_EQ(result.parts[0].seconds, 3.0);
}

TEST(SpeechTask, NeverAsksTheModelAboutSilence) {
    FakeEngineScript script;
    const TaskResult result = run(script, clipOf(std::vector<float>(kRate * 70, 0.0F)));
    EXPECT_TRUE(script.requests().empty());
    EXPECT_EQ(result.heard, Heard::Nothing);
    EXPECT_EQ(result.generation.text, "");
    EXPECT_EQ(run(script, clipOf({})).heard, Heard::Nothing);
}

TEST(SpeechTask, JoinsTheSegmentsOfALongRecording) {
    FakeEngineScript script;
    script.answer({"One.", " Two."});
    script.answer({"Three."});
    std::string streamed;
    const TaskResult result = run(script, clipOf(speechLike(40.0, {20.0})), {}, &streamed);
    EXPECT_EQ(script.requests().size(), 2U);
    EXPECT_EQ(result.generation.text, "One. Two. Three.");
    EXPECT_EQ(streamed, result.generation.text);
    EXPECT_EQ(result.generation.usage.completionTokens, 3);
    EXPECT_EQ(result.generation.usage.promptTokens, 14);
    ASSERT_EQ(result.parts.size(), 2U);
    EXPECT_NEAR(result.parts[1].startSeconds, 20.25, 0.2);
    EXPECT_EQ(result.parts[1].text, "Three.");
}

TEST(SpeechTask, JoinsJapaneseWithoutSpaces) {
    FakeEngineScript script;
    script.answer({"今日は。"});
    script.answer({"明日も。"});
    script.answer({"Then English."});
    EXPECT_EQ(run(script, clipOf(speechLike(70.0, {20.0, 45.0}))).generation.text,
              "今日は。明日も。 Then English.");
}

TEST(SpeechTask, MixesChannelsToOne) {
    FakeEngineScript script;
    std::vector<float> stereo;
    for (int i = 0; i < kRate; ++i) {
        stereo.push_back(0.5F);
        stereo.push_back(-0.25F);
    }
    run(script, clipOf(stereo, 2));
    const AudioClip& heard = *script.requests().at(0).messages[0].clips[0];
    EXPECT_EQ(heard.channels, 1);
    EXPECT_EQ(heard.samples, std::vector<float>(kRate, 0.125F));
}

TEST(SpeechTask, TakesTranscriptAndTranslationApartPerPart) {
    FakeEngineScript script;
    script.answer({"Good day.", "<sep>", "Guten Tag."});
    const TaskResult result =
        run(script, clipOf(speechLike(2.0, {})),
            {.kind = SpeechKind::TranscribeAndTranslate, .language = "German"});
    EXPECT_EQ(result.parts.at(0).text, "Good day.");
    EXPECT_EQ(result.parts.at(0).translation, "Guten Tag.");
}

/// After how many pieces an answer goes round in circles; 0 = it never does.
std::size_t circlesAfter(const std::vector<std::string>& pieces) {
    CircleFinder finder;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        if (finder.add(pieces[i])) {
            return i + 1;
        }
    }
    return 0;
}

std::vector<std::string> repeated(const std::vector<std::string>& run, int times) {
    std::vector<std::string> all;
    for (int i = 0; i < times; ++i) {
        all.insert(all.end(), run.begin(), run.end());
    }
    return all;
}

TEST(CircleFinder, StopsWhatNobodySaysAndNothingElse) {
    EXPECT_EQ(circlesAfter(repeated({" no"}, 23)), 0U);
    EXPECT_EQ(circlesAfter(repeated({" no"}, 400)), 24U);
    EXPECT_EQ(circlesAfter(repeated({" Tina", ","}, 100)), 24U);
    EXPECT_EQ(circlesAfter(repeated({"a", "b", "c", "d", "e", "f", "g"}, 5)), 0U);
    EXPECT_EQ(circlesAfter(repeated({"a", "b", "c", "d", "e", "f", "g"}, 9)), 42U);
    std::vector<std::string> numbers;
    for (int i = 0; i < 400; ++i) {
        numbers.insert(numbers.end(), {" ", std::to_string(i), ","}); // counted aloud
    }
    EXPECT_EQ(circlesAfter(numbers), 0U);
    std::vector<std::string> words = {"My", " name", " is"};
    const std::vector<std::string> circle = repeated({" Ti", "na", ","}, 30);
    words.insert(words.end(), circle.begin(), circle.end());
    EXPECT_EQ(circlesAfter(words), 3U + 24U);
}

TEST(SpeechTask, StopsAnAnswerThatGoesRoundInCirclesAndGoesOnBehindIt) {
    FakeEngineScript script;
    script.answer(repeated({" Tina", ","}, 200));
    script.answer({"Three."});
    const TaskResult result = run(script, clipOf(speechLike(40.0, {20.0})));
    EXPECT_TRUE(result.circled);
    EXPECT_EQ(result.generation.finishReason, FinishReason::EndOfTurn);
    EXPECT_EQ(result.generation.usage.completionTokens, 24 + 1);
    ASSERT_EQ(result.parts.size(), 2U);
    EXPECT_EQ(result.parts[1].text, "Three.");
    script.answer({"One."});
    EXPECT_FALSE(run(script, clipOf(speechLike(3.0, {}))).circled);
}

TEST(SpeechTask, KeepsWhatItHasWhenStopped) {
    FakeEngineScript script;
    script.answer({"One."});
    script.answer({.pieces = {"never"}, .untilStopped = true});
    std::stop_source stop;
    FakeEngine engine(script);
    GenerationEvents events;
    events.onText = [&stop](std::string_view text) {
        if (text.find("never") != std::string_view::npos) {
            stop.request_stop();
        }
        return true;
    };
    const TaskResult result = speechTask(soundOf(clipOf(speechLike(100.0, {20.0}))),
                                         {})(engine, events, stop.get_token());
    EXPECT_EQ(result.generation.finishReason, FinishReason::Cancelled);
    EXPECT_EQ(result.generation.text, "One. never");
    EXPECT_EQ(script.requests().size(), 2U); // the rest is not listened to
}

TEST(InOrder, JoinsEverythingOfItsParts) {
    FakeEngineScript script;
    script.answer({"One."});
    script.answer({"Zwei", "."});
    const Task both =
        inOrder({speechTask(soundOf(clipOf(std::vector<float>(kRate, 0.0F))), {}), // says nothing
                 speechTask(soundOf(clipOf(speechLike(2.0, {}))), {}),
                 requestTask(translateText("two", "German"))});
    FakeEngine engine(script);
    std::string streamed;
    GenerationEvents events;
    events.onText = [&streamed](std::string_view text) {
        streamed += text;
        return true;
    };
    const TaskResult result = both(engine, events, {});
    EXPECT_EQ(result.generation.text, "One.\n\nZwei.");
    EXPECT_EQ(streamed, result.generation.text);
    EXPECT_THAT(result.generation.tokenIds, ElementsAre(0, 0, 1));
    EXPECT_EQ(result.generation.usage.completionTokens, 3);
    EXPECT_EQ(result.heard, Heard::Speech);
}

TEST(InOrder, TellsThatOneOfItsPartsWentRoundInCircles) {
    FakeEngineScript script;
    script.answer(repeated({" Tina", ","}, 200));
    script.answer({"One."});
    FakeEngine engine(script);
    const std::vector<float> samples = speechLike(2.0, {});
    const TaskResult result = inOrder({speechTask(soundOf(clipOf(samples)), {}),
                                       speechTask(soundOf(clipOf(samples)), {})})(engine, {}, {});
    EXPECT_TRUE(result.circled);
    EXPECT_EQ(result.parts.size(), 2U);
}

TEST(InOrder, EndsWithThePartThatIsStopped) {
    FakeEngineScript script;
    FakeEngine engine(script);
    GenerationEvents events;
    events.onText = [](std::string_view) { return false; };
    const TaskResult result =
        inOrder({requestTask(translateText("one", "German")),
                 requestTask(translateText("two", "German"))})(engine, events, {});
    EXPECT_EQ(result.generation.finishReason, FinishReason::Cancelled);
    EXPECT_EQ(script.requests().size(), 1U);
}

TEST(SpeechTask, TellsHowFarItHasListened) {
    FakeEngineScript script;
    FakeEngine engine(script);
    std::vector<double> done;
    GenerationEvents events;
    events.onProgress = [&done](const Progress& progress) {
        EXPECT_DOUBLE_EQ(progress.total, 40.0);
        done.push_back(std::round(progress.done));
    };
    speechTask(soundOf(clipOf(speechLike(40.0, {20.0}))), {})(engine, events, {});
    EXPECT_THAT(done, ElementsAre(0, 20)); // where each part begins
}

} // namespace
} // namespace phial::tasks
