// SPDX-License-Identifier: MIT
// The settings of microphone and meetings in the whole program, as settings_session_test.cpp.
#include "app/meetings/meeting_store.h"
#include "tests/ui/settings_session_fixture.h"
#include "ui/widgets/recording_sources_button.h"

#include <QListView>
#include <QMenu>
#include <QPushButton>

#include <filesystem>
#include <set>

namespace phial::app {
namespace {

using settings::Key;
using ui::test::waitFor;

TEST_F(SettingsSessionTest, TheChosenMicrophoneIsOpened) {
    start();
    Q_EMIT window().captureStartRequested();
    ASSERT_TRUE(waitFor([&] { return m_sound.isOpen("Fake/mic"); }));
    Q_EMIT window().captureEndRequested(ui::CaptureEnd::Discard, {});
    ASSERT_TRUE(waitFor([&] { return !m_sound.isOpen(); }));
    set(Key::Microphone, "Fake/other");
    Q_EMIT window().captureStartRequested();
    EXPECT_TRUE(waitFor([&] { return m_sound.isOpen("Fake/other"); }));
    EXPECT_FALSE(m_sound.isOpen("Fake/mic"));
}

TEST_F(SettingsSessionTest, AMeetingThatIsRecordedGoesOnWithTheOtherMicrophone) {
    start();
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return m_sound.isOpen("Fake/mic"); }));
    set(Key::Microphone, "Fake/other");
    EXPECT_TRUE(waitFor([&] { return m_sound.isOpen("Fake/other"); }));
}

TEST_F(SettingsSessionTest, TheSpokenLanguageIsThatOfNewMeetings) {
    start();
    set(Key::SpokenLanguage, "de");
    import(1);
    ASSERT_TRUE(transcribed());
    EXPECT_EQ(meetingPage().meeting().language, QStringLiteral("German"));
}

TEST_F(SettingsSessionTest, ImportedSoundStaysWhereItIsWhenNoCopyIsWanted) {
    start();
    set(Key::KeepImportedSound, "no");
    import(1);
    ASSERT_TRUE(transcribed());
    const auto meeting = meetings::MeetingStore(path("data") / "meetings").list().at(0);
    EXPECT_FALSE(meeting.meta.copyWanted);
    EXPECT_EQ(meeting.meta.outsideFile(), path("Weekly.wav"));
    set(Key::KeepImportedSound, "yes");
    import(1);
    const meetings::MeetingStore store(path("data") / "meetings");
    EXPECT_TRUE(waitFor([&] { // of the second
        const auto all = store.list();
        return std::any_of(all.begin(), all.end(), [](const meetings::MeetingEntry& one) {
            return one.meta.audio == std::vector<std::string>{"imported.wav"};
        });
    }));
}

TEST_F(SettingsSessionTest, ARecordingIsTranscribedByItself) {
    start();
    set(Key::TranscribeRecordings, "yes");
    record(meetings::meeting(1));
    const meetings::MeetingStore store(path("data") / "meetings");
    EXPECT_TRUE(waitFor([&] {
        const auto all = store.list();
        const auto written = all.empty() ? std::nullopt : store.readTranscript(all[0].folder);
        return written && !written->segments.empty();
    }));
}

