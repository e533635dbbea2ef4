// SPDX-License-Identifier: MIT
// The sound of imported meetings in the whole program with a window; see the fixture.
#include "tests/ui/meeting_session_fixture.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/queue_dialog.h"

#include <QLabel>
#include <QListView>
#include <QPushButton>

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <limits>
#include <thread>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

class ImportedSound : public MeetingSessionTest {
protected:
    ImportedSound() {
        m_freeBytes = [this](const fs::path&) {
            while (m_holdCopies) {
                std::this_thread::yield();
            }
            return std::numeric_limits<std::int64_t>::max();
        };
    }

    void TearDown() override {
        m_holdCopies = false;
        MeetingSessionTest::TearDown();
    }

    meetings::MeetingEntry entry() const {
        return meetings::MeetingStore(path("data") / "meetings").list().at(0);
    }

    QString idOf(const meetings::MeetingEntry& meeting) const {
        return QString::fromStdString(meeting.folder.filename().string());
    }

    bool copied() {
        return waitFor([this] { return entry().meta.outsideFile().empty(); });
    }

    QString detail(const char* name) {
        for (const auto& [key, value] : page().meeting().details) {
            if (key == QString::fromUtf8(name)) {
                return value;
            }
        }
        return {};
    }

    QPushButton* buttonOf(QWidget& parent, const char* text) {
        for (auto* button : parent.findChildren<QPushButton*>()) {
            if (button->text() == QString::fromUtf8(text)) {
                return button;
            }
        }
        return nullptr;
    }

    QListView& queue() { return *window().queueDialog().findChild<QListView*>(); }

    bool queueSays(const QString& words) {
        const QAbstractItemModel& items = *queue().model();
        for (int row = 0; row < items.rowCount(); ++row) {
            if (items.index(row, 0).data().toString().contains(words)) {
                queue().setCurrentIndex(items.index(row, 0));
                return true;
            }
        }
        return false;
    }

    /// Opens the only meeting of the program that has just begun.
    bool openAgain() {
        start();
        const QString id = idOf(entry());
        Q_EMIT window().meetingOpened(id);
        return waitFor([&] { return page().meeting().id == id; });
    }

    std::atomic<bool> m_holdCopies{false}; ///< they ask for the room first, and wait there
};

TEST_F(ImportedSound, OutlivesTheFileThatItWasMadeFrom) {
    start();
    ASSERT_TRUE(importMeeting(2));
    ASSERT_TRUE(copied());
    EXPECT_EQ(entry().meta.audio, std::vector<std::string>{"imported.wav"});
    const fs::path file = entry().meta.source;
    EXPECT_TRUE(
        waitFor([&] { return detail("Imported from") == QString::fromStdString(file.string()); }));
    fs::remove(file);
    Q_EMIT page().linesAgainRequested({line(1).id});
    EXPECT_TRUE(waitFor([this] { return m_heard == 3; })) << "from the copy";
    ASSERT_TRUE(openAgain());
    EXPECT_TRUE(page().meeting().hasSound);
    EXPECT_TRUE(waitFor([this] {
        return window().queueDialog().findChild<QListView*>()->model()->rowCount() == 0;
    }));
}

TEST_F(ImportedSound, ACopyThatTheEndOfTheProgramInterruptedIsMadeAtTheNextStart) {
    {
        meetings::Workspace workspace(path("data"), {});
        const auto meeting = workspace.import(wavOf(1).toStdString(), "2026-01-01T00:00:00Z");
        workspace.wantCopy(meeting.folder.filename().string(), true);
    }
    start();
    EXPECT_TRUE(copied());
    EXPECT_TRUE(fs::exists(entry().folder / "imported.wav"));
}

TEST_F(ImportedSound, WithoutRoomTheMeetingSaysThatItNeedsTheFile) {
    m_freeBytes = [](const fs::path&) { return 0; };
    start();
    ASSERT_TRUE(importMeeting(1));
    ASSERT_TRUE(waitFor(
        [this] { return says(QStringLiteral("The sound of “Weekly” stays where it is.")); }));
    EXPECT_TRUE(says(QStringLiteral("There is no room for a copy")));
    EXPECT_TRUE(waitFor(
        [this] { return detail("Copy") == QStringLiteral("none: the meeting needs this file"); }));
    EXPECT_TRUE(page().meeting().hasSound);
    EXPECT_FALSE(entry().meta.outsideFile().empty());
    EXPECT_FALSE(entry().meta.copyWanted) << "nor does the next start try";
}

