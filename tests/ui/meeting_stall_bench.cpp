// SPDX-License-Identifier: MIT
// How long the window's event loop is held up while meetings are recorded, transcribed, opened and
// searched: meeting_stall_bench [HOURS]. Prints a line for each. Not a test: times depend on the
// computer. "work" is processor time of the window's thread between two turns of its loop, which
// other programs on the computer do not lengthen; "wall" is what a clock says.
#include "app/composition/application.h"
#include "app/composition/wav_bytes.h"
#include "app/meetings/meeting_store.h"
#include "tests/app/fake_audio.h"
#include "tests/meetings/answering_engine.h"
#include "tests/meetings/voice.h"
#include "tests/ui/fixtures.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/player_bar.h"
#include "ui/meeting/search_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QScrollBar>
#include <QTemporaryDir>
#include <QTimer>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

namespace phial::app {
namespace {

double workSeconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Looks every 5 ms how long ago it looked before.
class StallWatch : public QObject {
public:
    StallWatch() {
        connect(&m_timer, &QTimer::timeout, this, &StallWatch::look);
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.start(5);
        m_clock.start();
        m_work = workSeconds();
    }

    void report(const char* what) {
        look();
        std::printf("%-46s work %6.1f ms   wall %7.1f ms   over %5.1f s\n", what, 1000 * m_mostWork,
                    m_mostWall, static_cast<double>(m_all) / 1000);
        std::fflush(stdout);
        m_mostWork = 0;
        m_mostWall = 0;
        m_all = 0;
    }

private:
    void look() {
        const double work = workSeconds();
        const double wall = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
        m_clock.restart();
        m_mostWork = std::max(m_mostWork, work - m_work);
        m_mostWall = std::max(m_mostWall, wall);
        m_all += static_cast<qint64>(wall);
        m_work = work;
    }

    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_work = 0;
    double m_mostWork = 0;
    double m_mostWall = 0;
    qint64 m_all = 0;
};

class QuietOutput final : public audio::AudioOutput {
public:
    int nativeRateHz() override { return 48000; }

