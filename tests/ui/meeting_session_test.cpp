// SPDX-License-Identifier: MIT
// Meetings in the whole program with a window; see the fixture.
#include "app/meetings/meeting_store.h"
#include "app/meetings/transcript_json.h"
#include "app/meetings/workspace/workspace.h"
#include "tests/ui/meeting_session_fixture.h"
#include "ui/meeting/language_dialog.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"
#include "ui/meeting/recording_bar.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/meeting/trash_page.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QTest>
#include <QTextBrowser>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace phial::app {
namespace {

constexpr const char* kDutch = "Wij hebben het budget nog niet goedgekeurd, maar dat gaan we doen.";
const QString kLooksDutch = QStringLiteral("The spoken language looks like Dutch.");

TEST_F(MeetingSessionTest, AnImportedRecordingIsTranscribedAndListed) {
    start();
    ASSERT_TRUE(importMeeting(3));
    EXPECT_EQ(line(0).text, QStringLiteral("We talk about budget number 1."));
    EXPECT_NEAR(line(1).start, 10, 0.6);
    ASSERT_EQ(sidebar().rowCount(), 1);
    EXPECT_EQ(sidebar().index(0, 0).data().toString(), QStringLiteral("Weekly"));
    EXPECT_TRUE(waitFor([&] { // done work leaves the queue
        return window().queueDialog().findChild<QListView*>()->model()->rowCount() == 0;
    }));
}

TEST_F(MeetingSessionTest, WhatCannotBeImportedIsNamedAndTheRestIsDone) {
    start();
    const QString bad = m_folder.filePath(QStringLiteral("bad.wav"));
    QFile file(bad);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("no sound");
    file.close();
    Q_EMIT window().importRequested({bad, wavOf(1)});
    ASSERT_TRUE(waitFor([&] { return lines() == 1; }));
    bool told = false;
    for (const QLabel* label : window().findChildren<QLabel*>()) {
        told = told || label->text().contains(QStringLiteral("bad.wav"));
    }
    EXPECT_TRUE(told);
    EXPECT_EQ(sidebar().rowCount(), 1);
}

TEST_F(MeetingSessionTest, AFileThatIsCutShortIsWrittenDownAsFarAsItGoesAndSaysSo) {
    start();
    const QString file = wavOf(3);
    const std::filesystem::path path = file.toStdString();
    std::filesystem::resize_file(path, std::filesystem::file_size(path) * 2 / 3);
    Q_EMIT window().importRequested({file});
    ASSERT_TRUE(waitFor(
        [this] { return page().meeting().state == ui::TranscriptState::Done && lines() >= 1; }));
    EXPECT_TRUE(waitFor([this] { return says(QStringLiteral("cut short: readable up to")); }));
}

TEST_F(MeetingSessionTest, RecordsWithoutAModelsHelpAndKeepsTheMeeting) {
    start();
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return m_sound.isOpen(); }));
    EXPECT_TRUE(window().recordingBar().recording());
    for (int i = 0; i < 40; ++i) {
        m_sound.deliver(std::vector<float>(800, 0.25F)); // 4 s at 8 kHz
        QCoreApplication::processEvents();
    }
    // It is listed while it runs, with its length so far, and cannot be deleted.
    ASSERT_EQ(sidebar().rowCount(), 1);
    const QModelIndex row = sidebar().index(0, 0);
    EXPECT_TRUE(row.data(ui::ItemLiveRole).toBool());
    EXPECT_TRUE(waitFor([&] {
        return row.data(ui::ItemDetailRole).toString() > QStringLiteral("Recording · 0:00");
    })) << row.data(ui::ItemDetailRole).toString().toStdString();
    Q_EMIT window().meetingDeleted(row.data(ui::ConversationIdRole).toString());
    QCoreApplication::processEvents();
    EXPECT_EQ(sidebar().rowCount(), 1);
    Q_EMIT window().bookmarkRequested();
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return !window().recordingBar().recording(); }));
    EXPECT_TRUE(waitFor([&] { // when all of it is on the disk
        return !sidebar().index(0, 0).data(ui::ItemLiveRole).toBool();
    }));
    ASSERT_TRUE(waitFor([&] { return sidebar().rowCount() == 1; }));
    const meetings::MeetingStore store(path("data") / "meetings");
    ASSERT_EQ(store.list().size(), 1U);
    // The window is idle before the length is saved.
    ASSERT_TRUE(waitFor([&] { return store.list().front().meta.seconds > 0; }));
    // What the ring could not take is lost.
    EXPECT_NEAR(store.list().front().meta.seconds, 4, 1.1);
    Q_EMIT window().meetingOpened(sidebar().index(0, 0).data(ui::ConversationIdRole).toString());
    ASSERT_TRUE(waitFor([&] { return !page().meeting().id.isEmpty(); }));
    EXPECT_EQ(page().meeting().bookmarks.size(), 1);
}

