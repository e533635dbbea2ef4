// SPDX-License-Identifier: MIT
#pragma once

#include "app/meetings/meeting_store.h"
#include "app/meetings/workspace/workspace.h"
#include "tests/meetings/answering_engine.h"
#include "tests/ui/fixtures.h"
#include "tests/ui/program_fixture.h"
#include "ui/meeting/language_dialog.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/widgets/notice_bar.h"

#include <QCoreApplication>
#include <QLabel>
#include <QListView>
#include <QPushButton>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace phial::app {

using ui::test::waitFor;

/// What a model would say: lines are numbered, translations are marked, summaries cite.
inline std::string answerTo(const Request& request, int& heard) {
    const Message& message = request.messages.back();
    // Translations are made from the sound, so that they come before what is heard.
    if (message.text.find("ranslate") != std::string::npos) {
        return "Wir reden über das Budget.";
    }
    if (!message.clips.empty()) {
        return "We talk about budget number " + std::to_string(++heard) + ".";
    }
    if (message.text.find("Answer this question") != std::string::npos) {
        return "The budget is number two [2].";
    }
    return "- We talk about budget number 1 [1]\n- Nobody said this";
}

/// Meetings in the whole program with a window: an engine that answers by rule, a microphone that
/// the test speaks into, loudspeakers that nobody hears.
class MeetingSessionTest : public ProgramTest<> {
protected:
    void start() {
        WindowServices parts = services(
            [this](const EngineOptions&, const auto&, std::stop_token) -> std::unique_ptr<Engine> {
                return std::make_unique<meetings::AnsweringEngine>([this](const Request& request) {
                    while (m_hold) {
                        std::this_thread::yield();
                    }
                    const std::scoped_lock lock(m_saysMutex);
                    return m_says.empty() ? answerTo(request, m_heard) : m_says;
                });
            });
        parts.freeBytes = m_freeBytes;
        run(std::move(parts));
        QCoreApplication::processEvents();
    }

    ui::MeetingPage& page() { return window().meetingPage(); }

    int lines() { return page().transcript().model()->rowCount(); }

    ui::LineView line(int row) {
        return page().transcript().model()->index(row, 0).data(ui::LineRole).value<ui::LineView>();
    }

    QAbstractItemModel& sidebar() { return *window().findChild<QListView*>()->model(); }

    /// A meeting with that many lines on the page.
    bool importMeeting(int utterances) {
        Q_EMIT window().importRequested({wavOf(utterances)});
        return waitFor([&] {
            return page().meeting().state == ui::TranscriptState::Done && lines() == utterances;
        });
    }

    /// A meeting that is only sound, on the page of the program that has just begun.
    bool openUntranscribed(int utterances) {
        QString id;
        {
            meetings::Workspace workspace(path("data"), {});
            const meetings::MeetingEntry meeting =
                workspace.import(wavOf(utterances).toStdString(), "2026-01-01T00:00:00Z");
            id = QString::fromStdString(meeting.folder.filename().string());
        }
        start();
        Q_EMIT window().meetingOpened(id);
        return waitFor([&] { return page().meeting().id == id; });
    }

    bool says(const QString& words) {
        const auto labels = window().findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&words](const QLabel* label) { return label->text().contains(words); });
    }

    bool shows(const QString& notice) {
        return window().findChild<ui::NoticeBar*>()->shows(notice);
    }

    /// Key of the notice about the meeting on the page.
    QString languageNotice() { return QStringLiteral("meeting-language:") + page().meeting().id; }

    QPushButton* noticeButton(const char* text) {
        const auto buttons = window().findChild<ui::NoticeBar*>()->findChildren<QPushButton*>();
        const auto found =
            std::find_if(buttons.begin(), buttons.end(), [text](const QPushButton* button) {
                return button->text() == QString::fromUtf8(text);
            });
        return found == buttons.end() ? nullptr : *found;
    }

    /// The question that "Choose Language…" of a notice opens.
    ui::LanguageDialog* chooseLanguage() {
        if (QPushButton* choose = noticeButton("Choose Language…")) {
            choose->click();
        }
        ui::LanguageDialog* open = nullptr;
        waitFor([&] {
            for (auto* dialog : window().findChildren<ui::LanguageDialog*>()) {
                open = dialog->isVisible() ? dialog : open;
            }
            return open != nullptr;
        });
        return open;
    }

    meetings::Transcript stored() {
        const meetings::MeetingStore store(path("data") / "meetings");
        return store.readTranscript(store.list().front().folder)
            .value_or(meetings::Transcript{.rateHz = 1});
    }

    /// From now on, whatever it is asked; empty = by rule.
    void letItSay(std::string answer) {
        const std::scoped_lock lock(m_saysMutex);
        m_says = std::move(answer);
    }

    SoundKeeper::FreeBytes m_freeBytes; ///< of the next start(); unset = what there is
    int m_heard = 0;
    std::mutex m_saysMutex;
    std::string m_says;              ///< guarded by m_saysMutex
    std::atomic<bool> m_hold{false}; ///< the engine does not answer
};

} // namespace phial::app
