// SPDX-License-Identifier: MIT
#include "app/composition/one_window.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/private_bus.h"

#include <QSignalSpy>

#include <gtest/gtest.h>

namespace phial::app {
namespace {

class OneWindowTest : public testing::Test {
protected:
    void SetUp() override {
        if (!m_bus.runs()) {
            GTEST_SKIP() << "dbus-daemon is not installed";
        }
    }

    QDBusConnection program(const char* name) {
        return m_bus.connection(QString::fromLatin1(name));
    }

    ui::test::PrivateBus m_bus;
    test::TempFolder m_data;
};

TEST_F(OneWindowTest, ASecondStartGivesItsFilesToTheFirst) {
    OneWindow first(program("first"), m_data.path());
    QSignalSpy asked(&first, &OneWindow::asked);
    EXPECT_TRUE(first.claim({QStringLiteral("/data/own.wav")}));
    EXPECT_EQ(asked.count(), 0);
    OneWindow second(program("second"), m_data.path() / ".." / m_data.path().filename());
    const QStringList files{QStringLiteral("/data/Besprechung ü 100 %#1.wav"),
                            QStringLiteral("/data/b.wav")};
    EXPECT_FALSE(second.claim(files));
    ASSERT_EQ(asked.count(), 1);
    EXPECT_EQ(asked.first().first().toStringList(), files);
    OneWindow third(program("third"), m_data.path());
    EXPECT_FALSE(third.claim({})) << "and it comes to the front without any";
    ASSERT_EQ(asked.count(), 2);
    EXPECT_TRUE(asked.last().first().toStringList().isEmpty());
}

TEST_F(OneWindowTest, AnotherFolderHasAWindowOfItsOwn) {
    OneWindow first(program("first"), m_data.path() / "a");
    OneWindow second(program("second"), m_data.path() / "b");
    EXPECT_TRUE(first.claim({}));
    EXPECT_TRUE(second.claim({}));
}

TEST_F(OneWindowTest, WhoEndsLeavesTheWindowToTheNext) {
    {
        OneWindow first(program("first"), m_data.path());
        EXPECT_TRUE(first.claim({}));
    }
    QDBusConnection::disconnectFromBus(QStringLiteral("first")); // as the end of a program does
    OneWindow second(program("second"), m_data.path());
    EXPECT_TRUE(second.claim({}));
}

TEST(OneWindowWithoutABus, IsEveryWindow) {
    OneWindow alone(QDBusConnection(QStringLiteral("nobody")), "/data");
    EXPECT_TRUE(alone.claim({QStringLiteral("/data/a.wav")}));
}

} // namespace
} // namespace phial::app
