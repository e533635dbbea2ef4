// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "ui/pages/setting_line.h"
#include "ui/pages/settings_page.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

#include <gtest/gtest.h>

namespace phial::ui {
namespace {

enum Rows { Color = 1, Sound, Words, Folder };

SettingsView twoGroups() {
    SettingsView view;
    view.groups = {{.id = 7,
                    .title = QStringLiteral("Looks"),
                    .rows = {{.id = Color,
                              .kind = SettingKind::Choice,
                              .title = QStringLiteral("Colors"),
                              .value = QStringLiteral("dark"),
                              .choices = {{QStringLiteral("light"), QStringLiteral("Light")},
                                          {QStringLiteral("dark"), QStringLiteral("Dark")}}},
                             {.id = Words,
                              .kind = SettingKind::Text,
                              .title = QStringLiteral("Instructions"),
                              .value = QStringLiteral("Be brief")}},
                    .changed = true},
                   {.id = 9,
                    .title = QStringLiteral("Sound"),
                    .rows = {{.id = Sound,
                              .kind = SettingKind::Switch,
                              .title = QStringLiteral("Record loudspeakers"),
                              .value = QStringLiteral("no")},
                             {.id = Folder,
                              .title = QStringLiteral("Meetings"),
                              .value = QStringLiteral("/home/anna/meetings"),
                              .button = QStringLiteral("Show")}}}};
    return view;
}

class SettingsPageTest : public testing::Test {
protected:
    SettingsPageTest() {
        m_page.setView(twoGroups());
        m_page.resize(760, 700);
        m_page.show();
        m_page.activateWindow();
        QCoreApplication::processEvents();
    }

    // Losing the focus is told while there is still a page to tell it to.
    ~SettingsPageTest() override { m_page.hide(); }

    template <typename Control>
    Control* control(const QString& name) {
        const auto controls = m_page.findChildren<Control*>();
        for (Control* one : controls) {
            if (one->accessibleName() == name) {
                return one;
            }
        }
        return nullptr;
    }

    QPushButton* button(const QString& words) {
        const auto buttons = m_page.findChildren<QPushButton*>();
        for (QPushButton* one : buttons) {
            if (one->text() == words || one->accessibleName() == words) {
                return one;
            }
        }
        return nullptr;
    }

    QStringList shownTitles() {
        QStringList titles;
        const auto lines = m_page.findChildren<SettingLine*>();
        for (const SettingLine* line : lines) {
            if (line->isVisible()) {
                titles.append(line->findChild<QLabel*>()->text());
            }
        }
        return titles;
    }

    void search(const QString& words) {
        m_page.findChild<QLineEdit*>()->setText(words);
        QCoreApplication::processEvents();
    }

