// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"

#include "app/composition/settings_rows.h"
#include "tests/app/spin_until.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QImage>
#include <QPainter>

#include <cmath>
#include <random>

namespace phial::ui::test {
namespace {

QByteArray chartPng() {
    QImage image(480, 320, QImage::Format_RGB32);
    image.fill(QColor(0xfdfdfb));
    QPainter painter(&image);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0x999999), 1));
    for (int y = 60; y <= 260; y += 50) {
        painter.drawLine(50, y, 450, y);
    }
    const QList<int> values = {90, 130, 110, 170, 200};
    for (int i = 0; i < values.size(); ++i) {
        painter.fillRect(QRect(75 + i * 75, 260 - values[i], 45, values[i]),
                         QColor(0x2f7f77 + i * 0x0a0a00));
    }
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QDateTime noon() {
    return QDateTime(QDate::currentDate(), QTime(12, 0));
}

} // namespace

QString richAnswer() {
    return QStringLiteral(
        "Sales grew in **four of five** quarters. The third one fell by about 15 %, which the note "
        "under the "
        "chart explains with `inventory` moved to the next quarter.\n\n"
        "## Values\n\n"
        "| Quarter | Sales | Change |\n|---|---:|---:|\n| Q1 | 90 | |\n| Q2 | 130 | +44 % |\n"
        "| Q3 | 110 | −15 % |\n| Q4 | 170 | +55 % |\n\n"
        "What stands out:\n\n"
        "1. The jump in Q4 is the largest.\n2. Q3 is the only decline.\n   - It was made up for "
        "within one quarter.\n"
        "3. The trend holds without it.\n\n"
        "> The scale begins at zero, so the heights can be compared directly.\n\n"
        "To compute the growth yourself:\n\n"
        "```python\ndef growth(values):\n    # change of each quarter against the one before\n"
        "    return [b / a - 1.0 for a, b in zip(values, values[1:])]\n\nprint(growth([90, 130, "
        "110, 170]))\n```\n\n"
        "---\n\nSee [the method](https://example.org/method) for details.");
}

QString longAnswer(int blocks, unsigned seed) {
    std::mt19937 random(seed);
    QString text;
    const auto words = [&random](int count) {
        static const QStringList kWords =
            QStringLiteral("the model reads a block of text and writes another one while the list "
                           "keeps its place "
                           "so that nobody loses the line being read")
                .split(u' ');
        QStringList picked;
        for (int i = 0; i < count; ++i) {
            picked.append(
                kWords[static_cast<qsizetype>(random() % static_cast<unsigned>(kWords.size()))]);
        }
        return picked.join(u' ');
    };
    for (int i = 0; i < blocks; ++i) {
        switch (random() % 6) {
        case 0:
            text += QStringLiteral("### Part %1\n\n").arg(i);
            break;
        case 1:
            text += QStringLiteral("```cpp\nint value%1 = %1; // %2\nreturn value%1;\n```\n\n")
                        .arg(i)
                        .arg(words(3));
            break;
        case 2:
            text += QStringLiteral("- %1\n- %2\n\n").arg(words(6), words(9));
            text += QStringLiteral("After the list, %1.\n\n").arg(words(5));
            break;
        case 3:
            text += QStringLiteral("| a | b |\n|---|---|\n| %1 | %2 |\n\n").arg(words(2), words(2));
            break;
        default:
            text += words(30) + QStringLiteral(".\n\n");
        }
    }
    return text;
}

AttachmentView pictureView(const QString& id) {
    AttachmentView view;
    view.id = id;
    view.kind = AttachmentKind::Image;
    view.name = QStringLiteral("sales by quarter.png");
    view.detail = QStringLiteral("1280 × 853 · 214 kB");
    view.thumbnail = chartPng();
    view.tokens = 1841;
    return view;
}

AttachmentView recordingView(const QString& id) {
    AttachmentView view;
    view.id = id;
    view.kind = AttachmentKind::Audio;
    view.name = QStringLiteral("Recording 1");
    view.detail = QStringLiteral("0:12");
    view.durationMs = 12000;
    view.tokens = 150;
    for (int i = 0; i < 48; ++i) {
        view.peaks.append(float(0.08 + 0.6 * std::fabs(std::sin(i * 0.55) * std::cos(i * 0.13))));
    }
    return view;
}

conversation::Turn question(const QString& text) {
    conversation::Turn turn;
    turn.author = Author::User;
    turn.text = text;
    turn.time = noon();
    return turn;
}

conversation::Turn answer(const QString& text) {
    conversation::Turn turn;
    turn.author = Author::Assistant;
    turn.text = text;
    turn.time = noon();
    turn.stats = QStringLiteral("182 tokens · 41 tokens/s");
    return turn;
}

