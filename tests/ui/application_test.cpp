// SPDX-License-Identifier: MIT
// The whole program with a window, an engine that is scripted and a microphone that plays samples.
#include "app/composition/application.h"
#include "app/composition/trim_silence.h"
#include "app/composition/wav_bytes.h"
#include "app/documents/audio_file_reader.h"
#include "tests/app/no_microphone.h"
#include "tests/meetings/voice.h"
#include "tests/ui/fixtures.h"
#include "ui/widgets/attachment_chip.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QFile>
#include <QImage>
#include <QListView>
#include <QPlainTextEdit>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <mutex>

namespace phial::app {
namespace {

/// What the engine was asked, and how it behaves; shared by the test and the engine's thread.
struct Script {
    std::mutex mutex;
    std::vector<Request> requests;
    std::atomic<bool> holdLoad{false};
    std::atomic<bool> endless{false};
    std::atomic<bool> circles{false};
    std::optional<Error> failure;
};

class ScriptedEngine final : public Engine {
public:
    explicit ScriptedEngine(Script& script)
        : m_script(script) {}

    EngineInfo info() const override {
        EngineInfo info;
        info.modelName = "scripted";
        info.hears = info.sees = true;
        info.contextTokens = 4096;
        info.deviceKind = gpu::DeviceKind::Software;
        info.deviceName = "scripted device";
        return info;
    }

    GenerationResult generate(const Request& request, const GenerationEvents& events,
                              std::stop_token stop) override {
        {
            const std::scoped_lock lock(m_script.mutex);
            m_script.requests.push_back(request);
            if (m_script.failure) {
                throw Error(*m_script.failure);
            }
        }
        GenerationResult result;
        const auto say = [&](const std::string& piece) {
            result.text += piece;
            ++result.usage.completionTokens;
            return events.onText(piece);
        };
        say("answer ");
        while (m_script.circles) {
            if (!say("again ")) {
                result.finishReason = FinishReason::Cancelled;
                return result;
            }
        }
        while (m_script.endless && !stop.stop_requested()) {
            std::this_thread::yield();
        }
        if (stop.stop_requested()) {
            result.finishReason = FinishReason::Cancelled;
            return result;
        }
        const auto turns =
            std::count_if(request.messages.begin(), request.messages.end(),
                          [](const Message& message) { return message.role != Role::System; });
        say(std::to_string(turns));
        result.timings.decode = 0.5;
        return result;
    }

    int textTokens(std::string_view text) const override { return static_cast<int>(text.size()); }

    int imageTokens(int width, int) const override { return width; }

    int audioTokens(double seconds) const override { return static_cast<int>(seconds * 12.5); }

private:
    Script& m_script;
};

AudioClip tone(double silentSeconds, double seconds) {
    AudioClip clip;
    const auto quiet = static_cast<std::size_t>(silentSeconds * clip.sampleRateHz);
    const auto loud = static_cast<std::size_t>(seconds * clip.sampleRateHz);
    clip.samples.assign(2 * quiet + loud, 0.001F);
    for (std::size_t i = 0; i < loud; ++i) {
        clip.samples[quiet + i] = 0.4F * static_cast<float>(std::cos(0.1 * static_cast<double>(i)));
    }
    return clip;
}

class ApplicationTest : public testing::Test {
protected:
    void start() {
        WindowServices services;
        services.loadEngine = [this](const EngineOptions&,
                                     const std::function<void(const Progress&)>&,
                                     std::stop_token stop) -> std::unique_ptr<Engine> {
            while (m_script.holdLoad && !stop.stop_requested()) {
                std::this_thread::yield();
            }
            if (stop.stop_requested()) {
                throw Error(ErrorCode::Cancelled, "stopped");
            }
            if (m_refuseLoad) {
                throw Error(ErrorCode::DeviceUnsuitable, "Only a software device is there.");
            }
            return std::make_unique<ScriptedEngine>(m_script);
        };
        services.listDevices = [] {
            gpu::DeviceInfo device;
            device.kind = gpu::DeviceKind::Software;
            device.name = "software";
            device.uuid = "00";
            return std::vector<gpu::DeviceInfo>{device};
        };
        services.makeAudioBackend = [] { return std::make_unique<audio::NoMicrophone>(); };
        services.dataDirectory = m_folder.filePath(QStringLiteral("data")).toStdString();
        services.settingsFile = m_folder.filePath(QStringLiteral("settings.conf")).toStdString();
        m_application = std::make_unique<Application>(services);
        m_application->show();
        QCoreApplication::processEvents(); // loading begins behind the first paint
    }