TEST_F(SettingsSessionTest, WhatTheComputerPlaysIsRecordedAsTheOthers) {
    m_sound.setDevices({{.id = "Fake/mic",
                         .name = "Fake microphone",
                         .nativeRateHz = meetings::kRate,
                         .isDefault = true},
                        {.id = "Fake/speakers",
                         .name = "Fake loudspeakers",
                         .nativeRateHz = meetings::kRate,
                         .isSystemAudio = true}});
    start();
    ASSERT_TRUE(waitFor([&] { return row(Key::SystemAudio).disabledBecause.isEmpty(); }));
    EXPECT_EQ(row(Key::Microphone).choices.size(), 2); // the loudspeakers are no microphone
    Q_EMIT window().systemAudioChosen(true);           // as the arrow beside Record does
    EXPECT_EQ(row(Key::SystemAudio).value, QStringLiteral("yes"));
    EXPECT_TRUE(fileHas("system-audio = yes"));
    set(Key::TranscribeRecordings, "yes");

    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(
        waitFor([&] { return m_sound.isOpen("Fake/mic") && m_sound.isOpen("Fake/speakers"); }));
    ASSERT_TRUE(waitFor([this] { return recordsWhatIsDelivered(); })); // both are
    EXPECT_TRUE(barSays(QStringLiteral("you and the computer")));
    // I speak from 3 s to 7 s, the others from 10 s to 14 s.
    std::vector<float> mine = meetings::meeting(1);
    std::vector<float> theirs(mine.size());
    mine.resize(17 * meetings::kRate);
    meetings::addVoice(theirs, 4);
    theirs.resize(mine.size());
    constexpr std::size_t kBlock = meetings::kRate / 50;
    for (std::size_t at = 0; at < mine.size(); at += kBlock) {
        const auto block = [at](const std::vector<float>& all) {
            return std::vector<float>(all.begin() + static_cast<std::ptrdiff_t>(at),
                                      all.begin() + static_cast<std::ptrdiff_t>(at + kBlock));
        };
        m_sound.deliver(block(theirs), "Fake/speakers");
        m_sound.deliver(block(mine), "Fake/mic");
    }
    Q_EMIT window().recordingToggled();
    const meetings::MeetingStore store(path("data") / "meetings");
    const auto lines = [&] {
        const auto all = store.list();
        const auto written = all.empty() ? std::nullopt : store.readTranscript(all[0].folder);
        return written ? written->segments : std::vector<meetings::TranscriptSegment>();
    };
    ASSERT_TRUE(waitFor([&] { return lines().size() == 2; }));
    // Fed faster than real time, the two may be set against one another anew: their order is open.
    EXPECT_EQ((std::set<std::string>{lines()[0].speaker, lines()[1].speaker}),
              (std::set<std::string>{"Me", "Others"}));
}

TEST_F(SettingsSessionTest, WithoutAMonitorTheSwitchSaysWhyAndTheMicrophoneIsRecorded) {
    start();
    ASSERT_TRUE(waitFor([&] { return row(Key::Microphone).choices.size() == 3; }));
    EXPECT_TRUE(row(Key::SystemAudio).disabledBecause.contains(QStringLiteral("PulseAudio")));
    bool told = false;
    for (const QAction* entry :
         window().findChild<ui::RecordingSourcesButton*>()->menu()->actions()) {
        told = told ||
               (!entry->isEnabled() && entry->toolTip() == row(Key::SystemAudio).disabledBecause);
    }
    EXPECT_TRUE(told);
    // A file that was made where there was one.
    set(Key::SystemAudio, "yes");
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return m_sound.isOpen("Fake/mic"); }));
    EXPECT_TRUE(noticeWith(QStringLiteral("Only the microphone")));
}

TEST_F(SettingsSessionTest, ARecordingWaitsToBeTranscribedOtherwise) {
    start();
    record(meetings::meeting(1));
    const meetings::MeetingStore store(path("data") / "meetings");
    ASSERT_TRUE(waitFor([&] { return noticeWith(QStringLiteral("The recording is saved")); }));
    EXPECT_FALSE(store.readTranscript(store.list()[0].folder).has_value() &&
                 !store.readTranscript(store.list()[0].folder)->segments.empty());
}

TEST_F(SettingsSessionTest, ASummaryIsMadeByItselfInItsLanguage) {
    start();
    set(Key::SummarizeWith, "decisions");
    set(Key::SummaryLanguage, "fr");
    import(1);
    ASSERT_TRUE(waitFor([&] { return !meetingPage().meeting().summaries.isEmpty(); }));
    EXPECT_EQ(meetingPage().meeting().summaries[0].name, QStringLiteral("decisions"));
    const std::scoped_lock lock(m_asked.mutex);
    EXPECT_NE(m_asked.requests.back().messages.back().text.find("French"), std::string::npos);
}

