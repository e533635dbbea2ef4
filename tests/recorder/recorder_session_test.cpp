// SPDX-License-Identifier: MIT
#include "app/recorder/recorder_session.h"
#include "tests/recorder/faulty_files.h"
#include "tests/recorder/scripted_sound.h"
#include "tests/recorder/wav_reader.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <random>

namespace phial::recorder {
namespace {

using namespace std::chrono_literals;

constexpr int kRate = 8000;

class Session : public testing::Test {
protected:
    Session()
        : m_backend(m_sound)
        , m_session(m_backend, m_files,
                    {.onState = [this](RecorderState s) { m_states.push_back(s); },
                     .onHealth = [this](audio::SignalHealth h) { m_health = h; },
                     .onReading = [this](const RecorderReading& r) { m_reading = r; },
                     .onDisk = {},
                     .onFinished = [this](const FinishedRecording& f) { m_finished = f; },
                     .onFailed = [this](const std::string& s) { m_failure = s; },
                     .onReplaced = [this] { ++m_replaced; }}) {}

    void start(std::optional<std::string> second = {}) {
        m_session.start({.folder = m_root.path() / "meeting",
                         .fallbackRoot = {},
                         .startedUtc = "2026-01-01T00:00:00Z",
                         .device = "mic",
                         .secondDevice = std::move(second)},
                        m_clock.now());
    }

    /// Time passes with the counted sound from every microphone that is listened to.
    void pass(std::chrono::milliseconds length) {
        for (auto done = 0ms; done < length; done += 20ms) {
            for (const auto& [name, microphone] : m_sound.microphones) {
                const std::vector<float> block = countedBlock(m_frame, kRate / 50);
                m_sound.deliver(block, name);
            }
            if (m_sound.microphones.at("mic").sink != nullptr) {
                m_frame += kRate / 50;
            }
            m_clock.advance(20ms);
            m_session.step(m_clock.now());
        }
    }

    /// Time passes in which no microphone sends anything.
    void passSilently(std::chrono::milliseconds length) {
        for (auto done = 0ms; done < length; done += 20ms) {
            m_clock.advance(20ms);
            m_session.step(m_clock.now());
        }
    }

    StrictWav wav() const { return readStrictly(m_finished->parts.at(0).file); }

    std::vector<JournalEntry> entries(EntryKind kind) const {
        std::ifstream in(m_root.path() / "meeting" / "journal.jsonl");
        const Journal journal = parseJournal(
            std::string{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()});
        std::vector<JournalEntry> found;
        std::copy_if(journal.entries.begin(), journal.entries.end(), std::back_inserter(found),
                     [&](const JournalEntry& e) { return e.kind == kind; });
        return found;
    }

