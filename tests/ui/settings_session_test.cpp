// SPDX-License-Identifier: MIT
// Every setting of the page in the whole program: changed, and the program does something else; at
// the next start too.
#include "app/composition/settings_rows.h"
#include "app/meetings/meeting_store.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"
#include "tests/ui/fixtures.h"
#include "tests/ui/program_fixture.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/recording_bar.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/notice_bar.h"
#include "ui/widgets/recording_sources_button.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QElapsedTimer>
#include <QLabel>
#include <QMenu>
#include <QPlainTextEdit>
#include <QRegularExpression>
#include <QTest>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

namespace phial::app {
namespace {

using settings::Key;
using ui::test::waitFor;

/// What the engine was loaded with and asked; written on its thread.
struct Asked {
    std::mutex mutex;
    std::vector<EngineOptions> loads;
    std::vector<Request> requests;
};

class OpenedFolders : public QObject {
    Q_OBJECT

public:
    OpenedFolders() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "open"); }

    ~OpenedFolders() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

    QList<QUrl> urls;

public Q_SLOTS:

    void open(const QUrl& url) { urls.append(url); }
};

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
            ASSERT_TRUE(waitFor([this] { return loads() > 0; }));
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

    void set(Key key, const char* value) {
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

    const ui::SettingRow& row(Key key) { return row(static_cast<int>(key)); }

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
    EngineOptions nextLoad(Key key, const char* value) {
        const std::size_t before = loads();
        set(key, value);
        EXPECT_TRUE(waitFor([&] { return loads() == before + 1; })) << value;
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
        EXPECT_TRUE(waitFor([&] {
            const std::scoped_lock lock(m_asked.mutex);
            return m_asked.requests.size() > before;
        }));
        // A second question is only taken when the first is answered.
        EXPECT_TRUE(waitFor([this] {
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
        return waitFor(
            [this] { return meetingPage().meeting().state == ui::TranscriptState::Done; });
    }

    /// A recording of less than a minute at the rate of the voice, begun and ended by the user.
    void record(const std::vector<float>& samples) {
        beginRecording();
        m_sound.deliver(samples);
        Q_EMIT window().recordingToggled();
        ASSERT_TRUE(waitFor([this] { return !window().recordingBar().recording(); }));
    }

    void beginRecording() {
        m_sound.setDevices({{.id = "Fake/mic",
                             .name = "Fake microphone",
                             .nativeRateHz = meetings::kRate,
                             .isDefault = true}});
        Q_EMIT window().recordingToggled();
        ASSERT_TRUE(waitFor([this] { return m_sound.isOpen(); }));
        ASSERT_TRUE(waitFor([this] { return recordsWhatIsDelivered(); }));
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
            ASSERT_TRUE(waitFor([&] { return recordedSeconds() >= before + 15; }));
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

TEST_F(SettingsSessionTest, ThePageShowsWhatIsThere) {
    start();
    ASSERT_TRUE(waitFor([&] { return row(Key::Device).choices.size() == 2; }));
    EXPECT_EQ(row(Key::Device).choices[1].text, QStringLiteral("A card"));
    ASSERT_TRUE(waitFor([&] { return row(Key::Microphone).choices.size() == 3; }));
    EXPECT_TRUE(
        waitFor([&] { return row(Fact::Version).value.startsWith(QStringLiteral("Built-in")); }));
    EXPECT_TRUE(waitFor([&] { return !row(Fact::Data).text.contains(QStringLiteral("…")); }));
    EXPECT_TRUE(row(Fact::Network).value.contains(QStringLiteral("no connection")));
    for (const ui::SettingGroup& group : page().view().groups) {
        EXPECT_FALSE(group.changed) << group.title.toStdString();
    }
}

TEST_F(SettingsSessionTest, ColorsAndSizeOfLettersChangeAtOnceAndStay) {
    start();
    const QFont before = QApplication::font();
    set(Key::Theme, "dark");
    set(Key::FontPercent, "150");
    EXPECT_TRUE(window().theme().dark());
    EXPECT_LT(QApplication::palette().color(QPalette::Window).lightness(), 80);
    EXPECT_GT(QApplication::font().pointSizeF(), 1.4 * before.pointSizeF());
    EXPECT_TRUE(fileHas("theme = dark"));
    EXPECT_TRUE(groupChanged(SettingsGroup::General));
    startAgain();
    EXPECT_TRUE(window().theme().dark());
    EXPECT_EQ(window().theme().zoomPercent(), 150);
    Q_EMIT page().resetRequested(static_cast<int>(SettingsGroup::General));
    EXPECT_EQ(window().theme().choice(), ui::ThemeChoice::System);
    EXPECT_EQ(window().theme().zoomPercent(), 100);
    EXPECT_TRUE(fileHas("theme = system"));
    EXPECT_FALSE(groupChanged(SettingsGroup::General));
}

TEST_F(SettingsSessionTest, WhatTheMenuChangesIsShownOnThePage) {
    start();
    Q_EMIT window().zoomChosen(120);
    EXPECT_EQ(row(Key::FontPercent).value, QStringLiteral("120"));
}

TEST_F(SettingsSessionTest, CtrlEnterSendsInsteadOfEnter) {
    start();
    set(Key::SendKey, "ctrl-enter");
    type(QStringLiteral("hello"));
    EXPECT_EQ(window().conversation().rowCount(), 0);
    EXPECT_EQ(window().composer().draftText(), QStringLiteral("hello\n"));
    type({}, Qt::ControlModifier);
    EXPECT_TRUE(waitFor([&] { return window().conversation().rowCount() == 2; }));
}

TEST_F(SettingsSessionTest, TheLanguageOfTranslationsIsOfferedInChatsAndMeetings) {
    start();
    set(Key::TranslateTo, "ja");
    window().setAction(ui::Action::Translate, {});
    EXPECT_EQ(window().draft().language, QStringLiteral("ja"));
    import(1);
    ASSERT_TRUE(transcribed());
    bool offered = false;
    for (const QComboBox* box : meetingPage().findChildren<QComboBox*>()) {
        offered =
            offered || (box->accessibleName() == QStringLiteral("Language of the translation") &&
                        box->currentData() == QStringLiteral("Japanese"));
    }
    EXPECT_TRUE(offered);
}

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

TEST_F(SettingsSessionTest, InstructionsLengthAndFreedomReachTheModel) {
    start();
    Request plain = asked(QStringLiteral("hello"));
    EXPECT_EQ(plain.messages.front().role, Role::User);
    EXPECT_EQ(plain.sampling.maxTokens, 1024);
    EXPECT_EQ(plain.sampling.temperature, 0);
    set(Key::Instructions, "Answer in one word.");
    set(Key::AnswerTokens, "256");
    set(Key::Temperature, "0.8");
    Request free = asked(QStringLiteral("and now"));
    EXPECT_EQ(free.messages.front().role, Role::System);
    EXPECT_EQ(free.messages.front().text, "Answer in one word.");
    EXPECT_EQ(free.sampling.maxTokens, 256);
    EXPECT_FLOAT_EQ(free.sampling.temperature, 0.8F);
    EXPECT_NE(free.sampling.seed, asked(QStringLiteral("again")).sampling.seed);
    startAgain();
    EXPECT_EQ(asked(QStringLiteral("hello")).messages.front().text, "Answer in one word.");
}

TEST_F(SettingsSessionTest, WhatTheModelRunsOnLoadsItAgain) {
    start();
    EXPECT_EQ(lastLoad().device.software, gpu::SoftwareDevices::Refuse);
    EXPECT_EQ(nextLoad(Key::SoftwareDevice, "yes").device.software, gpu::SoftwareDevices::Allow);
    EXPECT_EQ(nextLoad(Key::Device, "aabbccdd").device.select, "aabbccdd");
    EXPECT_EQ(nextLoad(Key::ContextTokens, "2048").contextTokens, 2048);
    EXPECT_EQ(nextLoad(Key::KvCache, "turbo4").kvCache, KvCacheFormat::Tq4);
    EXPECT_EQ(nextLoad(Key::Precision, "fp32").precision, Precision::Fp32);
    EXPECT_TRUE(fileHas("software-device = allow"));
    startAgain();
    EXPECT_EQ(lastLoad().device.select, "aabbccdd");
    EXPECT_EQ(lastLoad().kvCache, KvCacheFormat::Tq4);
    Q_EMIT page().resetRequested(static_cast<int>(SettingsGroup::Model));
    ASSERT_TRUE(waitFor([&] { return loads() == 2; }));
    EXPECT_EQ(lastLoad().device.select, "");
    EXPECT_EQ(lastLoad().contextTokens, 0);
}

TEST_F(SettingsSessionTest, OtherSettingsLeaveTheModelAlone) {
    start();
    const std::size_t before = loads();
    set(Key::Theme, "dark");
    set(Key::SpokenLanguage, "de");
    asked(QStringLiteral("hello"));
    EXPECT_EQ(loads(), before);
}

TEST_F(SettingsSessionTest, ButtonsLeadSomewhere) {
    OpenedFolders opened;
    std::filesystem::create_directories(path("cache") / "deep");
    std::ofstream(path("cache") / "deep/pictures") << std::string(5000, 'x');
    start();
    ASSERT_TRUE(waitFor([&] { return row(Fact::Cache).text.contains(QStringLiteral("5.0 kB")); }))
        << row(Fact::Cache).text.toStdString();
    press(Fact::Cache);
    EXPECT_TRUE(waitFor([&] { return !std::filesystem::exists(path("cache") / "deep"); }));
    EXPECT_TRUE(std::filesystem::exists(path("cache")));
    EXPECT_TRUE(waitFor([&] { return row(Fact::Cache).text.startsWith(QStringLiteral("0")); }));
    press(Fact::Data);
    press(Fact::SettingsFile);
    ASSERT_EQ(opened.urls.size(), 2);
    EXPECT_EQ(opened.urls[0].toLocalFile().toStdString(), path("data").string());
    EXPECT_EQ(opened.urls[1].toLocalFile(), m_folder.path());
    press(Fact::Model);
    EXPECT_FALSE(page().isVisible());
}

TEST_F(SettingsSessionTest, TheReportHoldsWhatHelpsAndNoWordsOfTheUser) {
    start();
    set(Key::Instructions, "Call me Anna.");
    set(Key::Theme, "dark");
    ASSERT_TRUE(waitFor([&] { return row(Key::Microphone).choices.size() == 3; }));
    asked(QStringLiteral("my secret"));
    press(Fact::Report);
    const QString report = QApplication::clipboard()->text();
    for (const char* part :
         {"Phial 0.1.0", "A card", "Fake/mic", "theme = dark", "instructions = (13 bytes)"}) {
        EXPECT_TRUE(report.contains(QString::fromLatin1(part))) << part << '\n'
                                                                << report.toStdString();
    }
    EXPECT_FALSE(report.contains(QStringLiteral("Anna")));
    EXPECT_FALSE(report.contains(QStringLiteral("secret")));
}

TEST_F(SettingsSessionTest, SafeModeUsesNeitherSettingsNorModelAndKeepsNothing) {
    start();
    set(Key::Theme, "dark");
    set(Key::FontPercent, "150");
    m_asked.loads.clear();
    start(StartMode::Safe);
    EXPECT_EQ(window().theme().zoomPercent(), 100);
    EXPECT_EQ(window().theme().choice(), ui::ThemeChoice::System);
    EXPECT_TRUE(noticeWith(QStringLiteral("safe mode")));
    EXPECT_FALSE(page().view().note.isEmpty());
    set(Key::FontPercent, "90");
    EXPECT_EQ(window().theme().zoomPercent(), 90);
    EXPECT_TRUE(fileHas("font-percent = 150"));
    EXPECT_EQ(loads(), 0U);
    Q_EMIT window().noticeAction(QStringLiteral("safe-mode"), ui::NoticeAction::RetryLoad);
    EXPECT_TRUE(waitFor([&] { return loads() == 1; })); // by the user's wish
}

TEST_F(SettingsSessionTest, AValueThatCannotBeUsedIsTold) {
    std::ofstream(path("settings.conf")) << "version = 1\ntheme = purple\n";
    start();
    EXPECT_TRUE(noticeWith(QStringLiteral("purple")));
}

} // namespace
} // namespace phial::app

#include "settings_session_test.moc"
