// SPDX-License-Identifier: MIT
#pragma once

#include <QApplication>
#include <QScrollArea>
#include <QScrollBar>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cstdlib>
#include <utility>

namespace phial::ui::test {

/// Presses Tab from the Back button of a page of `window` until the focus leaves the page, and
/// expects each stop to lie further down, or on the same line further to the right, than the one
/// before. Returns how many stops there were.
inline int expectTabGoesDown(QWidget& window, QWidget& page) {
    auto* back = page.findChild<QToolButton*>();
    EXPECT_EQ(back->accessibleName(), QStringLiteral("Back (Esc)"));
    back->setFocus();
    const auto place = [&] {
        const QWidget* focus = QApplication::focusWidget();
        const QPoint at = focus->mapTo(&window, QPoint());
        const auto* area = page.findChild<QScrollArea*>();
        const int scrolled = area == nullptr ? 0 : area->verticalScrollBar()->value();
        return std::pair(at.y() + focus->height() / 2 + scrolled, at.x());
    };
    auto last = place();
    int stops = 0;
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    while (page.isAncestorOf(QApplication::focusWidget()) && stops < 100) {
        const auto now = place();
        const bool sameLine = std::abs(now.first - last.first) < 6;
        EXPECT_TRUE(sameLine ? now.second > last.second : now.first > last.first)
            << "stop " << stops << ": "
            << QApplication::focusWidget()->accessibleName().toStdString();
        last = now;
        ++stops;
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Tab);
    }
    return stops;
}

} // namespace phial::ui::test
