// SPDX-License-Identifier: MIT
// The whole way from sound to text, with an engine that the test plays.
#include "app/meetings/pipeline/answer_check.h"
#include "app/meetings/pipeline/speed_meter.h"
#include "app/meetings/pipeline/text_language.h"
#include "app/meetings/pipeline/transcription_job.h"
#include "app/meetings/pipeline/translation_job.h"
#include "inference/base/error.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

namespace phial::meetings {
namespace {

using namespace std::chrono_literals;

tasks::SoundSource sourceOf(const std::vector<float>& samples) {
    tasks::SoundSource sound{.sampleRateHz = kRate, .channels = 1};
    sound.seconds = static_cast<double>(samples.size()) / kRate;
    sound.next = [&samples, at = std::size_t{0}](std::vector<float>& block) mutable {
        constexpr std::size_t kBlock = 4000;
        const std::size_t end = std::min(at + kBlock, samples.size());
        block.assign(samples.begin() + static_cast<std::ptrdiff_t>(at),
                     samples.begin() + static_cast<std::ptrdiff_t>(end));
        at = end;
        return !block.empty();
    };
    return sound;
}

/// An answer that depends on the sound alone.
std::string wordsFor(const Request& request) {
    const auto& clip = *request.messages.back().clips.at(0);
    return "utterance of " + std::to_string(clip.samples.size()) + " samples";
}

Now standing() {
    return [] { return std::chrono::steady_clock::time_point(1h); };
}

Transcript runAll(TranscriptionJob& job, Engine& engine) {
    while (job.step(engine, {}) == StepResult::More) {
    }
    return job.transcript();
}

TEST(AnswerCheck, KnowsWhatNoSpeakerWouldSay) {
    const std::string asked = "Transcribe the audio clip into text.";
    EXPECT_EQ(judgeTranscript("", asked), AnswerFault::Empty);
    EXPECT_EQ(judgeTranscript(" ... ", asked), AnswerFault::Empty);
    EXPECT_EQ(judgeTranscript("Transcribe the audio clip into text.", asked), AnswerFault::Echo);
    EXPECT_EQ(judgeTranscript("transcribe the audio clip to text", asked), AnswerFault::Echo);
    EXPECT_EQ(judgeTranscript("I'm sorry, but I can't listen to audio clips.", asked),
              AnswerFault::Refusal);
    EXPECT_EQ(judgeTranscript("As an AI language model I am unable to transcribe this.", asked),
              AnswerFault::Refusal);
    EXPECT_EQ(judgeTranscript("Thank you. Thank you. Thank you. Thank you.", asked),
              AnswerFault::Repetition);
    EXPECT_EQ(judgeTranscript("we go to the to the to the to the to the", asked),
              AnswerFault::Repetition);
    EXPECT_EQ(judgeTranscript("谢谢大家谢谢大家谢谢大家谢谢大家", asked), AnswerFault::Repetition);
}

TEST(AnswerCheck, LeavesSpeechAlone) {
    const std::string asked = "Transcribe the audio clip into text.";
    for (const char* said :
         {"No, no, no, that is not what I said.", "Yes.", "Ha ha ha ha!",
          "I'm sorry, I can't come to the meeting on Thursday.",
          "The audio of the last clip was bad, so we record it again.",
          "We agreed to move the release to Thursday because two tests still fail, and the team in "
          "Lisbon needs another week for the translation of the manual.",
          "Wir treffen uns am Donnerstag um neun Uhr in der Bibliothek, und danach gehen wir "
          "essen.",
          "我们讨论了预算问题，下周再做决定。东京的同事也会参加会议。",
          "one two three four five six seven eight nine ten"}) {
        EXPECT_EQ(judgeTranscript(said, asked), AnswerFault::None) << said;
    }
}

TEST(Transcription, AsksForEverySegmentInTheExactWordsOfTheModelCard) {
    const std::vector<float> samples = meeting(3);
    AnsweringEngine engine(wordsFor);
    int lines = 0;
    TranscriptionJob job(sourceOf(samples), {}, {.languages = {"German"}, .speaker = "Me"},
                         {.onSegment = [&](const TranscriptSegment&) { ++lines; }}, standing());
    const Transcript transcript = runAll(job, engine);
    ASSERT_EQ(transcript.segments.size(), 3U);
    EXPECT_EQ(lines, 3);
    ASSERT_EQ(engine.requests.size(), 3U);
    EXPECT_EQ(engine.requests[0].messages.size(), 1U) << "no system text";
    EXPECT_EQ(engine.requests[0].messages[0].text, "Transcribe the audio clip into text.");
    EXPECT_EQ(transcript.samples, static_cast<std::int64_t>(samples.size()));
    EXPECT_EQ(transcript.doneSamples, transcript.samples);
    for (std::size_t i = 0; i < 3; ++i) {
        const TranscriptSegment& line = transcript.segments[i];
        const double voice = 3 + 7.0 * static_cast<double>(i);
        EXPECT_NEAR(transcript.seconds(line.startSample), voice - 0.45, 0.15);
        EXPECT_NEAR(transcript.seconds(line.endSample), voice + 4.45, 0.15);
        EXPECT_NEAR(line.confidence, 0.5, 1e-6);
        EXPECT_EQ(line.language, "German");
        EXPECT_EQ(line.speaker, "Me");
    }
}

TEST(Transcription, NeverAsksAboutSilence) {
    std::vector<float> samples;
    addSilence(samples, 60);
    AnsweringEngine engine(wordsFor);
    TranscriptionJob job(sourceOf(samples), {}, {}, {}, standing());
    EXPECT_TRUE(runAll(job, engine).segments.empty());
    EXPECT_TRUE(engine.requests.empty());
}

TEST(Transcription, TriesAgainOnceAndThenShowsThatItIsUnclear) {
    const std::vector<float> samples = meeting(2);
    int call = 0;
    AnsweringEngine engine([&](const Request&) {
        ++call;
        return call == 1   ? "I'm sorry, I cannot hear the audio clip."
               : call == 2 ? "Good morning."
                           : "la la la la la la la la la la";
    });
    TranscriptionJob job(sourceOf(samples), {}, {}, {}, standing());
    const Transcript transcript = runAll(job, engine);
    ASSERT_EQ(transcript.segments.size(), 2U);
    EXPECT_EQ(transcript.segments[0].text, "Good morning.");
    EXPECT_EQ(transcript.segments[1].text, "[unclear]");
    EXPECT_EQ(transcript.segments[1].kind, SegmentKind::Unclear);
    EXPECT_EQ(transcript.segments[1].reason, UnclearReason::Repetition);
    EXPECT_EQ(transcript.segments[0].reason, UnclearReason::NotKnown);
    EXPECT_EQ(call, 4);
    EXPECT_GT(engine.requests[1].sampling.temperature, 0)
        << "otherwise the answer would be the same";
    EXPECT_EQ(engine.requests[1].messages[0].text, "Transcribe the audio clip into text.");
}

TEST(Transcription, AnUnclearLineSaysWhatWasWrong) {
    const std::vector<float> samples = meeting(1);
    const std::vector<std::pair<const char*, UnclearReason>> answers{
        {"I'm sorry, I cannot hear the audio clip.", UnclearReason::Refusal},
        {"Transcribe the audio clip into text.", UnclearReason::Echo}};
    for (const auto& [answer, reason] : answers) {
        AnsweringEngine engine([&, answer = answer](const Request&) { return answer; });
        TranscriptionJob job(sourceOf(samples), {}, {}, {}, standing());
        const Transcript transcript = runAll(job, engine);
        ASSERT_EQ(transcript.segments.size(), 1U);
        EXPECT_EQ(transcript.segments[0].kind, SegmentKind::Unclear) << answer;
        EXPECT_EQ(transcript.segments[0].reason, reason) << answer;
    }
}

TEST(Transcription, SpeechWithoutTextIsTriedAgainAndThenShownAsAGap) {
    const std::vector<float> samples = meeting(1);
    AnsweringEngine engine([](const Request&) { return ""; });
    TranscriptionJob job(sourceOf(samples), {}, {}, {}, standing());
    const Transcript transcript = runAll(job, engine);
    ASSERT_EQ(transcript.segments.size(), 1U);
    EXPECT_EQ(transcript.segments[0].kind, SegmentKind::Gap);
    ASSERT_EQ(engine.requests.size(), 2U);
    EXPECT_GT(engine.requests[1].messages[0].clips[0]->samples.size(),
              engine.requests[0].messages[0].clips[0]->samples.size())
        << "with padding";
}

TEST(TextLanguage, IsKnownFromALineAndNotGuessedFromAWord) {
    const std::vector<std::pair<const char*, const char*>> known{
        {"We agreed to move the release to Thursday because two tests still fail.", "English"},
        {"Wir treffen uns am Donnerstag um neun Uhr, und danach gehen wir essen.", "German"},
        {"La réunion commence demain, et nous avons encore des questions pour vous.", "French"},
        {"Il budget è stato approvato dalla commissione, ma non è ancora pronto.", "Italian"},
        {"Necesitamos tres semanas más para terminar el proyecto, pero no hay dinero.", "Spanish"},
        {"O próximo passo é falar com o cliente, mas não temos os prazos.", "Portuguese"},
        {"我们讨论了预算问题，下周再做决定。", "Chinese"},
        {"東京の同事も会議に参加します。", "Japanese"},
        {"Wij hebben het budget nog niet goedgekeurd, maar dat gaan we volgende week doen.",
         "Dutch"},
        {"Vi har inte fått svar från kunden, och det finns mycket att göra efter mötet.",
         "Swedish"},
        {"Jeg har ikke fået noget svar af kunden, og hvad det bliver til, ved ingen.", "Danish"},
        {"Jeg har ikke fått noe svar, og hva det blir, vet noen av oss etter møtet.", "Norwegian"},
        {"Emme ole vielä saaneet vastausta, mutta kun se tulee, niin joka asia on selvä.",
         "Finnish"},
        {"Nie mamy jeszcze odpowiedzi, ale musimy się spotkać, bo jest bardzo późno.", "Polish"},
        {"Ještě nemáme odpověď, protože jsme čekali na zákazníka, nebo aby byl čas.", "Czech"},
        {"Még nem kaptunk választ, mert az ügyfél csak pénteken lesz itt.", "Hungarian"},
        {"Henüz bir cevap yok, ama bu toplantı için daha çok zaman var.", "Turkish"},
        {"Мы встречаемся в четверг в девять часов.", "Russian"},
        {"Ми зустрічаємося в четвер, і це їхнє рішення.", "Ukrainian"},
        {"نلتقي يوم الخميس في الساعة التاسعة", "Arabic"},
        {"אנחנו נפגשים ביום חמישי בשעה תשע", "Hebrew"},
        {"เราจะพบกันวันพฤหัสบดีเวลาเก้าโมง", "Thai"},
        {"우리는 목요일 아홉 시에 만납니다.", "Korean"},
        {"Συναντιόμαστε την Πέμπτη στις εννέα.", "another language"},
        {"ما پنجشنبه ساعت نه یکدیگر را می‌بینیم",
         "another language"}};
    for (const auto& [text, language] : known) {
        EXPECT_EQ(languageOfText(text), language) << text;
    }
    for (const char* text : {"", "Yes.", "Ja, Berlin.", "Okay, okay.", "Anna Maria Sanchez", "42",
                             "No, no. Si.", "\xff\xfe"}) {
        EXPECT_EQ(languageOfText(text), "") << text;
    }
}

TEST(TextLanguage, ForeignSpeechIsToldOnceAndOnlyWhenItIsCertain) {
    const char* const dutch = "Wij hebben het budget nog niet goedgekeurd.";
    const char* const english = "We agreed to move the release to Thursday.";
    ForeignSpeech certain;
    EXPECT_EQ(certain.hear(dutch), "");
    EXPECT_EQ(certain.hear("Ja, Berlin."), "") << "may be anything";
    EXPECT_EQ(certain.hear(dutch), "");
    EXPECT_EQ(certain.hear(dutch), "Dutch");
    EXPECT_EQ(certain.hear(dutch), "");
    ForeignSpeech mixed;
    for (const char* line : {english, dutch, english, dutch, english, dutch}) {
        EXPECT_EQ(mixed.hear(line), "") << "a few sentences in between";
    }
    EXPECT_EQ(mixed.hear(dutch), "Dutch");
    EXPECT_TRUE(isSpokenLanguage("Chinese"));
    EXPECT_FALSE(isSpokenLanguage("Dutch"));
}

TEST(Transcription, SpeechInALanguageThatTheModelDoesNotUnderstandIsTold) {
    const std::vector<float> samples = meeting(4);
    for (const std::vector<std::string>& chosen :
         {std::vector<std::string>{}, {"German"}}) { // unclear lines tell as well
        AnsweringEngine engine([](const Request&) {
            return "Wij hebben het budget nog niet goedgekeurd, maar dat gaan we doen.";
        });
        std::vector<std::string> told;
        TranscriptionJob job(
            sourceOf(samples), {}, {.languages = chosen},
            {.onForeignLanguage = [&](const std::string& language) { told.push_back(language); }},
            standing());
        runAll(job, engine);
        EXPECT_EQ(told, std::vector<std::string>{"Dutch"});
    }
}

TEST(Transcription, ALockedLanguageIsTriedAgainAndWhatWasHeardIsKept) {
    const std::vector<float> samples = meeting(3);
    const std::string english = "We agreed to move the release to Thursday.";
    const std::string german = "Wir treffen uns am Donnerstag, und das ist gut.";
    int call = 0;
    AnsweringEngine engine([&](const Request&) {
        ++call;
        return call == 2 ? german : english; // the first line is right when asked again
    });
    TranscriptionJob job(sourceOf(samples), {}, {.languages = {"German"}}, {}, standing());
    const Transcript locked = runAll(job, engine);
    ASSERT_EQ(locked.segments.size(), 3U);
    EXPECT_EQ(engine.requests.size(), 6U);
    EXPECT_EQ(locked.segments[0].text, german);
    EXPECT_EQ(locked.segments[0].language, "German");
    EXPECT_EQ(locked.segments[1].kind, SegmentKind::Unclear);
    EXPECT_EQ(locked.segments[1].reason, UnclearReason::OtherLanguage);
    ASSERT_EQ(locked.segments[1].versions.size(), 1U);
    EXPECT_EQ(locked.segments[1].versions[0].text, english);
    for (const std::vector<std::string>& set :
         {std::vector<std::string>{}, {"German", "English"}}) {
        AnsweringEngine any([&](const Request&) { return english; });
        TranscriptionJob free(sourceOf(samples), {}, {.languages = set}, {}, standing());
        const Transcript transcript = runAll(free, any);
        EXPECT_EQ(any.requests.size(), 3U);
        EXPECT_EQ(transcript.segments.at(0).text, english);
        EXPECT_EQ(transcript.segments.at(0).language, "English") << "found out from the text";
    }
}

TEST(Transcription, WhatIsLeftOutOfALongLineIsHeardAgainInHalvesAndShown) {
    std::vector<float> samples;
    addSilence(samples, 3);
    addVoice(samples, 20);
    addSilence(samples, 3);
    const std::string whole = "We agreed to move the release to Thursday because two tests fail.";
    const auto lengthOf = [](const Request& request) {
        return static_cast<double>(request.messages[0].clips[0]->samples.size()) / kRate;
    };
    int halves = 0;
    AnsweringEngine engine([&](const Request& request) -> std::string {
        if (lengthOf(request) > 16) {
            return "Yes."; // of twenty seconds
        }
        return ++halves == 1 ? whole : "";
    });
    TranscriptionJob job(sourceOf(samples), {}, {}, {}, standing());
    const Transcript transcript = runAll(job, engine);
    ASSERT_EQ(transcript.segments.size(), 2U);
    EXPECT_EQ(transcript.segments[0].text, whole);
    EXPECT_EQ(transcript.segments[1].kind, SegmentKind::Gap);
    EXPECT_EQ(transcript.segments[0].endSample, transcript.segments[1].startSample);
    EXPECT_NEAR(transcript.seconds(transcript.segments[1].endSample), 23.45, 0.15);
    EXPECT_EQ(transcript.doneSamples, transcript.samples);

    AnsweringEngine terse([](const Request&) { return "Yes."; });
    TranscriptionJob nothing(sourceOf(samples), {}, {}, {}, standing());
    const Transcript kept = runAll(nothing, terse);
    ASSERT_EQ(kept.segments.size(), 2U) << "two halves know more than one line";

    AnsweringEngine good([&](const Request&) { return whole; });
    TranscriptionJob normal(sourceOf(samples), {}, {}, {}, standing());
    runAll(normal, good);
    EXPECT_EQ(good.requests.size(), 1U);
}

TEST(Transcription, KnowsHowMuchASlowSpeakerMayHaveSaid) {
    EXPECT_DOUBLE_EQ(missingSeconds(10, ""), 10);
    EXPECT_DOUBLE_EQ(missingSeconds(10, "a b c d"), 8);
    EXPECT_DOUBLE_EQ(missingSeconds(10, "東京"), 8);
    EXPECT_DOUBLE_EQ(missingSeconds(10, "Twenty letters are more than enough."), 0);
}

TEST(Transcription, TranslatesOnTheWay) {
    const std::vector<float> samples = meeting(1);
    AnsweringEngine engine([](const Request&) { return "Guten Tag. <sep> Good day."; });
    TranscriptionJob job(sourceOf(samples), {}, {.translateTo = "English"}, {}, standing());
    const Transcript transcript = runAll(job, engine);
    EXPECT_EQ(transcript.segments.at(0).text, "Guten Tag.");
    EXPECT_EQ(transcript.segments.at(0).translation, "Good day.");
    EXPECT_EQ(transcript.translationLanguage, "English");
}

TEST(Transcription, StoppedAtAnyWordItGoesOnToTheSameTranscript) {
    const std::vector<float> samples = meeting(4);
    AnsweringEngine whole(wordsFor);
    TranscriptionJob reference(sourceOf(samples), {}, {}, {}, standing());
    const Transcript expected = runAll(reference, whole);
    ASSERT_EQ(expected.segments.size(), 4U);
    for (int stopAt = 1; stopAt <= 16; ++stopAt) {
        AnsweringEngine engine(wordsFor);
        std::stop_source stop;
        int words = 0;
        engine.onWord = [&] {
            if (++words == stopAt) {
                stop.request_stop();
            }
        };
        Transcript saved;
        TranscriptionJob job(sourceOf(samples), {}, {},
                             {.onSave = [&](const Transcript& t) { saved = t; }}, standing());
        StepResult result = StepResult::More;
        while (result == StepResult::More) {
            result = job.step(engine, stop.get_token());
        }
        ASSERT_EQ(result, StepResult::Stopped);
        EXPECT_EQ(saved.segments.size(), static_cast<std::size_t>((stopAt - 1) / 4))
            << "finished lines are kept, half ones are not";
        AnsweringEngine again(wordsFor);
        TranscriptionJob rest(sourceOf(samples), saved, {}, {}, standing());
        EXPECT_EQ(runAll(rest, again), expected) << "stopped at word " << stopAt;
        EXPECT_EQ(again.requests.size(), 4 - saved.segments.size()) << "nothing is asked twice";
    }
}

TEST(Transcription, AStopFromAnotherThreadEndsAStepThatIsRunning) {
    const std::vector<float> samples = meeting(1);
    std::string endless;
    for (int i = 0; i < 5000; ++i) {
        endless += "word" + std::to_string(i) + ' ';
    }
    AnsweringEngine engine([&](const Request&) { return endless; });
    std::stop_source stop;
    std::atomic<bool> speaks = false;
    engine.onWord = [&] {
        speaks = true;
        speaks.notify_all();
        // Waits for the other thread in the middle of an answer.
        while (!stop.stop_requested()) {
            std::this_thread::yield();
        }
    };
    const std::jthread stopper([&] {
        speaks.wait(false);
        stop.request_stop();
    });
    TranscriptionJob job(sourceOf(samples), {}, {}, {}, standing());
    EXPECT_EQ(job.step(engine, stop.get_token()), StepResult::Stopped);
}

TEST(Transcription, ALostDeviceKeepsWhatIsDone) {
    const std::vector<float> samples = meeting(3);
    int call = 0;
    AnsweringEngine engine([&](const Request& request) {
        if (++call == 3) {
            throw Error(ErrorCode::DeviceLost, "The graphics driver restarted.");
        }
        return wordsFor(request);
    });
    Transcript saved;
    TranscriptionJob job(sourceOf(samples), {}, {},
                         {.onSave = [&](const Transcript& t) { saved = t; }}, standing());
    EXPECT_THROW(runAll(job, engine), Error);
    EXPECT_EQ(saved.segments.size(), 2U);
}

TEST(Transcription, TellsItsSpeedAndWhenItEnds) {
    SpeedMeter meter;
    std::chrono::steady_clock::time_point now(1h);
    meter.add(now, 0);
    EXPECT_FALSE(meter.speed());
    meter.add(now + 10s, 50);
    EXPECT_DOUBLE_EQ(*meter.speed(), 5);
    EXPECT_DOUBLE_EQ(*meter.secondsLeft(100), 10);
    for (int second = 11; second <= 200; ++second) {
        meter.add(now + std::chrono::seconds(second), 50 + 2 * (second - 10));
    }
    EXPECT_NEAR(*meter.speed(), 2, 0.05) << "only the last minute counts";
}

TEST(Translation, FillsInOnlyWhatIsMissing) {
    Transcript transcript{.rateHz = 1000, .translationLanguage = "English"};
    addSegment(transcript, {.endSample = 1, .text = "eins", .translation = "one"});
    addSegment(transcript, {.startSample = 2, .endSample = 3, .text = "zwei"});
    addSegment(
        transcript,
        {.startSample = 4, .endSample = 5, .kind = SegmentKind::Unclear, .text = "[unclear]"});
    AnsweringEngine engine([](const Request&) { return "two"; });
    TranslationJob job(transcript, "English", {}, {});
    EXPECT_EQ(job.step(engine, {}), StepResult::Done);
    EXPECT_EQ(job.transcript().segments[0].translation, "one");
    EXPECT_EQ(job.transcript().segments[1].translation, "two");
    EXPECT_TRUE(job.transcript().segments[2].translation.empty());
    EXPECT_NE(engine.requests[0].messages.back().text.find("zwei"), std::string::npos);
    TranslationJob other(transcript, "French", {}, {});
    EXPECT_EQ(other.progress().total, 2) << "another language: all anew";
    TranslationJob one(transcript, "English", {1}, {});
    EXPECT_EQ(one.progress().total, 1) << "a chosen line: again";
}

} // namespace
} // namespace phial::meetings