TEST_F(MeetingSessionTest, ClosingTheProgramKeepsARecordingThatRuns) {
    start();
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return m_sound.isOpen(); }));
    for (int i = 0; i < 20; ++i) {
        m_sound.deliver(std::vector<float>(800, 0.25F));
        QCoreApplication::processEvents();
    }
    m_application.reset();
    const meetings::MeetingStore store(path("data") / "meetings");
    ASSERT_EQ(store.list().size(), 1U);
    EXPECT_GT(store.list().front().meta.seconds, 0.5);
    EXPECT_EQ(store.list().front().meta.audio.size(), 1U);
}

TEST_F(MeetingSessionTest, ALanguageThatTheModelDoesNotUnderstandIsTold) {
    letItSay(kDutch);
    start();
    ASSERT_TRUE(importMeeting(3));
    ASSERT_TRUE(waitFor([&] { return says(kLooksDutch); }));
    EXPECT_TRUE(says(QStringLiteral("“Weekly”: speech is supported in Chinese, English,")));
    ASSERT_NE(noticeButton("Choose Language…"), nullptr);
    QPushButton* goOn = noticeButton("Continue");
    ASSERT_NE(goOn, nullptr);
    goOn->setFocus(Qt::TabFocusReason);
    QTest::keyClick(goOn, Qt::Key_Space);
    EXPECT_FALSE(shows(languageNotice()));
    EXPECT_EQ(line(2).text, QString::fromUtf8(kDutch)); // as it was
    EXPECT_TRUE(page().meeting().language.isEmpty());
}

TEST_F(MeetingSessionTest, AnotherLanguageCanBeChosenAndTheOldTranscriptIsKept) {
    letItSay(kDutch);
    start();
    ASSERT_TRUE(importMeeting(3));
    ASSERT_TRUE(waitFor([&] { return says(kLooksDutch); }));
    letItSay({});
    ui::LanguageDialog* dialog = chooseLanguage();
    ASSERT_NE(dialog, nullptr);
    auto* box = dialog->findChild<QComboBox*>();
    EXPECT_EQ(dialog->focusWidget(), box);
    EXPECT_TRUE(box->currentData().toString().isEmpty()) << "automatic until now";
    dialog->reject();
    QCoreApplication::processEvents();
    EXPECT_EQ(line(0).text, QString::fromUtf8(kDutch));
    EXPECT_TRUE(shows(languageNotice())) << "nothing was chosen";

    dialog = chooseLanguage();
    ASSERT_NE(dialog, nullptr);
    box = dialog->findChild<QComboBox*>();
    box->setCurrentIndex(box->findData(QStringLiteral("English")));
    QTest::keyClick(box, Qt::Key_Return); // the button that it leads to
    ASSERT_TRUE(waitFor([&] {
        return lines() == 3 && line(2).text == QStringLiteral("We talk about budget number 3.") &&
               page().meeting().state == ui::TranscriptState::Done;
    }));
    EXPECT_FALSE(shows(languageNotice()));
    EXPECT_EQ(page().meeting().language, QStringLiteral("English"));
    const meetings::MeetingStore store(path("data") / "meetings");
    const auto kept = store.revisions(store.list().front().folder);
    ASSERT_EQ(kept.size(), 1U);
    EXPECT_EQ(meetings::loadTranscript(kept[0]).segments.at(2).text, kDutch);
}

