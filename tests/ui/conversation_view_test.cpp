// SPDX-License-Identifier: MIT
#include "tests/ui/fixtures.h"

#include "ui/conversation/conversation_view.h"
#include "ui/conversation/rendered_block.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

#include <iostream>

namespace phial::ui {
namespace {

class ConversationViewTest : public testing::Test {
protected:
    ConversationViewTest() {
        m_view.setModel(&m_model);
        m_view.resize(800, 600);
        m_view.show();
    }

    QString beginAnswer() {
        m_model.append(test::question(QStringLiteral("Go.")));
        conversation::Turn turn = test::answer(QString());
        turn.state = MessageState::Waiting;
        return m_model.append(turn);
    }

    void settle() {
        m_view.flush();
        for (int i = 0; i < 20; ++i) {
            QCoreApplication::processEvents();
        }
    }

    Theme m_theme;
    conversation::ConversationModel m_model;
    ConversationView m_view{m_theme};
};

TEST_F(ConversationViewTest, FollowsTheAnswerWhileTheReaderIsAtTheEnd) {
    const QString id = beginAnswer();
    const QString text = test::longAnswer(60, 3);
    for (qsizetype at = 0; at < text.size(); at += 40) {
        m_model.appendText(id, text.mid(at, 40));
        m_view.flush();
        ASSERT_EQ(m_view.verticalScrollBar()->value(), m_view.verticalScrollBar()->maximum());
    }
}

TEST_F(ConversationViewTest, KeepsScrollPositionWhileStreaming) {
    test::fillConversation(m_model);
    const QString id = beginAnswer();
    m_model.appendText(id, test::longAnswer(30, 5));
    settle();
    m_view.verticalScrollBar()->setValue(120);
    settle();
    const int value = m_view.verticalScrollBar()->value();
    ASSERT_FALSE(m_view.atEnd());
    const QImage before = m_view.viewport()->grab().toImage();
    const QString more = test::longAnswer(80, 6);
    for (qsizetype at = 0; at < more.size(); at += 64) {
        m_model.appendText(id, more.mid(at, 64));
        m_view.flush();
    }
    settle();
    EXPECT_EQ(m_view.verticalScrollBar()->value(), value);
    EXPECT_EQ(m_view.viewport()->grab().toImage(), before);
}

// Streaming costs what changes, not what is there: each flush may render the open tail, and each
// block once more when it is closed.
TEST_F(ConversationViewTest, RendersOnlyTheTailWhileStreaming) {
    const QString id = beginAnswer();
    const QString text = test::longAnswer(1000, 11);
    const long long before = RenderedBlock::documentsBuilt();
    int flushes = 0;
    for (qsizetype at = 0; at < text.size(); at += 400) {
        m_model.appendText(id, text.mid(at, 400));
        m_view.flush();
        ++flushes;
    }
    const long long built = RenderedBlock::documentsBuilt() - before;
    const int blocks = m_view.item(1).blockCount();
    ASSERT_GE(blocks, 1000);
    EXPECT_LE(built, blocks + 2LL * flushes);
}

// A measurement, printed and not judged: the longest time the event loop was held up while 100
// pieces a second go into an answer of a thousand blocks.
TEST_F(ConversationViewTest, MeasuresStallsWhileStreaming) {
    const QString id = beginAnswer();
    m_model.appendText(id, test::longAnswer(1000, 12));
    settle();
    QElapsedTimer clock;
    qint64 longestUs = 0;
    for (int i = 0; i < 300; ++i) {
        m_model.appendText(id, QStringLiteral("word "));
        if (i % 3 == 2) {
            clock.start();
            m_view.flush();
            QCoreApplication::processEvents();
            longestUs = std::max(longestUs, clock.nsecsElapsed() / 1000);
        }
    }
    RecordProperty("longest_stall_us", static_cast<int>(longestUs));
    std::cout << "longest stall: " << longestUs << " us\n";
    EXPECT_EQ(m_view.verticalScrollBar()->value(), m_view.verticalScrollBar()->maximum());
}

TEST_F(ConversationViewTest, LaysOutOnlyWhatIsNearTheScreen) {
    const long long before = RenderedBlock::documentsBuilt();
    conversation::Conversation loaded = conversation::Conversation::create(QDateTime::currentDateTime());
    loaded.add(test::question(QStringLiteral("Go.")), -1);
    loaded.add(test::answer(test::longAnswer(1000, 2)), 0);
    m_model.setConversation(loaded);
    m_view.flush();
    EXPECT_LT(RenderedBlock::documentsBuilt() - before, 80);
}

TEST_F(ConversationViewTest, ManyPiecesAreRenderedTogether) {
    const QString id = beginAnswer();
    settle();
    const long long before = RenderedBlock::documentsBuilt();
    for (int i = 0; i < 500; ++i) {
        m_model.appendText(id, QStringLiteral("word "));
    }
    m_view.flush();
    EXPECT_LE(RenderedBlock::documentsBuilt() - before, 1);
    EXPECT_EQ(m_view.item(1).text().size(), 2500);
}

TEST_F(ConversationViewTest, SelectsAndCopiesAcrossMessages) {
    m_model.append(test::question(QStringLiteral("first")));
    m_model.append(test::answer(QStringLiteral("second **bold**\n\n```\ncode\n```")));
    settle();
    m_view.selectAll();
    EXPECT_EQ(m_view.selectedText(), QStringLiteral("first\n\nsecond bold\n\ncode"));
    m_view.copySelection();
    EXPECT_EQ(QApplication::clipboard()->text(), QStringLiteral("first\n\nsecond bold\n\ncode"));
}

TEST_F(ConversationViewTest, CopiesCodeByItsButton) {
    m_model.append(test::answer(QStringLiteral("text\n\n```py\nprint(1)\n```")));
    settle();
    const QPoint button = m_view.item(0).copyButton(1).center().toPoint() + m_view.rowRect(0).topLeft();
    QTest::mouseClick(m_view.viewport(), Qt::LeftButton, {}, button);
    EXPECT_EQ(QApplication::clipboard()->text(), QStringLiteral("print(1)"));
}

TEST_F(ConversationViewTest, ALinkIsCopiedAndNeverOpened) {
    m_model.append(test::answer(QStringLiteral("[here](https://example.org/page) it is")));
    settle();
    QSignalSpy copied(&m_view, &ConversationView::copied);
    const QPoint link = QPoint(12, int(m_view.item(0).blockTop(0)) + 8) + m_view.rowRect(0).topLeft();
    QTest::mouseClick(m_view.viewport(), Qt::LeftButton, {}, link);
    ASSERT_EQ(copied.count(), 1);
    EXPECT_EQ(QApplication::clipboard()->text(), QStringLiteral("https://example.org/page"));
}

TEST_F(ConversationViewTest, GoesFromTurnToTurnWithTheKeyboard) {
    test::fillConversation(m_model);
    settle();
    m_view.setCurrentRow(5);
    QTest::keyClick(&m_view, Qt::Key_Up);
    EXPECT_EQ(m_view.currentRow(), 4);
    QTest::keyClick(&m_view, Qt::Key_C, Qt::ControlModifier);
    EXPECT_EQ(QApplication::clipboard()->text(), m_view.item(4).text());
}

TEST_F(ConversationViewTest, ScreenReadersFindEveryMessage) {
    test::fillConversation(m_model);
    settle();
    QAccessibleInterface* list = QAccessible::queryAccessibleInterface(&m_view);
    ASSERT_NE(list, nullptr);
    EXPECT_EQ(list->role(), QAccessible::List);
    for (int row = 0; row < m_model.rowCount(); ++row) {
        QAccessibleInterface* message = list->child(row);
        ASSERT_NE(message, nullptr);
        EXPECT_FALSE(message->text(QAccessible::Name).isEmpty());
        EXPECT_EQ(list->indexOfChild(message), row);
    }
    EXPECT_TRUE(list->child(0)->text(QAccessible::Name).startsWith(QStringLiteral("You: ")));
    EXPECT_TRUE(list->child(3)->text(QAccessible::Name).startsWith(QStringLiteral("Transcript: ")));
}

TEST_F(ConversationViewTest, WidthAndThemeChangesKeepThePlaceOfTheReader) {
    test::fillConversation(m_model);
    m_model.append(test::answer(test::longAnswer(100, 8)));
    settle();
    m_view.setCurrentRow(2);
    settle();
    const QRect before = m_view.rowRect(2);
    m_view.resize(500, 600);
    settle();
    m_theme.setChoice(ThemeChoice::Dark);
    settle();
    EXPECT_NEAR(m_view.rowRect(2).top(), before.top(), 12);
    m_theme.setChoice(ThemeChoice::System);
}

} // namespace
} // namespace phial::ui