    Theme m_theme;
    SettingsPage m_page{m_theme, nullptr};
};

TEST_F(SettingsPageTest, TellsEveryChangeAtOnce) {
    QSignalSpy changed(&m_page, &SettingsPage::changed);
    auto* colors = control<QComboBox>(QStringLiteral("Colors"));
    ASSERT_NE(colors, nullptr);
    EXPECT_EQ(colors->currentText(), QStringLiteral("Dark"));
    colors->setFocus();
    QTest::keyClick(colors, Qt::Key_Up);
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(changed[0], QVariantList({int(Color), QStringLiteral("light")}));
    QTest::mouseClick(control<QCheckBox>(QStringLiteral("Record loudspeakers")), Qt::LeftButton, {},
                      QPoint(8, 8));
    ASSERT_EQ(changed.count(), 2);
    EXPECT_EQ(changed[1], QVariantList({int(Sound), QStringLiteral("yes")}));
    auto* words = control<QLineEdit>(QStringLiteral("Instructions"));
    words->setText(QStringLiteral("Be long"));
    QTest::keyClick(words, Qt::Key_Return);
    ASSERT_EQ(changed.count(), 3);
    EXPECT_EQ(changed[2], QVariantList({int(Words), QStringLiteral("Be long")}));
    QSignalSpy pressed(&m_page, &SettingsPage::pressed);
    button(QStringLiteral("Show"))->click();
    ASSERT_EQ(pressed.count(), 1);
    EXPECT_EQ(pressed[0][0].toInt(), int(Folder));
}

TEST_F(SettingsPageTest, WhatIsShownIsNoChange) {
    QSignalSpy changed(&m_page, &SettingsPage::changed);
    SettingsView other = twoGroups();
    other.groups[0].rows[0].value = QStringLiteral("light");
    other.groups[0].rows[1].value = QStringLiteral("Be kind");
    other.groups[1].rows[0].value = QStringLiteral("yes");
    m_page.setView(other);
    EXPECT_EQ(control<QComboBox>(QStringLiteral("Colors"))->currentText(), QStringLiteral("Light"));
    EXPECT_TRUE(control<QCheckBox>(QStringLiteral("Record loudspeakers"))->isChecked());
    EXPECT_EQ(control<QLineEdit>(QStringLiteral("Instructions"))->text(),
              QStringLiteral("Be kind"));
    EXPECT_EQ(changed.count(), 0);
}

TEST_F(SettingsPageTest, WhatIsBeingTypedIsNotOverwritten) {
    auto* words = control<QLineEdit>(QStringLiteral("Instructions"));
    words->setFocus();
    words->setText(QStringLiteral("Be "));
    SettingsView other = twoGroups();
    other.groups[1].rows[1].value = QStringLiteral("/elsewhere"); // something else changes
    m_page.setView(other);
    EXPECT_EQ(words->text(), QStringLiteral("Be "));
}

TEST_F(SettingsPageTest, ASearchLeavesWhatMatches) {
    search(QStringLiteral("LOUD rec"));
    EXPECT_EQ(shownTitles(), QStringList({QStringLiteral("Record loudspeakers")}));
    search(QStringLiteral("light")); // an entry of a list
    EXPECT_EQ(shownTitles(), QStringList({QStringLiteral("Colors")}));
    search(QStringLiteral("anna")); // a value
    EXPECT_EQ(shownTitles(), QStringList({QStringLiteral("Meetings")}));
    search(QStringLiteral("looks")); // a group
    EXPECT_EQ(shownTitles(),
              QStringList({QStringLiteral("Colors"), QStringLiteral("Instructions")}));
    search(QStringLiteral("elephant"));
    EXPECT_TRUE(shownTitles().isEmpty());
    bool told = false;
    for (const QLabel* label : m_page.findChildren<QLabel*>()) {
        told = told || (label->isVisible() && label->text().contains(QStringLiteral("elephant")));
    }
    EXPECT_TRUE(told);
    search({});
    EXPECT_EQ(shownTitles().size(), 4);
}

TEST_F(SettingsPageTest, AGroupIsResetWhenSomethingInItDiffers) {
    QSignalSpy reset(&m_page, &SettingsPage::resetRequested);
    QPushButton* looks = button(QStringLiteral("Reset Looks"));
    ASSERT_NE(looks, nullptr);
    EXPECT_TRUE(looks->isEnabled());
    EXPECT_FALSE(button(QStringLiteral("Reset Sound"))->isEnabled());
    looks->click();
    ASSERT_EQ(reset.count(), 1);
    EXPECT_EQ(reset[0][0].toInt(), 7);
    SettingsView other = twoGroups();
    other.groups[0].changed = false;
    m_page.setView(other);
    EXPECT_FALSE(looks->isEnabled());
}

TEST_F(SettingsPageTest, WhatCannotBeChangedSaysWhy) {
    SettingsView other = twoGroups();
    other.groups[1].rows[0].disabledBecause = QStringLiteral("There are no loudspeakers.");
    m_page.setView(other);
    QCoreApplication::processEvents();
    auto* box = control<QCheckBox>(QStringLiteral("Record loudspeakers"));
    EXPECT_FALSE(box->isEnabled());
    EXPECT_TRUE(box->accessibleDescription().contains(QStringLiteral("no loudspeakers")));
    bool seen = false;
    for (const QLabel* label : m_page.findChildren<QLabel*>()) {
        seen = seen ||
               (label->isVisible() && label->text() == other.groups[1].rows[0].disabledBecause);
    }
    EXPECT_TRUE(seen);
}

TEST_F(SettingsPageTest, TheWheelScrollsAndChangesNothing) {
    QSignalSpy changed(&m_page, &SettingsPage::changed);
    auto* colors = control<QComboBox>(QStringLiteral("Colors"));
    colors->setFocus();
    QWheelEvent up(QPointF(5, 5), colors->mapToGlobal(QPointF(5, 5)), {}, QPoint(0, 120),
                   Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(colors, &up);
    EXPECT_EQ(changed.count(), 0);
    EXPECT_EQ(colors->currentText(), QStringLiteral("Dark"));
    EXPECT_FALSE(up.isAccepted()); // it goes on to the page
}

TEST_F(SettingsPageTest, NamesOfGroupsLeadToThem) {
    m_page.resize(760, 220);
    QCoreApplication::processEvents();
    button(QStringLiteral("Sound"))->click();
    QWidget* focus = QApplication::focusWidget();
    EXPECT_EQ(focus, control<QCheckBox>(QStringLiteral("Record loudspeakers")));
    EXPECT_FALSE(focus->visibleRegion().isEmpty());
}

} // namespace
} // namespace phial::ui