TEST_F(MeetingSessionTest, AMicrophoneThatCannotBeOpenedLeavesNoEmptyMeeting) {
    m_sound.setBusy(1'000'000);
    start();
    Q_EMIT window().recordingToggled();
    // The recorder looks for a microphone for as long as waitFor() waits, and then a little.
    const auto given = [&] { return !window().recordingBar().recording(); };
    ASSERT_TRUE(waitFor(given) || waitFor(given));
    EXPECT_TRUE(
        waitFor([this] { return says(QStringLiteral("The meeting is not being recorded.")); }));
    EXPECT_TRUE(says(QStringLiteral("in use"))) << "why";
    EXPECT_FALSE(shows(QStringLiteral("meeting-consent"))) << "there is nothing to tell";
    EXPECT_TRUE(waitFor([&] {
        const meetings::MeetingStore store(path("data") / "meetings");
        return store.list().empty();
    }));
    EXPECT_EQ(sidebar().rowCount(), 0);
}

TEST_F(MeetingSessionTest, ARecordingTellsThatItHearsAlmostNothing) {
    start();
    Q_EMIT window().recordingToggled();
    const auto bar = [this] { return window().recordingBar().findChild<QLabel*>()->text(); };
    ASSERT_TRUE(waitFor([&] { return m_sound.deliver(std::vector<float>(80, 0.5F)); }));
    ASSERT_TRUE(waitFor([&] { return bar().startsWith(QStringLiteral("● Recording")); }));
    ASSERT_TRUE(m_sound.deliver(std::vector<float>(4 * 8000, 0.001F))); // -60 dBFS, four seconds
    EXPECT_TRUE(waitFor([&] { return bar().contains(QStringLiteral("very quiet")); }));
    ASSERT_TRUE(m_sound.deliver(std::vector<float>(800, 0.5F)));
    EXPECT_TRUE(waitFor([&] { return !bar().contains(QStringLiteral("very quiet")); }));
}

TEST_F(MeetingSessionTest, ARecordingTellsThatAnotherMicrophoneTookOver) {
    start();
    Q_EMIT window().inputDeviceChosen(QStringLiteral("Fake/other"));
    Q_EMIT window().recordingToggled();
    ASSERT_TRUE(waitFor([&] { return m_sound.deliver(std::vector<float>(80, 0.5F)); }));
    ASSERT_TRUE(m_sound.isOpen("Fake/other"));
    m_sound.setDevices(
        {{.id = "Fake/mic", .name = "Fake microphone", .nativeRateHz = 8000, .isDefault = true}});
    m_sound.unplug();
    m_sound.replug();
    // The own one is waited for two seconds.
    ASSERT_TRUE(waitFor([&] { return m_sound.isOpen("Fake/mic"); }));
    EXPECT_TRUE(waitFor([this] {
        return says(QStringLiteral("The recording goes on with the system's other one"));
    }));
}

TEST_F(MeetingSessionTest, EditsAreSavedAndCanBeUndone) {
    start();
    ASSERT_TRUE(importMeeting(2));
    const qint64 id = line(0).id;
    Q_EMIT page().textEdited(id, QStringLiteral("We talk about the budget."));
    ASSERT_TRUE(
        waitFor([&] { return line(0).text == QStringLiteral("We talk about the budget."); }));
    EXPECT_TRUE(line(0).edited);
    EXPECT_EQ(stored().segments[0].text, "We talk about the budget.");
    Q_EMIT page().divided(id, QStringLiteral("We talk about the budget."), 7);
    ASSERT_TRUE(waitFor([&] { return lines() == 3; }));
    EXPECT_EQ(line(0).text, QStringLiteral("We talk"));
    EXPECT_EQ(line(1).text, QStringLiteral("about the budget."));
    EXPECT_GT(line(1).start, line(0).start);
    page().transcript().closeEditor();
    Q_EMIT page().joined(id, line(1).id, line(1).text);
    ASSERT_TRUE(waitFor([&] { return lines() == 2; }));
    EXPECT_EQ(line(0).text, QStringLiteral("We talk about the budget."));
    page().transcript().closeEditor();
    Q_EMIT page().undoRequested();
    ASSERT_TRUE(waitFor([&] { return lines() == 3; }));
    Q_EMIT page().undoRequested();
    Q_EMIT page().undoRequested();
    ASSERT_TRUE(waitFor([&] {
        return lines() == 2 && line(0).text == QStringLiteral("We talk about budget number 1.");
    }));
    EXPECT_EQ(stored().segments[0].text, "We talk about budget number 1.");
    Q_EMIT page().redoRequested();
    ASSERT_TRUE(
        waitFor([&] { return line(0).text == QStringLiteral("We talk about the budget."); }));
}

