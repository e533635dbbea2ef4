// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/settings_rows.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"
#include "tests/ui/fixtures.h"
#include "tests/ui/program_fixture.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/recording_bar.h"
#include "ui/pages/settings_page.h"
#include "ui/widgets/notice_bar.h"

#include <QElapsedTimer>
#include <QLabel>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTest>

#include <gtest/gtest.h>

#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

namespace phial::app {

/// What the engine was loaded with and asked; written on its thread.
struct Asked {
    std::mutex mutex;
    std::vector<EngineOptions> loads;
    std::vector<Request> requests;
};

/// The whole program with its page of settings, an engine that answers at once, and microphones
/// that a test plays.
class SettingsSessionTest : public ProgramTest<> {
protected:
    void start(StartMode mode = StartMode::Normal) {
        WindowServices parts = services([this](const EngineOptions& options, const auto&,
                                               std::stop_token) -> std::unique_ptr<Engine> {
            const std::scoped_lock lock(m_asked.mutex);
            m_asked.loads.push_back(options);
            return std::make_unique<meetings::AnsweringEngine>([this](const Request& request) {
                const std::scoped_lock held(m_asked.mutex);
                m_asked.requests.push_back(request);
                return request.messages.back().clips.empty()
                           ? std::string("- We talk about the budget [1]")
                           : std::string("We talk about the budget.");
            });
        });
        parts.listDevices = [] {
            gpu::DeviceInfo card;
            card.uuid = "aabbccdd";
            card.name = "A card";
            card.kind = gpu::DeviceKind::Discrete;
            return std::vector<gpu::DeviceInfo>{card};
        };
        parts.mode = mode;
        run(std::move(parts));
        QCoreApplication::processEvents();
        if (mode == StartMode::Normal) {
            ASSERT_TRUE(ui::test::waitFor([this] { return loads() > 0; }));
        }
        window().showPage(ui::MainWindow::Page::Settings);
    }

    void startAgain() {
        {
            const std::scoped_lock lock(m_asked.mutex);
            m_asked.loads.clear();
            m_asked.requests.clear();
        }
        start();
    }

    ui::SettingsPage& page() { return window().settingsPage(); }

    void set(settings::Key key, const char* value) {
        Q_EMIT page().changed(static_cast<int>(key), QString::fromLatin1(value));
    }

    void press(Fact fact) { Q_EMIT page().pressed(static_cast<int>(fact)); }

    const ui::SettingRow& row(int id) {
        for (const ui::SettingGroup& group : page().view().groups) {
            for (const ui::SettingRow& one : group.rows) {
                if (one.id == id) {
                    return one;
                }
            }
        }
        throw std::logic_error("no such row");
    }

    const ui::SettingRow& row(settings::Key key) { return row(static_cast<int>(key)); }

    const ui::SettingRow& row(Fact fact) { return row(static_cast<int>(fact)); }

    bool groupChanged(SettingsGroup group) {
        return page().view().groups[static_cast<int>(group)].changed;
    }

    bool fileHas(const std::string& line) const {
        std::ifstream file(path("settings.conf"));
        for (std::string one; std::getline(file, one);) {
            if (one == line) {
                return true;
            }
        }
        return false;
    }

    std::size_t loads() {
        const std::scoped_lock lock(m_asked.mutex);
        return m_asked.loads.size();
    }

    EngineOptions lastLoad() {
        const std::scoped_lock lock(m_asked.mutex);
        return m_asked.loads.back();
    }

    /// After a change that must load the model again.
    EngineOptions nextLoad(settings::Key key, const char* value) {
        const std::size_t before = loads();
        set(key, value);
        EXPECT_TRUE(ui::test::waitFor([&] { return loads() == before + 1; })) << value;
        return lastLoad();
    }

    void type(const QString& text, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        window().showPage(ui::MainWindow::Page::Chat);
        auto* edit = window().composer().findChild<QPlainTextEdit*>();
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return, modifiers);
    }