TEST_F(ImportedSound, TheQueueShowsTheCopyWhichCanOnlyBeCancelled) {
    m_holdCopies = true;
    start();
    ASSERT_TRUE(importMeeting(1)) << "nothing waits for the copy";
    ASSERT_TRUE(
        waitFor([this] { return queueSays(QStringLiteral("Copying the sound of “Weekly”")); }));
    EXPECT_EQ(detail("Copy"), QStringLiteral("is being made"));
    for (const char* other : {"Earlier", "Later", "Pause", "Remove"}) {
        EXPECT_FALSE(buttonOf(window().queueDialog(), other)->isEnabled()) << other;
    }
    QPushButton* cancel = buttonOf(window().queueDialog(), "Cancel");
    ASSERT_TRUE(cancel->isEnabled());
    cancel->click();
    EXPECT_FALSE(queueSays(QStringLiteral("Copying")));
    m_holdCopies = false;
    EXPECT_TRUE(waitFor(
        [this] { return detail("Copy") == QStringLiteral("none: the meeting needs this file"); }));
    EXPECT_FALSE(entry().meta.copyWanted);
    EXPECT_TRUE(fs::exists(entry().meta.outsideFile()));
    EXPECT_TRUE(waitFor([this] { // what was begun is gone
        const auto files = fs::directory_iterator(entry().folder);
        return std::none_of(begin(files), end(files), [](const fs::directory_entry& file) {
            return file.path().filename().string().rfind("imported", 0) == 0;
        });
    }));
}

TEST_F(ImportedSound, AMeetingInTheTrashIsNotCopiedUntilItIsBack) {
    m_holdCopies = true;
    start();
    ASSERT_TRUE(importMeeting(1));
    ASSERT_TRUE(waitFor([this] { return queueSays(QStringLiteral("Copying")); }));
    const QString id = idOf(entry());
    Q_EMIT window().meetingDeleted(id);
    EXPECT_FALSE(queueSays(QStringLiteral("Copying")));
    ASSERT_TRUE(waitFor([this] { return sidebar().rowCount() == 0; }));
    m_holdCopies = false;
    Q_EMIT window().noticeAction(QStringLiteral("meeting-deleted:") + id, ui::NoticeAction::Undo);
    ASSERT_TRUE(waitFor([this] { return sidebar().rowCount() == 1; }));
    EXPECT_TRUE(copied());
}

TEST_F(ImportedSound, OneThatIsMissingCanBeLocated) {
    ASSERT_TRUE(openUntranscribed(2));
    const fs::path file = entry().meta.outsideFile();
    EXPECT_EQ(detail("Copy"), QStringLiteral("none: the meeting needs this file"));
    const fs::path moved = path("Moved.wav");
    fs::rename(file, moved);
    ASSERT_TRUE(openAgain());
    ASSERT_FALSE(page().meeting().hasSound);
    EXPECT_TRUE(says(QStringLiteral("The sound of this meeting is missing.")));
    QPushButton* locate = buttonOf(page(), "Locate the Sound…");
    ASSERT_NE(locate, nullptr);
    EXPECT_TRUE(locate->isVisibleTo(&page()));
    page().focusMain();
    EXPECT_EQ(page().focusWidget(), locate);

    wavOf(5); // under the old name
    fs::rename(file, path("Other.wav"));
    const QString id = idOf(entry());
    Q_EMIT page().soundLocated(id, QString::fromStdString(path("Other.wav").string()));
    ASSERT_TRUE(
        waitFor([this] { return says(QStringLiteral("This is not the sound of the meeting.")); }));
    EXPECT_FALSE(page().meeting().hasSound);
    Q_EMIT page().soundLocated(id, QString::fromStdString(moved.string()));
    EXPECT_TRUE(waitFor([this] { return page().meeting().hasSound; }));
    EXPECT_FALSE(locate->isVisibleTo(&page()));
    EXPECT_TRUE(copied()) << "so that it is not lost once more";
}

} // namespace
} // namespace phial::app