TEST_F(MeetingSessionTest, SpeakersReplacementsAndOldVersions) {
    start();
    ASSERT_TRUE(importMeeting(2));
    Q_EMIT page().speakerChosen({line(0).id, line(1).id}, QStringLiteral("Anna"));
    ASSERT_TRUE(waitFor([&] { return line(1).speaker == QStringLiteral("Anna"); }));
    Q_EMIT page().speakerRenamed(QStringLiteral("Anna"), QStringLiteral("Anne"));
    ASSERT_TRUE(waitFor([&] { return line(0).speaker == QStringLiteral("Anne"); }));
    Q_EMIT page().replaceAllRequested(QStringLiteral("budget"), QStringLiteral("cost"));
    ASSERT_TRUE(
        waitFor([&] { return line(1).text == QStringLiteral("We talk about cost number 2."); }));
    Q_EMIT page().linesAgainRequested({line(1).id});
    ASSERT_TRUE(waitFor([&] { return m_heard == 3 && line(1).versions.size() == 2; }));
    EXPECT_EQ(line(1).text, QStringLiteral("We talk about cost number 2.")); // the user's stays
    Q_EMIT page().versionChosen(line(1).id, 0);
    ASSERT_TRUE(
        waitFor([&] { return line(1).text == QStringLiteral("We talk about budget number 2."); }));
}

TEST_F(MeetingSessionTest, TranslatesAndSummarizesWithTimesThatPlay) {
    start();
    ASSERT_TRUE(importMeeting(2));
    Q_EMIT page().translationRequested(QStringLiteral("German"), {});
    ASSERT_TRUE(waitFor([&] { return !line(1).translation.isEmpty(); }));
    EXPECT_EQ(line(0).translation, QStringLiteral("Wir reden über das Budget."));
    Q_EMIT page().summaryRequested({.name = QStringLiteral("minutes"), .own = {}, .language = {}});
    ASSERT_TRUE(waitFor([&] { return !page().meeting().summaries.isEmpty(); }));
    const QString text = page().meeting().summaries.first().markdown;
    EXPECT_TRUE(text.contains(QStringLiteral("](#t=2)"))) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("no source found"))) << text.toStdString();
}

TEST_F(MeetingSessionTest, AMeetingWithoutATranscriptIsWrittenDownAndThenSummarized) {
    ASSERT_TRUE(openUntranscribed(2));
    Q_EMIT page().summaryRequested({.name = QStringLiteral("actions"), .own = {}, .language = {}});
    ASSERT_TRUE(waitFor([&] { return !page().meeting().summaries.isEmpty(); }));
    EXPECT_EQ(page().meeting().summaries[0].name, QStringLiteral("actions"));
    EXPECT_EQ(lines(), 2);
}

TEST_F(MeetingSessionTest, CancellingTheTranscriptionCancelsTheSummaryThatFollows) {
    m_hold = true;
    ASSERT_TRUE(openUntranscribed(2));
    Q_EMIT page().summaryRequested({.name = QStringLiteral("actions"), .own = {}, .language = {}});
    const auto* queue = window().queueDialog().findChild<QListView*>()->model();
    ASSERT_TRUE(waitFor([&] { return queue->rowCount() == 1; }));
    const auto item = [&] {
        return queue->index(0, 0).data(Qt::UserRole + 1).value<ui::QueueItem>();
    };
    Q_EMIT window().queueCancelled(item().number);
    ASSERT_TRUE(waitFor([&] { return item().state == ui::QueueItem::State::Cancelled; }));
    m_hold = false;
    Q_EMIT page().transcriptionRequested({}); // only that, this time
    ASSERT_TRUE(waitFor([&] { return page().meeting().state == ui::TranscriptState::Done; }));
    Q_EMIT page().translationRequested(QStringLiteral("German"), {}); // behind a summary
    ASSERT_TRUE(waitFor([&] { return lines() == 2 && !line(1).translation.isEmpty(); }));
    EXPECT_TRUE(page().meeting().summaries.isEmpty());
}

TEST_F(MeetingSessionTest, AnswersQuestionsWithTheirTimes) {
    start();
    ASSERT_TRUE(importMeeting(2));
    Q_EMIT page().asked(QStringLiteral("Which budget?"));
    QTextBrowser* answer = nullptr;
    for (QTextBrowser* browser : page().findChildren<QTextBrowser*>()) {
        if (browser->accessibleName() == QStringLiteral("Questions and answers")) {
            answer = browser;
        }
    }
    ASSERT_NE(answer, nullptr);
    EXPECT_TRUE(waitFor([&] {
        return answer->toPlainText().contains(QStringLiteral("The budget is number two")) &&
               answer->toMarkdown().contains(QStringLiteral("#t="));
    }));
}