    ui::ConversationView& view() { return m_application->window().conversation(); }

    void type(const QString& text) {
        auto* edit = m_application->window().composer().findChild<QPlainTextEdit*>();
        QTest::keyClicks(edit, text);
        QTest::keyClick(edit, Qt::Key_Return);
    }

    bool answered(int rows) {
        return ui::test::waitFor([&] {
            view().flush();
            return view().rowCount() == rows &&
                   view().item(rows - 1).view().state == ui::MessageState::Done;
        });
    }

    QString textOf(int row) { return view().item(row).text(); }

    QString recording(const AudioClip& clip) {
        QFile file(m_folder.filePath(QStringLiteral("s.wav")));
        EXPECT_TRUE(file.open(QIODevice::WriteOnly));
        file.write(wavBytes(clip));
        return file.fileName();
    }

    QTemporaryDir m_folder;
    Script m_script;
    std::atomic<bool> m_refuseLoad{false};
    std::unique_ptr<Application> m_application;
};

TEST_F(ApplicationTest, AnswersATypedQuestionAndKeepsTheConversation) {
    start();
    type(QStringLiteral("hello"));
    ASSERT_TRUE(answered(2));
    EXPECT_EQ(textOf(0), QStringLiteral("hello"));
    EXPECT_EQ(textOf(1), QStringLiteral("answer 1"));
    type(QStringLiteral("and more"));
    ASSERT_TRUE(answered(4));
    EXPECT_EQ(textOf(3), QStringLiteral("answer 3")); // both turns before were sent along
    m_application.reset();
    start();
    QSignalSpy opened(&m_application->window(), &ui::MainWindow::conversationOpened);
    auto* list = m_application->window().findChild<QListView*>();
    ASSERT_TRUE(ui::test::waitFor([list] { return list->model()->rowCount() == 1; }));
    Q_EMIT m_application->window().conversationOpened(
        list->model()->index(0, 0).data(ui::ConversationIdRole).toString());
    ASSERT_TRUE(answered(4));
    EXPECT_EQ(textOf(3), QStringLiteral("answer 3"));
}

TEST_F(ApplicationTest, AQuestionMayBePutWhileTheModelIsLoading) {
    m_script.holdLoad = true;
    start();
    type(QStringLiteral("early"));
    ASSERT_TRUE(ui::test::waitFor([&] { return view().rowCount() == 2; }));
    EXPECT_EQ(view().item(1).view().state, ui::MessageState::Waiting);
    m_script.holdLoad = false;
    ASSERT_TRUE(answered(2));
}

TEST_F(ApplicationTest, StopKeepsWhatWasWritten) {
    m_script.endless = true;
    start();
    type(QStringLiteral("go on forever"));
    ASSERT_TRUE(ui::test::waitFor([&] {
        view().flush();
        return view().rowCount() == 2 && !textOf(1).isEmpty();
    }));
    Q_EMIT m_application->window().stopRequested();
    ASSERT_TRUE(ui::test::waitFor([&] {
        view().flush();
        return view().item(1).view().state == ui::MessageState::Stopped;
    }));
    EXPECT_EQ(textOf(1), QStringLiteral("answer "));
}

TEST_F(ApplicationTest, RegenerateKeepsTheFirstAnswerAsAVariant) {
    start();
    type(QStringLiteral("hello"));
    ASSERT_TRUE(answered(2));
    Q_EMIT m_application->window().messageCommand(ui::MessageCommand::Regenerate,
                                                  view().item(1).view().id);
    ASSERT_TRUE(ui::test::waitFor([&] {
        view().flush();
        return view().item(1).view().variants == 2 &&
               view().item(1).view().state == ui::MessageState::Done;
    }));
    EXPECT_EQ(m_script.requests.size(), 2U);
}

TEST_F(ApplicationTest, AnAnswerGoesOnWhileAnotherConversationIsShown) {
    m_script.endless = true;
    start();
    type(QStringLiteral("slow one"));
    ASSERT_TRUE(ui::test::waitFor([&] {
        view().flush();
        return view().rowCount() == 2 && !textOf(1).isEmpty();
    }));
    Q_EMIT m_application->window().newConversationRequested();
    ASSERT_EQ(view().rowCount(), 0);
    m_script.endless = false;
    auto* list = m_application->window().findChild<QListView*>();
    const auto snippet = [list] {
        return list->model()->index(0, 0).data(ui::SnippetRole).toString();
    };
    ASSERT_TRUE(ui::test::waitFor([&] { return snippet() == QStringLiteral("answer 1"); }));
    Q_EMIT m_application->window().conversationOpened(
        list->model()->index(0, 0).data(ui::ConversationIdRole).toString());
    ASSERT_TRUE(answered(2));
    EXPECT_EQ(textOf(1), QStringLiteral("answer 1"));
}

TEST_F(ApplicationTest, APictureIsSentWithItsQuestion) {
    start();
    const QString path = m_folder.filePath(QStringLiteral("p.png"));
    QImage image(40, 30, QImage::Format_RGB32);
    image.fill(Qt::green);
    ASSERT_TRUE(image.save(path));
    Q_EMIT m_application->window().sourcesOffered({{.path = path, .bytes = {}, .name = {}}});
    type(QStringLiteral("what is it?")); // at once: it waits for the picture
    ASSERT_TRUE(answered(2));
    ASSERT_EQ(m_script.requests.size(), 1U);
    const Message& message = m_script.requests[0].messages.back();
    ASSERT_EQ(message.images.size(), 1U);
    EXPECT_EQ(message.images[0]->width, 40);
    EXPECT_EQ(view().item(0).view().attachments.size(), 1);
}

TEST_F(ApplicationTest, APictureAndARecordingAreAskedAboutInWhateverOrderTheyCome) {
    start();
    ui::MainWindow& window = m_application->window();
    const QString picture = m_folder.filePath(QStringLiteral("p.png"));
    QImage image(40, 30, QImage::Format_RGB32);
    image.fill(Qt::green);
    ASSERT_TRUE(image.save(picture));
    const QString speech = recording(tone(0.0, 1.0));
    const auto attach = [&window](const QString& path) {
        Q_EMIT window.sourcesOffered({{.path = path, .bytes = {}, .name = {}}});
    };
    const auto action = [&window] { return window.draft().action; };

    attach(speech);
    EXPECT_EQ(action(), ui::Action::Transcribe); // the mini model, a recording alone
    attach(picture);
    EXPECT_EQ(action(), ui::Action::Ask);
    QTest::keyClick(window.composer().findChild<QPlainTextEdit*>(), Qt::Key_Return);
    ASSERT_TRUE(answered(2));
    attach(picture);
    attach(speech);
    EXPECT_EQ(action(), ui::Action::Ask);
    QTest::keyClick(window.composer().findChild<QPlainTextEdit*>(), Qt::Key_Return);
    ASSERT_TRUE(answered(4));
    ASSERT_EQ(m_script.requests.size(), 2U);
    for (const Request& request : m_script.requests) {
        EXPECT_EQ(request.messages.back().images.size(), 1U);
        EXPECT_EQ(request.messages.back().clips.size(), 1U);
    }
    attach(speech);
    EXPECT_EQ(action(), ui::Action::Transcribe); // nothing of the last message sticks
}

TEST_F(ApplicationTest, AnAnswerThatGoesRoundInCirclesIsStoppedAndSaysSo) {
    start();
    m_script.circles = true;
    AudioClip clip;
    meetings::addVoice(clip.samples, 3.0);
    Q_EMIT m_application->window().sourcesOffered(
        {{.path = recording(clip), .bytes = {}, .name = {}}});
    QTest::keyClick(m_application->window().composer().findChild<QPlainTextEdit*>(),
                    Qt::Key_Return);
    ASSERT_TRUE(ui::test::waitFor([&] {
        view().flush();
        return view().rowCount() == 2 && view().item(1).view().state == ui::MessageState::Shortened;
    }));
    EXPECT_TRUE(view().item(1).view().note.contains(QStringLiteral("the same over and over")));
    EXPECT_TRUE(textOf(1).startsWith(QStringLiteral("answer again")));
}

TEST_F(ApplicationTest, AFileThatCannotBeReadDoesNotChooseTheAction) {
    start();
    QFile file(m_folder.filePath(QStringLiteral("broken.wav")));
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("this is no sound");
    file.close();
    ui::MainWindow& window = m_application->window();
    Q_EMIT window.sourcesOffered({{.path = file.fileName(), .bytes = {}, .name = {}}});
    EXPECT_TRUE(ui::test::waitFor([&] {
        const auto* chip = window.findChild<ui::AttachmentChip*>();
        return chip != nullptr && chip->accessibleName().contains(QStringLiteral("not a sound"));
    }));
    EXPECT_EQ(window.draft().action, ui::Action::Ask);
}

TEST_F(ApplicationTest, AnEditedQuestionIsSentForWhatItWasAskedFor) {
    start();
    ui::MainWindow& window = m_application->window();
    Q_EMIT window.submitted({.text = QStringLiteral("Good day"),
                             .attachments = {},
                             .action = ui::Action::Translate,
                             .language = QStringLiteral("es"),
                             .editsMessage = {}});
    ASSERT_TRUE(answered(2));
    EXPECT_EQ(window.draft().action, ui::Action::Ask);
    Q_EMIT window.messageCommand(ui::MessageCommand::Edit, view().item(0).view().id);
    EXPECT_EQ(window.draft().text, QStringLiteral("Good day"));
    EXPECT_EQ(window.draft().action, ui::Action::Translate);
    EXPECT_EQ(window.draft().language, QStringLiteral("es"));
}

TEST_F(ApplicationTest, WhatTheActionWouldIgnoreIsNotSent) {
    start();
    Q_EMIT m_application->window().submitted({.text = QStringLiteral("hello"),
                                              .attachments = {},
                                              .action = ui::Action::Transcribe,
                                              .language = {},
                                              .editsMessage = {}});
    EXPECT_EQ(view().rowCount(), 0);
}

TEST_F(ApplicationTest, ASoftwareDeviceIsOnlyUsedWhenAskedFor) {
    m_refuseLoad = true;
    start();
    QSignalSpy action(&m_application->window(), &ui::MainWindow::noticeAction);
    const auto button = [this]() -> QAbstractButton* {
        const auto buttons = m_application->window().findChildren<QAbstractButton*>();
        for (QAbstractButton* candidate : buttons) {
            if (candidate->text() == QStringLiteral("Use Anyway") && candidate->isVisible()) {
                return candidate;
            }
        }
        return nullptr;
    };
    ASSERT_TRUE(ui::test::waitFor([&] { return button() != nullptr; }));
    type(QStringLiteral("hello"));
    EXPECT_EQ(view().rowCount(), 0); // not sent, and not lost
    EXPECT_EQ(m_application->window().draft().text, QStringLiteral("hello"));
    m_refuseLoad = false;
    button()->click();
    QTest::keyClick(m_application->window().composer().findChild<QPlainTextEdit*>(),
                    Qt::Key_Return);
    ASSERT_TRUE(answered(2));
    QFile settings(m_folder.filePath(QStringLiteral("settings.conf")));
    ASSERT_TRUE(settings.open(QIODevice::ReadOnly));
    EXPECT_TRUE(settings.readAll().contains("software-device = allow"));
}

TEST_F(ApplicationTest, AFailureIsToldInTheAnswer) {
    m_script.failure = Error(ErrorCode::DeviceLost, "The graphics driver restarted.");
    start();
    type(QStringLiteral("hello"));
    ASSERT_TRUE(ui::test::waitFor([&] {
        view().flush();
        return view().rowCount() == 2 && view().item(1).view().state == ui::MessageState::Failed;
    }));
    EXPECT_EQ(view().item(1).view().note, QStringLiteral("The graphics driver restarted."));
}

TEST_F(ApplicationTest, ClosesAtAnyMoment) {
    for (int round = 0; round < 20; ++round) {
        m_script.endless = round % 2 == 0;
        m_script.holdLoad = round % 5 == 0;
        start();
        type(QStringLiteral("hello"));
        for (int turn = 0; turn < round; ++turn) {
            QCoreApplication::processEvents();
        }
        m_application.reset();
    }
}

TEST(TrimSilence, KeepsTheSoundAndAQuarterOfASecondAroundIt) {
    const AudioClip trimmed = withoutSilentEnds(tone(2.0, 1.0));
    EXPECT_NEAR(static_cast<double>(trimmed.samples.size()) / trimmed.sampleRateHz, 1.5, 0.002);
    const AudioClip close = tone(0.1, 1.0);
    EXPECT_EQ(withoutSilentEnds(close).samples, close.samples);
}

TEST(TrimSilence, LeavesQuietClipsAlone) {
    AudioClip quiet = tone(1.0, 0.0);
    EXPECT_EQ(withoutSilentEnds(quiet).samples, quiet.samples);
    quiet.samples.clear();
    EXPECT_TRUE(withoutSilentEnds(quiet).samples.empty());
}

TEST(WavBytes, AreReadBackExactly) {
    QTemporaryDir folder;
    const AudioClip clip = tone(0.3, 0.5);
    const QString path = folder.filePath(QStringLiteral("a.wav"));
    QFile file(path);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write(wavBytes(clip));
    file.close();
    const auto reader = documents::openAudioFile(path.toStdString());
    const AudioClip read = documents::readWholeClip(*reader, "a.wav").clip;
    EXPECT_EQ(read.sampleRateHz, clip.sampleRateHz);
    EXPECT_EQ(read.samples, clip.samples);
}

} // namespace
} // namespace phial::app