    audio::OutputResult open(int, audio::FrameFiller&) override {
        return {.stream = std::make_unique<audio::OutputStream>(), .reason = {}};
    }
};

void wait(const char* what, const std::function<bool()>& condition) {
    QElapsedTimer clock;
    clock.start();
    while (!condition()) {
        if (clock.elapsed() > 120000) {
            std::fprintf(stderr, "%s did not come\n", what);
            std::exit(1);
        }
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents | QEventLoop::AllEvents, 20);
    }
}

/// A meeting of many hours: a line every four seconds, with translation; its sound is silence that
/// takes no room on the disk.
QString makeLongMeeting(const std::filesystem::path& data, double hours) {
    constexpr int kRate = 8000;
    meetings::MeetingStore store(data / "meetings");
    meetings::MeetingEntry meeting = store.create("A long day", "2026-11-20T08:00:00Z");
    meetings::Transcript transcript{.rateHz = kRate};
    transcript.samples = static_cast<std::int64_t>(hours * 3600 * kRate);
    transcript.doneSamples = transcript.samples;
    transcript.translationLanguage = "German";
    const int lines = static_cast<int>(hours * 900);
    for (int i = 0; i < lines; ++i) {
        meetings::addSegment(
            transcript,
            {.startSample = static_cast<std::int64_t>(i) * 4 * kRate,
             .endSample = static_cast<std::int64_t>(i) * 4 * kRate + 3 * kRate,
             .text = "Line " + std::to_string(i) +
                     ": we have to decide today whether the launch moves to the second week of "
                     "March, because the room is not ready.",
             .translation = "Wir müssen heute entscheiden, ob der Start in die zweite Märzwoche "
                            "rückt, weil der Raum nicht fertig ist.",
             .speaker = i % 5 < 3 ? "Anna" : "Ben",
             .confidence = 0.9});
    }
    store.saveTranscript(meeting.folder, transcript);
    AudioClip head;
    head.sampleRateHz = kRate;
    head.samples.assign(1, 0.0F);
    QByteArray wav = wavBytes(head);
    wav.chop(2);
    const auto put = [&wav](int at, std::uint32_t value) {
        for (int i = 0; i < 4; ++i) {
            wav[at + i] = static_cast<char>(value >> (8 * i));
        }
    };
    const auto bytes = static_cast<std::uint32_t>(2 * transcript.samples);
    put(4, 36 + bytes);
    put(40, bytes);
    QFile file(QString::fromStdString((meeting.folder / "audio.wav").string()));
    if (!file.open(QIODevice::WriteOnly) || file.write(wav) != wav.size() ||
        !file.resize(wav.size() + static_cast<qint64>(bytes))) {
        std::exit(1);
    }
    meeting.meta.audio = {"audio.wav"};
    meeting.meta.seconds = hours * 3600;
    store.saveMeta(meeting);
    return QString::fromStdString(meeting.folder.filename().string());
}

void run(double hours) {
    QTemporaryDir folder;
    const auto path = [&folder](const char* name) -> std::filesystem::path {
        return folder.filePath(QString::fromLatin1(name)).toStdString();
    };
    const QString longMeeting = makeLongMeeting(path("data"), hours);
    audio::FakeSoundSystem sound;
    WindowServices services;
    services.loadEngine = [](const EngineOptions&, const std::function<void(const Progress&)>&,
                             std::stop_token) -> std::unique_ptr<Engine> {
        return std::make_unique<meetings::AnsweringEngine>(
            [](const Request&) { return std::string("We talk about the budget of the year."); });
    };
    services.listDevices = [] { return std::vector<gpu::DeviceInfo>(); };
    services.makeAudioBackend = [&sound] { return std::make_unique<audio::FakeBackend>(sound); };
    services.makeAudioOutput = [] { return std::make_unique<QuietOutput>(); };
    services.dataDirectory = path("data");
    services.cacheDirectory = path("cache");
    services.settingsFile = path("settings.conf");
    Application program(services);
    ui::MainWindow& window = program.window();
    window.resize(1280, 800);
    StallWatch watch;
    program.show();
    QAbstractItemModel* list = window.findChild<QListView*>()->model();
    wait("the list", [&] { return list->rowCount() == 1; });
    watch.report("start, to the list of meetings");

    Q_EMIT window.recordingToggled();
    wait("the microphone", [&] { return sound.isOpen(); });
    std::atomic<bool> spoken{false};
    std::jthread speaker([&] { // 5 s in real time
        for (int i = 0; i < 50; ++i) {
            sound.deliver(std::vector<float>(800, 0.25F));
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
        spoken = true;
    });
    wait("the end of the talk", [&] { return spoken.load(); });
    Q_EMIT window.recordingToggled();
    wait("the end of the recording", [&] { return list->rowCount() == 2 && !sound.isOpen(); });
    watch.report("recording");

    AudioClip clip;
    clip.sampleRateHz = meetings::kRate;
    clip.samples = meetings::meeting(40);
    const QString file = folder.filePath(QStringLiteral("Weekly.wav"));
    QFile out(file);
    if (!out.open(QIODevice::WriteOnly)) {
        std::exit(1);
    }
    out.write(wavBytes(clip));
    out.close();
    ui::MeetingPage& page = window.meetingPage();
    watch.report("(making a file)");
    Q_EMIT window.importRequested({file});
    wait("the transcript", [&] { return page.meeting().state == ui::TranscriptState::Done; });
    watch.report("importing and transcribing 40 lines");

    Q_EMIT window.meetingOpened(longMeeting);
    const int lines = static_cast<int>(hours * 900);
    wait("the long meeting", [&] {
        return page.meeting().id == longMeeting && page.transcript().model()->rowCount() == lines;
    });
    for (int i = 0; i < 20; ++i) {
        QCoreApplication::processEvents();
    }
    watch.report("opening the long transcript");

    QScrollBar* bar = page.transcript().verticalScrollBar();
    for (int i = 0; i <= 100; ++i) {
        bar->setValue(bar->maximum() / 100 * i);
        page.transcript().viewport()->repaint();
        QCoreApplication::processEvents();
    }
    watch.report("scrolling through it in 100 jumps");
    page.openFind();
    auto* find = page.findChild<QLineEdit*>(QStringLiteral("findText"));
    for (const QChar letter : QStringLiteral("second week")) {
        find->setText(find->text() + letter);
        QCoreApplication::processEvents();
    }
    for (int i = 0; i < 20; ++i) {
        page.transcript().findNext(1);
        QCoreApplication::processEvents();
    }
    watch.report("searching in it");
    window.resize(900, 700);
    for (int i = 0; i < 10; ++i) {
        QCoreApplication::processEvents();
    }
    watch.report("another width of the window");
    Q_EMIT page.textEdited(lines / 2, QStringLiteral("Something else."));
    wait("the edit", [&] {
        return page.transcript()
                   .model()
                   ->index(lines / 2 - 1, 0)
                   .data(ui::LineRole)
                   .value<ui::LineView>()
                   .text == QStringLiteral("Something else.");
    });
    watch.report("editing a line of it");
    for (int i = 0; i < 200; ++i) {
        page.setPlayback({.seconds = hours * 18.0 * i, .playing = true});
        QCoreApplication::processEvents();
    }
    watch.report("following what is played");
    window.showPage(ui::MainWindow::Page::Search);
    auto* query = window.searchPage().findChild<QLineEdit*>();
    auto* hits = window.searchPage().findChild<QListView*>();
    query->setText(QStringLiteral("else"));
    wait("a hit", [&] { return hits->model()->rowCount() > 0; });
    query->setText(QStringLiteral("budget"));
    wait("hits", [&] { return hits->model()->rowCount() > 1; });
    watch.report("searching all meetings");
}

} // namespace
} // namespace phial::app

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    QApplication application(argc, argv);
    phial::ui::initResources();
    phial::app::run(argc > 1 ? std::atof(argv[1]) : 3);
    return 0;
}
