// SPDX-License-Identifier: MIT
// Notifications, on a session bus of the test's own with somebody on it who shows them.
#include "app/composition/desktop_notes.h"
#include "tests/meetings/answering_engine.h"
#include "tests/ui/fixtures.h"
#include "tests/ui/private_bus.h"
#include "tests/ui/program_fixture.h"
#include "ui/meeting/meeting_page.h"
#include "ui/meeting/transcript_view.h"
#include "ui/pages/settings_page.h"

#include <QDBusConnection>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QWidget>

#include <gtest/gtest.h>

#include <fstream>

namespace phial::app {
namespace {

using ui::test::waitFor;

/// Shows notifications to the test.
class FakeDesktop : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    struct Note {
        quint32 replaces;
        QString title;
        QString text;
    };

    QList<Note> notes;
    QList<quint32> closed;

public Q_SLOTS:

    // NOLINTNEXTLINE(readability-identifier-naming): the protocol's name
    quint32 Notify(const QString& /*program*/, quint32 replaces, const QString& /*icon*/,
                   const QString& title, const QString& text, const QStringList& /*actions*/,
                   const QVariantMap& /*hints*/, int /*timeout*/) {
        notes.append({replaces, title, text});
        return replaces != 0 ? replaces : 40 + static_cast<quint32>(notes.size());
    }