TEST_F(MeetingSessionTest, ASearchLandsOnTheLine) {
    start();
    ASSERT_TRUE(importMeeting(3));
    window().showPage(ui::MainWindow::Page::Search);
    auto* field = window().searchPage().findChild<QLineEdit*>();
    field->setText(QStringLiteral("number 2"));
    auto* hits = window().searchPage().findChild<QListView*>();
    ASSERT_TRUE(waitFor([&] { return hits->model()->rowCount() == 1; }));
    Q_EMIT window().searchPage().hitActivated(
        hits->model()->index(0, 0).data(Qt::UserRole + 1).value<ui::HitView>());
    ASSERT_TRUE(waitFor([&] { return page().isVisible(); }));
    EXPECT_EQ(page().transcript().currentLine().text,
              QStringLiteral("We talk about budget number 2."));
}

TEST_F(MeetingSessionTest, ATrashThatCannotBeEmptiedKeepsNobodyFromTheMeetings) {
    {
        meetings::Workspace workspace(path("data"), {});
        workspace.import(wavOf(1).toStdString(), "2026-01-01T00:00:00Z");
    }
    // A folder of somebody else behind a link: old enough to go, and never deleted.
    const std::filesystem::path elsewhere = path("elsewhere");
    std::filesystem::create_directories(elsewhere / "kept");
    std::filesystem::create_directories(path("data") / "meetings" / ".trash");
    std::filesystem::create_directory_symlink(elsewhere,
                                              path("data") / "meetings" / ".trash" / "link");
    std::filesystem::last_write_time(elsewhere, std::filesystem::file_time_type::clock::now() -
                                                    std::chrono::hours(24 * 400));
    start();
    EXPECT_TRUE(waitFor([this] { return sidebar().rowCount() > 0; }));
    EXPECT_TRUE(
        waitFor([this] { return says(QStringLiteral("The trash could not be emptied.")); }));
    EXPECT_TRUE(std::filesystem::exists(elsewhere / "kept"));
}

TEST_F(MeetingSessionTest, TheTrashGivesBack) {
    start();
    ASSERT_TRUE(importMeeting(1));
    const QString id = page().meeting().id;
    Q_EMIT window().meetingDeleted(id);
    ASSERT_TRUE(waitFor([&] { return sidebar().rowCount() == 0; }));
    Q_EMIT window().trashOpened();
    auto* list = window().trashPage().findChild<QAbstractItemView*>();
    ASSERT_TRUE(waitFor([&] { return list->model()->rowCount() == 1; }));
    Q_EMIT window().trashPage().restoreRequested(
        list->model()->index(0, 0).data(Qt::UserRole).toString());
    ASSERT_TRUE(waitFor([&] { return sidebar().rowCount() == 1; }));
    EXPECT_TRUE(waitFor([&] { return list->model()->rowCount() == 0; }));
}

TEST_F(MeetingSessionTest, TheQueueOutlivesTheProgram) {
    start();
    ASSERT_TRUE(importMeeting(1));
    m_application.reset();
    QFile file(QString::fromStdString((path("data") / "jobs.json").string()));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    const meetings::MeetingStore store(path("data") / "meetings");
    file.write(QStringLiteral("{\"schema\":1,\"jobs\":[{\"kind\":\"translate\",\"meeting\":\"%1\","
                              "\"language\":\"German\"}]}")
                   .arg(QString::fromStdString(store.list().front().folder.filename().string()))
                   .toUtf8());
    file.close();
    start();
    ASSERT_TRUE(waitFor([&] { return !stored().segments[0].translation.empty(); }));
}

TEST_F(MeetingSessionTest, ClosesAtAnyMoment) {
    const QString file = wavOf(2);
    for (int round = 0; round < 12; ++round) {
        start();
        Q_EMIT window().importRequested({file});
        if (round % 3 == 0) {
            Q_EMIT window().recordingToggled();
        }
        for (int turn = 0; turn < round * 3; ++turn) {
            QCoreApplication::processEvents();
        }
        m_application.reset();
    }
}

} // namespace
} // namespace phial::app