    /// The answer to a typed question is there, and what was asked for it.
    Request asked(const QString& text) {
        std::size_t before = 0;
        {
            const std::scoped_lock lock(m_asked.mutex);
            before = m_asked.requests.size();
        }
        type(text);
        EXPECT_TRUE(ui::test::waitFor([&] {
            const std::scoped_lock lock(m_asked.mutex);
            return m_asked.requests.size() > before;
        }));
        // A second question is only taken when the first is answered.
        EXPECT_TRUE(ui::test::waitFor([this] {
            window().conversation().flush();
            const int rows = window().conversation().rowCount();
            return rows > 0 &&
                   window().conversation().item(rows - 1).view().state == ui::MessageState::Done;
        }));
        const std::scoped_lock lock(m_asked.mutex);
        return m_asked.requests[before];
    }

    ui::MeetingPage& meetingPage() { return window().meetingPage(); }

    void import(int utterances) { Q_EMIT window().importRequested({wavOf(utterances)}); }

    bool transcribed() {
        return ui::test::waitFor(
            [this] { return meetingPage().meeting().state == ui::TranscriptState::Done; });
    }

    /// A recording of less than a minute at the rate of the voice, begun and ended by the user.
    void record(const std::vector<float>& samples) {
        beginRecording();
        m_sound.deliver(samples);
        Q_EMIT window().recordingToggled();
        ASSERT_TRUE(ui::test::waitFor([this] { return !window().recordingBar().recording(); }));
    }

    void beginRecording() {
        m_sound.setDevices({{.id = "Fake/mic",
                             .name = "Fake microphone",
                             .nativeRateHz = meetings::kRate,
                             .isDefault = true}});
        Q_EMIT window().recordingToggled();
        ASSERT_TRUE(ui::test::waitFor([this] { return m_sound.isOpen(); }));
        ASSERT_TRUE(ui::test::waitFor([this] { return recordsWhatIsDelivered(); }));
    }

    /// It records when sound arrives; what comes before may not be kept. As fast as a microphone: a
    /// waiting event loop turns quicker than that and would fill what waits for the disk.
    bool recordsWhatIsDelivered() {
        if (!m_delivered.isValid() || m_delivered.hasExpired(10)) {
            m_delivered.start();
            m_sound.deliver(std::vector<float>(meetings::kRate / 100, 0.001F));
        }
        return barSays(QStringLiteral("Recording"));
    }

    /// In parts, since the sound that waits for the disk is at most a minute. What was recorded
    /// before is of any length.
    void deliverAMinuteOfSilence() {
        for (int part = 0; part < 4; ++part) {
            const int before = recordedSeconds();
            m_sound.deliver(std::vector<float>(static_cast<std::size_t>(16 * meetings::kRate)));
            ASSERT_TRUE(ui::test::waitFor([&] { return recordedSeconds() >= before + 15; }));
        }
    }

    /// As the bar shows them.
    int recordedSeconds() {
        const QRegularExpression clock(QStringLiteral("(\\d+):(\\d\\d)"));
        for (const QLabel* label : window().recordingBar().findChildren<QLabel*>()) {
            if (const auto found = clock.match(label->text()); found.hasMatch()) {
                return 60 * found.captured(1).toInt() + found.captured(2).toInt();
            }
        }
        return 0;
    }

    bool barSays(const QString& words) {
        for (const QLabel* label : window().recordingBar().findChildren<QLabel*>()) {
            if (label->text().contains(words)) {
                return true;
            }
        }
        return false;
    }

    bool noticeWith(const QString& words) {
        for (const QLabel* label : window().findChild<ui::NoticeBar*>()->findChildren<QLabel*>()) {
            if (label->text().contains(words)) {
                return true;
            }
        }
        return false;
    }

    QElapsedTimer m_delivered;
    Asked m_asked;
};

} // namespace phial::app
