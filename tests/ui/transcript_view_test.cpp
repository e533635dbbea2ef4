// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"
#include "tests/ui/meeting_fixtures.h"
#include "ui/meeting/line_editor.h"
#include "ui/meeting/line_remark.h"
#include "ui/meeting/transcript_view.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QApplication>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QHelpEvent>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QTextCursor>
#include <QToolTip>

#include <gtest/gtest.h>

#include <ctime>

namespace phial::ui {
namespace {

class TranscriptViewTest : public testing::Test {
protected:
    void show(int lines) { show(test::talk(lines)); }

    void show(const QList<LineView>& lines) {
        m_model.reset(lines);
        m_view.setModel(&m_model);
        m_view.resize(640, 480);
        m_view.show();
        m_view.activateWindow();
        m_view.setFocus();
        QCoreApplication::processEvents();
        m_view.grab();
    }

    /// What is told when the mouse rests on a line.
    QString toolTipAt(int row) {
        m_view.scrollTo(m_model.index(row));
        const QPoint at = rectOf(row).center();
        QHelpEvent rests(QEvent::ToolTip, at, m_view.viewport()->mapToGlobal(at));
        QApplication::sendEvent(m_view.viewport(), &rests);
        return QToolTip::text();
    }

    QRect rectOf(int row) const { return m_view.visualRect(m_model.index(row)); }

    /// The first line on the screen and how far it is above it.
    std::pair<qint64, int> place() const {
        const QModelIndex index = m_view.indexAt(QPoint(10, 0));
        return {index.data(LineRole).value<LineView>().id, m_view.visualRect(index).top()};
    }

    LineEditor* editor() {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // the one before
        return m_view.findChild<LineEditor*>();
    }