    test::TempFolder m_root;
    FaultyFiles m_files;
    ScriptedSound m_sound;
    ScriptedBackend m_backend;
    FakeClock m_clock;
    std::vector<RecorderState> m_states;
    audio::SignalHealth m_health = audio::SignalHealth::Good;
    int m_replaced = 0;
    RecorderReading m_reading;
    std::optional<FinishedRecording> m_finished;
    std::string m_failure;
    std::int64_t m_frame = 0;
    RecorderSession m_session;
};

TEST_F(Session, RecordsEverySampleBetweenStartAndStop) {
    start();
    pass(3s);
    m_session.bookmark("here");
    pass(1s);
    m_session.note("said no");
    m_session.stop(m_clock.now());
    ASSERT_TRUE(m_finished);
    EXPECT_EQ(wav().samples.size(), static_cast<std::size_t>(4 * kRate));
    ASSERT_EQ(entries(EntryKind::Bookmark).size(), 1U);
    EXPECT_EQ(entries(EntryKind::Bookmark)[0].frame, 3 * kRate);
    EXPECT_EQ(entries(EntryKind::Note)[0].text, "said no");
    EXPECT_NEAR(m_reading.recordedSeconds, 4, 0.1);
    EXPECT_EQ(m_states,
              (std::vector{RecorderState::Opening, RecorderState::Recording, RecorderState::Idle}));
}

TEST_F(Session, PauseLeavesOutWhatIsSaidMeanwhile) {
    start();
    pass(1s);
    m_session.pause(m_clock.now());
    pass(2s);
    m_session.resume(m_clock.now());
    pass(1s);
    m_session.stop(m_clock.now());
    const StrictWav sound = wav();
    ASSERT_EQ(sound.samples.size(), static_cast<std::size_t>(2 * kRate));
    EXPECT_EQ(sound.samples[kRate], static_cast<std::int16_t>(counted(3 * kRate) * 32768.0F));
    ASSERT_EQ(entries(EntryKind::Resume).size(), 1U);
    EXPECT_DOUBLE_EQ(entries(EntryKind::Resume)[0].seconds, 2);
    EXPECT_EQ(entries(EntryKind::Pause)[0].frame, kRate);
}

TEST_F(Session, SurvivesAStormOfUnplugging) {
    std::mt19937 random(1);
    start();
    pass(200ms);
    constexpr int kTimes = 100;
    for (int i = 0; i < kTimes; ++i) {
        m_sound.unplug();
        passSilently(std::chrono::milliseconds(20 * (1 + random() % 60)));
        EXPECT_EQ(m_session.state(), RecorderState::Unplugged);
        EXPECT_EQ(entries(EntryKind::Gap).size(), static_cast<std::size_t>(i + 1))
            << "a gap is in the journal one step after the unplugging";
        m_sound.replug();
        passSilently(520ms); // it is looked for twice a second
        pass(std::chrono::milliseconds(20 * (1 + random() % 20)));
        EXPECT_EQ(m_session.state(), RecorderState::Recording);
    }
    m_session.stop(m_clock.now());
    const StrictWav sound = wav();
    ASSERT_EQ(sound.samples.size(), static_cast<std::size_t>(m_frame));
    for (std::int64_t i = 0; i < m_frame; ++i) {
        ASSERT_EQ(sound.samples[static_cast<std::size_t>(i)],
                  static_cast<std::int16_t>(counted(i) * 32768.0F));
    }
    EXPECT_EQ(entries(EntryKind::GapEnd).size(), static_cast<std::size_t>(kTimes));
}

TEST_F(Session, SoundThatCameJustBeforeTheUnpluggingDoesNotEndTheGap) {
    m_sound.microphones["built-in"];
    m_sound.defaultName = "built-in";
    start();
    pass(500ms);
    m_sound.deliver(countedBlock(m_frame, kRate / 50)); // and before the next step it is gone
    m_frame += kRate / 50;
    m_sound.unplug();
    passSilently(1s);
    EXPECT_EQ(m_session.state(), RecorderState::Unplugged);
    EXPECT_TRUE(entries(EntryKind::GapEnd).empty());
    passSilently(1600ms);
    pass(500ms);
    m_session.stop(m_clock.now());
    ASSERT_EQ(entries(EntryKind::GapEnd).size(), 1U);
    EXPECT_NEAR(entries(EntryKind::GapEnd)[0].seconds, 2.1, 0.55);
    EXPECT_EQ(entries(EntryKind::Device).back().text, "default")
        << "the other microphone took over after two seconds";
}

TEST_F(Session, AnotherMicrophoneTakesOverWhenTheOwnOneStaysAway) {
    m_sound.microphones["built-in"];
    m_sound.defaultName = "built-in";
    start();
    pass(500ms);
    m_sound.unplug();
    passSilently(1900ms);
    EXPECT_EQ(m_replaced, 0) << "the own one is waited for";
    passSilently(700ms);
    pass(500ms);
    EXPECT_EQ(m_session.state(), RecorderState::Recording);
    m_session.stop(m_clock.now());
    EXPECT_EQ(m_replaced, 1);
    EXPECT_EQ(entries(EntryKind::Device).back().text, "default");
    EXPECT_EQ(wav().samples.size(), static_cast<std::size_t>(kRate));
}

TEST_F(Session, TellsAStallByWhatDoesNotArrive) {
    start();
    pass(200ms);
    passSilently(1200ms);
    EXPECT_EQ(m_session.state(), RecorderState::Stalled);
    pass(200ms);
    EXPECT_EQ(m_session.state(), RecorderState::Recording);
    m_session.stop(m_clock.now());
    ASSERT_EQ(entries(EntryKind::Stall).size(), 1U);
    EXPECT_NEAR(entries(EntryKind::Stall)[0].seconds, 1.2, 0.05);
}

TEST_F(Session, TellsAMicrophoneThatSendsOnlyZeros) {
    start();
    for (int i = 0; i < 300; ++i) {
        m_sound.deliver(std::vector<float>(kRate / 50));
        m_clock.advance(20ms);
        m_session.step(m_clock.now());
    }
    EXPECT_EQ(m_health, audio::SignalHealth::Silent);
}

TEST_F(Session, MarksTheTimeThatTheComputerSlept) {
    start();
    pass(1s);
    m_clock.sleep(90s);
    pass(1s);
    m_session.stop(m_clock.now());
    ASSERT_EQ(entries(EntryKind::GapEnd).size(), 1U);
    EXPECT_NEAR(entries(EntryKind::GapEnd)[0].seconds, 90, 0.1);
    EXPECT_EQ(wav().samples.size(), static_cast<std::size_t>(2 * kRate));
}

TEST_F(Session, TwoSourcesAreTwoChannelsOfOneFile) {
    m_sound.microphones["speakers"];
    start("speakers");
    pass(1s);
    m_sound.unplug("speakers");
    pass(1s);
    m_session.stop(m_clock.now());
    const StrictWav sound = wav();
    EXPECT_EQ(sound.channels, 2);
    ASSERT_EQ(sound.samples.size(), static_cast<std::size_t>(4 * kRate));
    for (std::size_t i = 0; i < kRate; ++i) {
        ASSERT_EQ(sound.samples[2 * i], sound.samples[2 * i + 1]) << i;
    }
    EXPECT_EQ(sound.samples[3 * kRate + 1], 0) << "the lost channel is silent";
    ASSERT_EQ(entries(EntryKind::Gap).size(), 1U);
    EXPECT_EQ(entries(EntryKind::Gap)[0].channel, 1);
}

TEST_F(Session, ALostSecondSourceIsNotReplacedByAMicrophone) {
    m_sound.microphones["speakers"];
    start("speakers");
    pass(1s);
    m_sound.unplug("speakers");
    pass(5s); // a lost microphone would have been replaced by now
    EXPECT_EQ(m_session.state(), RecorderState::Recording);
    m_session.stop(m_clock.now());
    const StrictWav sound = wav();
    ASSERT_EQ(sound.samples.size(), static_cast<std::size_t>(2 * 6 * kRate));
    for (std::size_t i = 2 * kRate; i < 6 * kRate; ++i) {
        ASSERT_EQ(sound.samples[2 * i + 1], 0) << i;
    }
}

TEST_F(Session, ALostMicrophoneIsToldAlthoughTheSecondSourceGoesOn) {
    m_sound.microphones["speakers"];
    start("speakers");
    pass(1s);
    m_sound.defaultName = "none";
    m_sound.unplug("mic");
    pass(1s);
    EXPECT_EQ(m_session.state(), RecorderState::Unplugged);
    m_sound.replug("mic");
    pass(1s);
    EXPECT_EQ(m_session.state(), RecorderState::Recording);
    m_session.stop(m_clock.now());
    EXPECT_NEAR(static_cast<double>(wav().samples.size()) / (2 * kRate), 3, 0.1);
    EXPECT_EQ(entries(EntryKind::GapEnd).size(), 1U);
}

TEST_F(Session, AMicrophoneThatIsOnlyListedWhenNothingRunsComesBackBesideASecondSource) {
    m_sound.microphones["speakers"];
    start("speakers");
    pass(1s);
    m_sound.defaultName = "none";
    m_sound.unplug("mic");
    pass(3s);
    EXPECT_EQ(m_session.state(), RecorderState::Unplugged);
    EXPECT_EQ(entries(EntryKind::Gap).size(), 1U) << "nothing is closed while nothing is new";
    m_sound.replugUnlisted("mic");
    pass(1s);
    EXPECT_EQ(m_session.state(), RecorderState::Recording);
    m_session.stop(m_clock.now());
    EXPECT_NEAR(static_cast<double>(wav().samples.size()) / (2 * kRate), 5, 0.1);
    ASSERT_EQ(entries(EntryKind::Gap).size(), 2U);
    EXPECT_EQ(entries(EntryKind::Gap)[1].channel, 1);
    EXPECT_EQ(entries(EntryKind::Gap)[1].text, "looking for devices");
    ASSERT_EQ(entries(EntryKind::GapEnd).size(), 2U);
    for (const JournalEntry& back : entries(EntryKind::GapEnd)) {
        EXPECT_NEAR(back.seconds, back.channel == 1 ? 0.02 : 3.3, 0.4);
    }
}

TEST_F(Session, ADeviceThatIsNoMicrophoneDoesNotInterruptTheSecondSourceAgainAndAgain) {
    m_sound.microphones["speakers"];
    m_sound.microphones["other"];
    start("speakers");
    pass(1s);
    m_sound.defaultName = "none";
    m_sound.unplug("mic");
    for (int i = 0; i < 20; ++i) { // something is plugged in and out all the time
        m_sound.replugUnlisted("other");
        pass(1s);
    }
    m_session.stop(m_clock.now());
    EXPECT_LE(entries(EntryKind::Gap).size(), 4U) << "every ten seconds at most";
}

TEST_F(Session, ASecondSourceWithAFasterClockStaysAligned) {
    m_sound.microphones["speakers"];
    start("speakers");
    for (int i = 0; i < 2000; ++i) {
        m_sound.deliver(std::vector<float>(160, 0.25F), "mic");
        m_sound.deliver(std::vector<float>(161, 0.5F), "speakers"); // 0.6 % too fast
        m_clock.advance(20ms);
        m_session.step(m_clock.now());
    }
    m_session.stop(m_clock.now());
    EXPECT_EQ(wav().samples.size(), 2U * 2000 * 160);
    EXPECT_EQ(m_reading.lostFrames, 0);
}

TEST_F(Session, SaysSoWhenThereIsNoMicrophone) {
    m_sound.microphones.at("mic").plugged = false;
    start();
    passSilently(6s);
    EXPECT_EQ(m_session.state(), RecorderState::Idle);
    EXPECT_EQ(m_failure, "not connected") << "the sound system's own reason";
    EXPECT_FALSE(std::filesystem::exists(m_root.path() / "meeting"))
        << "an empty recording is left";
}

/// Pages of this process in memory, in KiB.
long residentKib() {
    std::ifstream in("/proc/self/statm");
    long total = 0;
    long resident = 0;
    in >> total >> resident;
    return resident * 4;
}

TEST_F(Session, MemoryStaysFlatOverEightHours) {
#if defined(PHIAL_SANITIZE_ADDRESS) || defined(PHIAL_SANITIZE_THREAD)
    GTEST_SKIP() << "a sanitizer keeps freed memory";
#endif
    start();
    const std::vector<float> block(static_cast<std::size_t>(kRate));
    const auto hour = [&] {
        for (int second = 0; second < 3600; ++second) {
            m_sound.deliver(block);
            m_clock.advance(1s);
            m_session.step(m_clock.now());
        }
    };
    hour();
    const long before = residentKib();
    for (int i = 0; i < 7; ++i) {
        hour();
    }
    const long grown = residentKib() - before;
    m_session.stop(m_clock.now());
    EXPECT_EQ(std::filesystem::file_size(m_finished->parts.at(0).file),
              kWavHeaderBytes + 8U * 3600 * 2 * kRate);
    EXPECT_LT(grown, 7 * 1024) << "KiB in seven hours; 1 MB an hour is allowed";
}

} // namespace
} // namespace phial::recorder