    // NOLINTNEXTLINE(readability-identifier-naming)
    void CloseNotification(quint32 id) { closed.append(id); }

Q_SIGNALS:
    // NOLINTNEXTLINE(readability-identifier-naming)
    void ActionInvoked(quint32 id, const QString& action);
};

class Notifications : public testing::Test {
protected:
    void SetUp() override {
        if (!m_private.runs()) {
            GTEST_SKIP() << "dbus-daemon is not installed";
        }
        QDBusConnection shows = m_private.connection(QStringLiteral("desktop"));
        ASSERT_TRUE(shows.isConnected());
        ASSERT_TRUE(shows.registerObject(
            QStringLiteral("/org/freedesktop/Notifications"), &m_desktop,
            QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
        ASSERT_TRUE(shows.registerService(QStringLiteral("org.freedesktop.Notifications")));
    }

    DesktopNotes::Bus bus() {
        return [this] { return m_private.connection(QStringLiteral("program")); };
    }

    FakeDesktop m_desktop;
    ui::test::PrivateBus m_private;
};

TEST_F(Notifications, AreReplacedWithdrawnAndClicked) {
    DesktopNotes notes(bus());
    QSignalSpy activated(&notes, &DesktopNotes::activated);
    notes.show(QStringLiteral("job"), QStringLiteral("Done: “a <b> & c”"), QStringLiteral("text"));
    ASSERT_TRUE(waitFor([this] { return m_desktop.notes.size() == 1; }));
    EXPECT_EQ(m_desktop.notes[0].title, QStringLiteral("Done: “a <b> & c”"));
    EXPECT_EQ(m_desktop.notes[0].text, QStringLiteral("text"));
    EXPECT_EQ(m_desktop.notes[0].replaces, 0U);
    // The number comes back a moment later; a click is known from then on.
    ASSERT_TRUE(waitFor([&] {
        Q_EMIT m_desktop.ActionInvoked(7, QStringLiteral("default")); // another program's
        Q_EMIT m_desktop.ActionInvoked(41, QStringLiteral("default"));
        return activated.count() > 0;
    }));
    for (const auto& arguments : activated) {
        EXPECT_EQ(arguments.first().toString(), QStringLiteral("job"));
    }
    notes.show(QStringLiteral("job"), QStringLiteral("again"), {});
    ASSERT_TRUE(waitFor([this] { return m_desktop.notes.size() == 2; }));
    EXPECT_EQ(m_desktop.notes[1].replaces, 41U);
    notes.withdrawAll();
    ASSERT_TRUE(waitFor([this] { return m_desktop.closed.contains(41U); }));
}

TEST_F(Notifications, OneKeyIsOneNotificationHoweverQuicklyItChanges) {
    DesktopNotes notes(bus());
    for (const char* title : {"first", "second", "third"}) {
        notes.show(QStringLiteral("job"), QString::fromLatin1(title), {});
    }
    ASSERT_TRUE(waitFor([this] { return m_desktop.notes.size() == 2; }));
    EXPECT_EQ(m_desktop.notes[0].title, QStringLiteral("first"));
    EXPECT_EQ(m_desktop.notes[1].title, QStringLiteral("third"));
    EXPECT_EQ(m_desktop.notes[1].replaces, 41U);
}

TEST_F(Notifications, WhatIsShownAfterAWithdrawalStays) {
    DesktopNotes notes(bus());
    notes.show(QStringLiteral("job"), QStringLiteral("first"), {});
    notes.withdrawAll();
    notes.show(QStringLiteral("job"), QStringLiteral("second"), {});
    ASSERT_TRUE(waitFor([this] { return m_desktop.notes.size() == 2; }));
    EXPECT_EQ(m_desktop.notes[1].title, QStringLiteral("second"));
    EXPECT_EQ(m_desktop.notes[1].replaces, 0U);
    EXPECT_EQ(m_desktop.closed, QList<quint32>{41U});
}

TEST_F(Notifications, WhatIsWithdrawnBeforeItIsShownDoesNotStay) {
    DesktopNotes notes(bus());
    notes.show(QStringLiteral("job"), QStringLiteral("title"), {});
    notes.withdrawAll();
    EXPECT_TRUE(waitFor([this] { return m_desktop.closed.contains(41U); }));
}

TEST(NotificationsWithoutABus, AreNoTrouble) {
    DesktopNotes notes([] { return QDBusConnection(QStringLiteral("nobody")); });
    notes.show(QStringLiteral("job"), QStringLiteral("title"), {});
    notes.withdrawAll();
    DesktopNotes none({});
    EXPECT_NO_THROW(none.show(QStringLiteral("job"), QStringLiteral("title"), {}));
    EXPECT_NO_THROW(none.withdrawAll());
}

class NotifyingProgram : public ProgramTest<Notifications> {
protected:
    void start(const char* settings) {
        std::ofstream(path("settings.conf")) << settings;
        WindowServices parts = services(
            [](const EngineOptions&, const auto&, std::stop_token) -> std::unique_ptr<Engine> {
                return std::make_unique<meetings::AnsweringEngine>(
                    [](const Request&) { return std::string("We talk."); });
            });
        parts.notificationBus = bus();
        run(std::move(parts));
        // It is in front first, as the desktop tells a little later.
        ASSERT_TRUE(waitFor([] { return QGuiApplication::focusWindow() != nullptr; }));
        window().hide(); // nobody looks
    }

    /// A recording is imported and written down.
    bool writeDown() {
        Q_EMIT window().importRequested({wavOf(2)});
        return waitFor(
            [this] { return window().meetingPage().meeting().state == ui::TranscriptState::Done; });
    }
};

TEST_F(NotifyingProgram, TellsThatAJobEndedWhileNobodyLookedAndOpensItsMeeting) {
    start("");
    ASSERT_TRUE(writeDown());
    ASSERT_TRUE(waitFor([this] { return m_desktop.notes.size() == 1; }));
    EXPECT_TRUE(m_desktop.notes[0].title.startsWith(QStringLiteral("Done: ")));
    EXPECT_TRUE(m_desktop.notes[0].title.contains(QStringLiteral("Weekly")));
    window().showPage(ui::MainWindow::Page::Chat);
    ASSERT_TRUE(waitFor([this] {
        Q_EMIT m_desktop.ActionInvoked(41,
                                       QStringLiteral("default")); // its number comes back first
        return window().isVisible() && window().meetingPage().isVisible();
    }));
    EXPECT_TRUE(waitFor([this] { return m_desktop.closed.contains(41U); }))
        << "who looks at the window needs none";
}

TEST_F(NotifyingProgram, WhatItToldGoesWhenTheProgramIsLookedAt) {
    start("");
    ASSERT_TRUE(writeDown());
    ASSERT_TRUE(waitFor([this] { return m_desktop.notes.size() == 1; }));
    QWidget another; // of this program; the window itself never lost the focus of this platform
    another.show();
    another.activateWindow();
    EXPECT_TRUE(waitFor([this] { return m_desktop.closed.contains(41U); }));
}

TEST_F(NotifyingProgram, IsSilentWhereThatIsWanted) {
    start("");
    Q_EMIT window().settingsPage().changed(static_cast<int>(settings::Key::Notifications),
                                           QStringLiteral("no"));
    ASSERT_TRUE(writeDown());
    DesktopNotes last(bus()); // what was sent before it would have come before it
    last.show(QStringLiteral("last"), QStringLiteral("last"), {});
    ASSERT_TRUE(waitFor([this] { return !m_desktop.notes.isEmpty(); }));
    EXPECT_EQ(m_desktop.notes.first().title, QStringLiteral("last"));
}

TEST_F(NotifyingProgram, IsSilentWhileItIsLookedAt) {
    start("");
    window().show();
    window().activateWindow();
    ASSERT_TRUE(waitFor([] { return QGuiApplication::focusWindow() != nullptr; }));
    ASSERT_TRUE(writeDown());
    DesktopNotes last(bus());
    last.show(QStringLiteral("last"), QStringLiteral("last"), {});
    ASSERT_TRUE(waitFor([this] { return !m_desktop.notes.isEmpty(); }));
    EXPECT_EQ(m_desktop.notes.first().title, QStringLiteral("last"));
}

} // namespace
} // namespace phial::app

#include "notifications_test.moc"