    Theme m_theme;
    app::TranscriptModel m_model;
    TranscriptView m_view{m_theme, nullptr};
};

TEST_F(TranscriptViewTest, RowsFollowOneAnotherWithoutGapsAndHoldTheirText) {
    show(40);
    for (int row = 1; row < 12; ++row) {
        EXPECT_EQ(rectOf(row).top(), rectOf(row - 1).bottom() + 1) << row;
    }
    EXPECT_GT(rectOf(1).height(), rectOf(5).height()); // the long text takes more lines
    for (int row = 0; row < 12; ++row) {
        EXPECT_EQ(m_view.indexAt(rectOf(row).center()).row(), row);
    }
}

TEST_F(TranscriptViewTest, SaysWhyALineIsMarked) {
    QList<LineView> lines = test::talk(9);
    const auto mark = [&](int row, LineView::Kind kind, LineView::Reason reason) {
        lines[row].kind = kind;
        lines[row].reason = reason;
    };
    mark(1, LineView::Kind::Unclear, LineView::Reason::Repetition);
    mark(2, LineView::Kind::Unclear, LineView::Reason::Refusal);
    mark(5, LineView::Kind::Unclear, LineView::Reason::Echo);
    mark(6, LineView::Kind::Unclear, LineView::Reason::OtherLanguage);
    mark(7, LineView::Kind::Unclear, LineView::Reason::NotKnown);
    mark(8, LineView::Kind::Gap, LineView::Reason::NotKnown);
    show(lines);
    const QStringList words{{},
                            QStringLiteral("over and over"),
                            QStringLiteral("about itself"),
                            {}, // edited by the user
                            QStringLiteral("40 % sure"),
                            QStringLiteral("instruction"),
                            QStringLiteral("another language"),
                            QStringLiteral("worth showing"),
                            QStringLiteral("wrote nothing")};
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&m_view);
    for (int row = 0; row < words.size(); ++row) {
        SCOPED_TRACE(row);
        const QString told = list->child(row)->text(QAccessible::Description);
        EXPECT_EQ(told.isEmpty(), words[row].isEmpty());
        EXPECT_TRUE(told.contains(words[row])) << told.toStdString();
        const QString shown = toolTipAt(row);
        EXPECT_TRUE(told.isEmpty() ? test::waitFor([] { return !QToolTip::isVisible(); })
                                   : shown == told)
            << shown.toStdString();
    }
    lines[4].confidence = 0; // what a line gets that says too little
    EXPECT_TRUE(lineRemark(lines[4]).contains(QStringLiteral("missing")));
}

// Cost counted in processor time of this thread, as the machine may be shared.
TEST_F(TranscriptViewTest, TenThousandLinesScrollAndResizeQuickly) {
    show(10000);
    const auto milliseconds = [](const auto& work) {
        timespec before{};
        timespec after{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
        work();
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
        return 1e3 * static_cast<double>(after.tv_sec - before.tv_sec) +
               1e-6 * static_cast<double>(after.tv_nsec - before.tv_nsec);
    };
    double worst = 0;
    for (int i = 0; i < 20; ++i) {
        worst = std::max(worst, milliseconds([&] {
                             m_view.verticalScrollBar()->setValue(
                                 m_view.verticalScrollBar()->maximum() * i / 20);
                             m_view.grab();
                         }));
    }
    RecordProperty("worst_scroll_ms", std::to_string(worst));
    RecordProperty("resize_ms", std::to_string(milliseconds([&] {
                       m_view.resize(700, 480);
                       QCoreApplication::processEvents();
                   })));
    // Laid out are only the lines that were seen: the work does not grow with their number.
    EXPECT_GT(m_view.verticalScrollBar()->maximum(), 200000);
}

TEST_F(TranscriptViewTest, TheReadersPlaceHoldsWhenLinesComeIn) {
    show(2000);
    m_view.setFollowing(false);
    m_view.scrollTo(m_model.index(1000), QAbstractItemView::PositionAtTop);
    m_view.grab();
    const auto before = place();
    LineView early;
    early.id = 9001;
    early.start = 10;
    early.text = QStringLiteral("a line from long before ").repeated(20);
    m_model.append(early);
    LineView late = early;
    late.id = 9002;
    late.start = 1e6;
    m_model.append(late);
    m_view.grab();
    EXPECT_EQ(place(), before);
}

TEST_F(TranscriptViewTest, AClickPlaysTheLineAndItsTimeOnly) {
    show(20);
    QSignalSpy played(&m_view, &TranscriptView::playRequested);
    QTest::mouseClick(m_view.viewport(), Qt::LeftButton, {}, rectOf(3).center());
    ASSERT_EQ(played.count(), 1);
    EXPECT_EQ(played.first().first().toDouble(), 12.0);
    QTest::keyClick(&m_view, Qt::Key_Down);
    EXPECT_EQ(played.count(), 1); // going there is not playing
    QTest::keyClick(&m_view, Qt::Key_Return);
    ASSERT_EQ(played.count(), 2);
    EXPECT_EQ(played.last().first().toDouble(), 16.0);
}

TEST_F(TranscriptViewTest, FollowsWhatIsPlayedUntilTheReaderLooksElsewhere) {
    show(500);
    m_view.setPlayed(300);
    m_view.grab();
    EXPECT_TRUE(m_view.viewport()->rect().intersects(rectOf(299)));
    QSignalSpy following(&m_view, &TranscriptView::followingChanged);
    QTest::keyClick(&m_view, Qt::Key_Home);
    ASSERT_EQ(following.count(), 1);
    m_view.setPlayed(400);
    EXPECT_FALSE(m_view.viewport()->rect().intersects(rectOf(399)));
    m_view.setFollowing(true);
    m_view.grab();
    EXPECT_TRUE(m_view.viewport()->rect().intersects(rectOf(399)));
}

TEST_F(TranscriptViewTest, EnterDividesAndBackspaceAtTheBeginningJoins) {
    show(20);
    QSignalSpy divided(&m_view, &TranscriptView::divided);
    QSignalSpy joined(&m_view, &TranscriptView::joined);
    QSignalSpy edited(&m_view, &TranscriptView::textEdited);
    m_view.editLine(3, 7);
    ASSERT_NE(editor(), nullptr);
    QTest::keyClick(editor(), Qt::Key_Return);
    ASSERT_EQ(divided.count(), 1);
    EXPECT_EQ(divided.first().at(0).toLongLong(), 3);
    EXPECT_EQ(divided.first().at(2).toInt(), 7);
    EXPECT_FALSE(m_view.editing());
    m_view.editLine(3, 0);
    QTest::keyClick(editor(), Qt::Key_Backspace);
    ASSERT_EQ(joined.count(), 1);
    EXPECT_EQ(joined.first().at(0).toLongLong(), 2);
    m_view.editLine(3, 0);
    QTest::keyClicks(editor(), QStringLiteral("So "));
    QTest::keyClick(editor(), Qt::Key_Escape);
    EXPECT_EQ(edited.count(), 0);
    m_view.editLine(3, 0);
    QTest::keyClicks(editor(), QStringLiteral("So "));
    editor()->moveCursor(QTextCursor::End);
    QTest::keyClick(editor(), Qt::Key_Return); // at a border there is nothing to divide
    ASSERT_EQ(edited.count(), 1);
    EXPECT_EQ(edited.first().at(1).toString(), QStringLiteral("So I would rather keep the date."));
    EXPECT_EQ(divided.count(), 1);
}

TEST_F(TranscriptViewTest, SearchGoesRoundThroughAllHits) {
    show(20);
    m_view.setSearch(QStringLiteral("BUDGET"));
    EXPECT_EQ(m_view.hits(), 3);
    QList<qint64> found;
    for (int i = 0; i < 4; ++i) {
        ASSERT_TRUE(m_view.findNext(1));
        found.append(m_view.currentLine().id);
    }
    EXPECT_EQ(found, (QList<qint64>{4, 10, 16, 4}));
    m_view.setSearch(QStringLiteral("not in there"));
    EXPECT_FALSE(m_view.findNext(1));
}

TEST_F(TranscriptViewTest, TranslationsStandBesideOrBelow) {
    show(20);
    const int before = rectOf(1).height();
    m_view.setTranslationShown(true);
    m_view.grab();
    EXPECT_GT(rectOf(1).height(), before); // half the width
    const int beside = rectOf(1).height();
    m_view.resize(380, 480);
    QCoreApplication::processEvents();
    m_view.grab();
    EXPECT_GT(rectOf(1).height(), beside);
}

TEST(TranscriptModel, UpdatesWithoutLosingRows) {
    app::TranscriptModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QList<LineView> lines = test::talk(30);
    model.reset(lines);
    QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
    lines[4].text = QStringLiteral("other");
    lines.insert(10, lines[3]);
    lines.removeAt(25);
    model.update(lines);
    EXPECT_EQ(model.lines(), lines);
    lines.remove(5, 7);
    model.update(lines);
    EXPECT_EQ(model.lines(), lines);
    EXPECT_EQ(removed.count(), 1);
    model.update({});
    EXPECT_EQ(model.rowCount(), 0);
    model.update(lines);
    EXPECT_EQ(model.lines(), lines);
    EXPECT_EQ(inserted.count(), 1);
    EXPECT_EQ(reset.count(), 0);
}

} // namespace
} // namespace phial::ui
