// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "ui/meeting/clock.h"
#include "ui/meeting/long_import_dialog.h"
#include "ui/theme/theme.h"

#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <utility>

namespace phial::ui {
namespace {

TEST(Clock, ReadsWhatItWrites) {
    for (const double seconds : {0.0, 5.0, 75.0, 3599.0, 3600.0, 4000.0, 400000.0}) {
        EXPECT_EQ(secondsOf(clockText(seconds)), seconds);
    }
    EXPECT_EQ(secondsOf(QStringLiteral(" 90 ")), 90.0);
    EXPECT_EQ(secondsOf(QStringLiteral("75:00")), 4500.0);
    for (const char* text : {"", ":", "1:", "1:60", "1:2:3:4", "-5", "1.5", "one", "1:60:00"}) {
        EXPECT_FALSE(secondsOf(QString::fromLatin1(text))) << text;
    }
}

class LongImport : public testing::Test {
protected:
    void open(const LongImportView& recordings) {
        m_dialog = std::make_unique<LongImportDialog>(m_theme, recordings, nullptr);
        QObject::connect(m_dialog.get(), &LongImportDialog::importRequested,
                         [this](const LongImportWish& wish) { m_wishes.append(wish); });
        m_dialog->open();
    }

    bool says(const char* words) {
        const auto labels = m_dialog->findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [words](const QLabel* label) {
            return label->text().contains(QString::fromUtf8(words));
        });
    }

    QPushButton& button(const char* text) {
        for (QPushButton* one : m_dialog->findChildren<QPushButton*>()) {
            if (one->text() == QString::fromUtf8(text)) {
                return *one;
            }
        }
        throw std::logic_error(text);
    }

    void setPart(const char* from, const char* to) {
        const auto fields = m_dialog->findChildren<QLineEdit*>();
        fields[0]->setText(QString::fromLatin1(from));
        fields[1]->setText(QString::fromLatin1(to));
    }

    Theme m_theme;
    std::unique_ptr<LongImportDialog> m_dialog;
    QList<LongImportWish> m_wishes;
};

const LongImportView kDay{.files = {QStringLiteral("/a/Day.m4a")}, .seconds = 18130};

TEST_F(LongImport, SaysHowLongItIsAndTakes) {
    open(kDay);
    EXPECT_TRUE(says("“Day.m4a” is 5:02:10 long."));
    EXPECT_TRUE(says("told once it has begun"));
    LongImportView known = kDay;
    known.workSeconds = 11341;
    open(known);
    EXPECT_TRUE(says("about 3 h 10 min"));
    known.workSeconds = 2900;
    open(known);
    EXPECT_TRUE(says("about 49 min"));
    EXPECT_TRUE(says("The sound stays where it is"));
    known.copyBytes = 2'340'000'000;
    open(known);
    EXPECT_TRUE(says("A copy of the sound is kept with the meeting (2.34 GB)."));
    EXPECT_FALSE(says("stays where it is"));
}

TEST_F(LongImport, AllOfItIsImported) {
    open(kDay);
    button("Start").click();
    ASSERT_EQ(m_wishes.size(), 1);
    EXPECT_EQ(m_wishes[0].files, kDay.files);
    EXPECT_EQ(m_wishes[0].from, m_wishes[0].to);
    EXPECT_FALSE(m_dialog->isVisible());
    open(kDay);
    button("Cancel").click();
    EXPECT_EQ(m_wishes.size(), 1);
}

TEST_F(LongImport, APartMustLieWithinIt) {
    open(kDay);
    button("Only a Part…").click();
    EXPECT_TRUE(button("Start").isEnabled()) << "all of it to begin with";
    for (const auto& [from, to] : {std::pair{"1:00:00", "0:30:00"},
                                   {"6:00:00", "7:00:00"},
                                   {"1:00:00", "1:00:00"},
                                   {"noon", "1:00:00"},
                                   {"", ""}}) {
        setPart(from, to);
        EXPECT_FALSE(button("Start").isEnabled()) << from << " to " << to;
    }
    setPart("1:00:00", "2:30:00");
    EXPECT_TRUE(says("1:30:00 of 5:02:10"));
    button("Start").click();
    ASSERT_EQ(m_wishes.size(), 1);
    EXPECT_EQ(m_wishes[0].from, 3600);
    EXPECT_EQ(m_wishes[0].to, 9000);
}

TEST_F(LongImport, OfSeveralThereIsNoPart) {
    open({.files = {QStringLiteral("/a/1.wav"), QStringLiteral("/a/2.wav")}, .seconds = 10000});
    EXPECT_TRUE(says("2 recordings are 2:46:40 long in all."));
    EXPECT_TRUE(button("Only a Part…").isHidden());
}

} // namespace
} // namespace phial::ui