TEST_F(SettingsSessionTest, ItIsAskedWhetherAQuietMeetingIsOver) {
    start();
    set(Key::QuietMinutes, "1");
    beginRecording();
    deliverAMinuteOfSilence();
    EXPECT_TRUE(waitFor([&] { return noticeWith(QStringLiteral("Nothing was heard")); }));
}

TEST_F(SettingsSessionTest, ItIsNotAskedWhetherAQuietMeetingIsOver) {
    start();
    set(Key::QuietMinutes, "0");
    beginRecording();
    deliverAMinuteOfSilence();
    EXPECT_FALSE(noticeWith(QStringLiteral("Nothing was heard")));
}

TEST_F(SettingsSessionTest, TheFirstRecordingRemindsToTellEveryoneAndWaitsForNobody) {
    const auto reminds = [this] {
        return window().findChild<ui::NoticeBar*>()->shows(QStringLiteral("meeting-consent"));
    };
    start();
    beginRecording(); // sound is kept although nothing was pressed
    EXPECT_TRUE(reminds());
    EXPECT_TRUE(noticeWith(QStringLiteral("Tell everyone that this is being recorded.")));
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return !reminds(); })) << "nothing is recorded any more";

    beginRecording(); // nobody has said that it was read
    ASSERT_TRUE(reminds());
    QPushButton* read = nullptr;
    for (auto* button : window().findChild<ui::NoticeBar*>()->findChildren<QPushButton*>()) {
        read = button->text() == QStringLiteral("OK") ? button : read;
    }
    ASSERT_NE(read, nullptr);
    read->setFocus(Qt::TabFocusReason);
    QTest::keyClick(read, Qt::Key_Space);
    EXPECT_TRUE(waitFor([&] { return !reminds(); }));
    EXPECT_TRUE(window().recordingBar().recording());
    EXPECT_TRUE(fileHas("consent-reminder = no"));
    EXPECT_EQ(row(Key::ConsentReminder).value, QStringLiteral("no"));
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return !window().recordingBar().recording(); }));

    startAgain();
    beginRecording();
    EXPECT_FALSE(reminds());
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return !window().recordingBar().recording(); }));
    set(Key::ConsentReminder, "yes"); // for somebody else at this computer
    beginRecording();
    EXPECT_TRUE(reminds());
}

TEST_F(SettingsSessionTest, ARecordingThatBeginsWhileTheOneBeforeIsSavedStaysInSight) {
    start();
    beginRecording();
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return !window().recordingBar().recording(); }));
    Q_EMIT window().recordingToggled(); // its file is whole, but not in the list yet
    ASSERT_TRUE(waitFor([&] { return noticeWith(QStringLiteral("The recording is saved")); }));
    ASSERT_TRUE(waitFor([this] { return recordsWhatIsDelivered(); }));
    EXPECT_TRUE(window().recordingBar().recording());
    const QAbstractItemModel& list = *window().findChild<QListView*>()->model();
    ASSERT_EQ(list.rowCount(), 2);
    EXPECT_NE(list.index(0, 0).data(ui::ItemLiveRole).toBool(), // begun in the same second
              list.index(1, 0).data(ui::ItemLiveRole).toBool());
}

TEST_F(SettingsSessionTest, TheTrashIsEmptiedAfterTheChosenTime) {
    const auto trashed = [&] {
        meetings::MeetingStore store(path("data") / "meetings");
        const auto meeting = store.create("Old", "2026-01-01T00:00:00Z");
        const auto folder = store.moveToTrash(meeting.folder);
        std::filesystem::last_write_time(folder, std::filesystem::file_time_type::clock::now() -
                                                     std::chrono::hours(24 * 40));
    };
    const auto left = [&] {
        return meetings::MeetingStore(path("data") / "meetings").trash().size();
    };
    std::filesystem::create_directories(path("data") / "meetings");
    start();
    set(Key::TrashDays, "90");
    trashed();
    startAgain();
    import(1); // behind the emptying of the trash
    ASSERT_TRUE(transcribed());
    EXPECT_EQ(left(), 1U);
    set(Key::TrashDays, "7");
    startAgain();
    EXPECT_TRUE(waitFor([&] { return left() == 0; }));
}

} // namespace
} // namespace phial::app