void fillConversation(conversation::ConversationModel& model) {
    conversation::Conversation fresh = conversation::Conversation::create(noon());
    fresh.id = QStringLiteral("c1");
    fresh.title = QStringLiteral("Sales by quarter");
    model.setConversation(fresh);
    conversation::Turn first = question(QStringLiteral("How did sales develop over the year?"));
    first.attachments.append({pictureView(QStringLiteral("a1")), QString()});
    model.append(first);
    model.append(answer(richAnswer()));
    conversation::Turn spoken = question(QString());
    spoken.action = Action::Transcribe;
    spoken.attachments.append({recordingView(QStringLiteral("a2")), QString()});
    model.append(spoken);
    conversation::Turn transcript = answer(QStringLiteral(
        "the meeting starts at nine and we will review the budget for the next quarter"));
    transcript.action = Action::Transcribe;
    model.append(transcript);
    conversation::Turn translate = question(QString());
    translate.action = Action::Translate;
    translate.language = QStringLiteral("de");
    translate.attachments.append({recordingView(QStringLiteral("a3")), QString()});
    model.append(translate);
    conversation::Turn translated = answer(QStringLiteral(
        "Die Besprechung beginnt um neun, und wir prüfen das Budget für das nächste Quartal."));
    translated.action = Action::Translate;
    translated.language = QStringLiteral("de");
    model.append(translated);
}

QList<conversation::Summary> summaries() {
    const QDateTime now = noon();
    const auto make = [](const char* id, const char* title, const QDateTime& time) {
        return conversation::Summary{QString::fromLatin1(id), QString::fromUtf8(title), QString(),
                                     time};
    };
    return {make("c1", "Sales by quarter", now),
            make("c2", "Translate the welcome note", now.addSecs(-3600)),
            make("c3", "What does this error mean?", now.addDays(-1)),
            make("c4", "Weekly meeting, transcript and key points", now.addDays(-3)),
            make("c5", "Recipe from the photo", now.addDays(-40)),
            make("c6", "Plan for the move", now.addDays(-41))};
}

DeviceChipState hardwareEngine() {
    DeviceChipState state;
    state.state = EngineState::Ready;
    state.deviceClass = DeviceClass::Hardware;
    state.deviceName = QStringLiteral("NVIDIA GeForce RTX 3060");
    state.driver = QStringLiteral("NVIDIA 535.183");
    state.precision = QStringLiteral("fp16");
    state.modelName = QStringLiteral("Phi-4-multimodal-instruct");
    state.hears = true;
    state.sees = true;
    state.tokensPerSecond = 41.3;
    state.contextUsed = 980;
    state.contextSize = 8192;
    return state;
}

DeviceChipState demoEngine() {
    DeviceChipState state = hardwareEngine();
    state.deviceClass = DeviceClass::Software;
    state.deviceName = QStringLiteral("llvmpipe (LLVM 15.0.6, 256 bits)");
    state.driver = QStringLiteral("Mesa 22.3.6");
    state.precision = QStringLiteral("fp32");
    state.modelName = QStringLiteral("Built-in mini model: a demonstration");
    state.embeddedModel = true;
    state.tokensPerSecond = 8.1;
    return state;
}

QList<SampleView> samples() {
    return {{QStringLiteral("0"), QStringLiteral("Write down a short meeting"),
             QStringLiteral("Every line with its time; a click on one plays it"),
             AttachmentKind::Audio},
            {QStringLiteral("1"), QStringLiteral("Ask about a chart by voice"),
             QStringLiteral("Spoken over a picture: “Which bar is the highest?”"),
             AttachmentKind::Image},
            {QStringLiteral("2"), QStringLiteral("Read a picture of text"),
             QStringLiteral("Typed below it: “Read the text.”"), AttachmentKind::Image},
            {QStringLiteral("3"), QStringLiteral("Translate speech into French"),
             QStringLiteral("Spoken English: “The training is available.”"),
             AttachmentKind::Audio}};
}

SettingsView settingsRows() {
    app::SettingsSurroundings around;
    gpu::DeviceInfo card;
    card.uuid = "00112233445566778899aabbccddeeff";
    card.name = "NVIDIA GeForce RTX 3060";
    card.driver = "NVIDIA 550.54.14";
    card.kind = gpu::DeviceKind::Discrete;
    gpu::DeviceInfo software;
    software.uuid = "ff112233445566778899aabbccddeeff";
    software.name = "llvmpipe (LLVM 15.0.6, 256 bits)";
    software.kind = gpu::DeviceKind::Software;
    around.devices = {card, software};
    around.inputs = {{{.id = "ALSA/Headset", .name = "Headset (USB)", .isDefault = true},
                      {.id = "ALSA/Camera", .name = "Camera"},
                      {.id = "ALSA/Monitor", .name = "Monitor", .isSystemAudio = true}}};
    around.engine = hardwareEngine();
    around.storage = {.meetings = 3'240'000'000,
                      .conversations = 84'000'000,
                      .cache = 12'600'000,
                      .free = 212'000'000'000};
    around.dataDirectory = "/home/anna/.local/share/phial";
    around.cacheDirectory = "/home/anna/.cache/phial";
    around.settingsFile = "/home/anna/.config/phial/settings.conf";
    settings::Settings settings;
    settings.model = "/data/models/Phi-4-multimodal-instruct";
    settings.fontPercent = 110;
    settings.summarizeWith = "minutes";
    settings.microphone = "ALSA/Headset";
    return app::settingsView(settings, around);
}

bool waitFor(const std::function<bool()>& condition) {
    return phial::test::spinUntil(condition, std::chrono::seconds(30));
}

} // namespace phial::ui::test
