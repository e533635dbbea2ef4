// SPDX-License-Identifier: MIT
// Recordings of hours that are imported, in the whole program with a window.
#include "app/recorder/wav_file.h"
#include "tests/ui/meeting_session_fixture.h"
#include "ui/meeting/long_import_dialog.h"
#include "ui/meeting/queue_dialog.h"

#include <QLineEdit>
#include <QPushButton>

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>

namespace phial::app {
namespace {

class LongImportSession : public MeetingSessionTest {};

/// 17 s with two utterances and silence behind them, two hours in all.
QString longRecording(const QString& file) {
    std::ofstream out(file.toStdString(), std::ios::binary);
    constexpr std::uint64_t kBytes = std::uint64_t{2} * 7200 * meetings::kRate;
    const auto header = recorder::wavHeader({.rateHz = meetings::kRate, .channels = 1}, kBytes);
    out.write(reinterpret_cast<const char*>(header.data()),
              static_cast<std::streamsize>(header.size()));
    for (const float sample : meetings::meeting(2)) {
        const auto word = static_cast<std::int16_t>(std::lrint(sample * 32767.0F));
        out.write(reinterpret_cast<const char*>(&word), sizeof(word));
    }
    out.close();
    std::filesystem::resize_file(file.toStdString(), header.size() + kBytes); // takes no room
    return file;
}

TEST_F(LongImportSession, ALongRecordingIsAskedAboutAndAPartOfItCanBeImported) {
    start();
    Q_EMIT window().importRequested({longRecording(m_folder.filePath(QStringLiteral("Day.wav")))});
    ui::LongImportDialog* dialog = nullptr;
    ASSERT_TRUE(waitFor([&] {
        dialog = window().findChild<ui::LongImportDialog*>();
        return dialog != nullptr;
    }));
    EXPECT_TRUE(says(QStringLiteral("“Day.wav” is 2:00:00 long.")));
    EXPECT_TRUE(says(QStringLiteral("is told once it has begun")));
    EXPECT_EQ(sidebar().rowCount(), 0) << "nothing is imported unasked";
    const auto press = [&](const QString& text) {
        for (QPushButton* button : dialog->findChildren<QPushButton*>()) {
            if (button->text() == text) {
                button->click();
            }
        }
    };
    press(QStringLiteral("Only a Part…"));
    const auto fields = dialog->findChildren<QLineEdit*>();
    ASSERT_EQ(fields.size(), 2);
    fields[0]->setText(QStringLiteral("0:09"));
    fields[1]->setText(QStringLiteral("0:16"));
    press(QStringLiteral("Start"));
    ASSERT_TRUE(waitFor(
        [&] { return page().meeting().state == ui::TranscriptState::Done && lines() == 1; }));
    EXPECT_EQ(page().meeting().title, QStringLiteral("Day (0:09–0:16)"));
    EXPECT_NEAR(page().meeting().seconds, 7, 1e-9);
    EXPECT_NEAR(line(0).start, 1, 0.6) << "on the clock of the part";
}

TEST_F(LongImportSession, HowLongALongRecordingTakesIsKnownFromTheStartBefore) {
    start();
    ASSERT_TRUE(importMeeting(3));
    ASSERT_TRUE(waitFor([&] { // done work leaves the queue
        return window().queueDialog().findChild<QListView*>()->model()->rowCount() == 0;
    }));
    start();
    Q_EMIT window().importRequested({longRecording(m_folder.filePath(QStringLiteral("Day.wav")))});
    ASSERT_TRUE(waitFor([&] { return window().findChild<ui::LongImportDialog*>() != nullptr; }));
    EXPECT_TRUE(says(QStringLiteral("“Day.wav” is 2:00:00 long.")));
    EXPECT_FALSE(says(QStringLiteral("is told once it has begun")));
}

} // namespace
} // namespace phial::app
