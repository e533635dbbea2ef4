// SPDX-License-Identifier: MIT
#include "ui/meeting/line_painter.h"

#include "ui/meeting/clock.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>
#include <QStyle>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kPad = 7;
constexpr int kSide = 14;
constexpr int kTime = 62;
constexpr int kBetween = 22;
constexpr int kTwoColumns = 540; // narrower: the translation stands below
constexpr double kLineSpacing = 1.25;

/// Height of the laid out text; places its lines when asked.
qreal layOut(QTextLayout& layout, int width) {
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    option.setTextDirection(layout.text().isRightToLeft() ? Qt::RightToLeft : Qt::LeftToRight);
    layout.setTextOption(option);
    layout.beginLayout();
    qreal y = 0;
    while (true) {
        QTextLine line = layout.createLine();
        if (!line.isValid()) {
            break;
        }
        line.setLineWidth(width);
        line.setPosition(QPointF(0, y));
        y += std::ceil(line.height() * kLineSpacing);
    }
    layout.endLayout();
    return y;
}

} // namespace

QString LinePainter::shownText(const LineView& view) const {
    switch (view.kind) {
    case LineView::Kind::Unclear:
        return view.text.isEmpty() ? QCoreApplication::translate("Transcript", "[unclear]")
                                   : view.text;
    case LineView::Kind::Gap:
        return view.text.isEmpty()
                   ? QCoreApplication::translate("Transcript", "(speech without text)")
                   : view.text;
    case LineView::Kind::Speech:
        break;
    }
    return view.text;
}

int LinePainter::textHeight(const QString& text, int width) const {
    QTextLayout layout(text, m_theme.font(1.0));
    return int(std::ceil(layOut(layout, std::max(40, width))));
}

LinePainter::Columns LinePainter::columns(const QRect& row, const Line& line) const {
    Columns columns;
    const int left = row.left() + m_theme.scaled(kSide) + m_theme.scaled(kTime);
    const int right = row.right() - m_theme.scaled(kSide) - m_theme.scaled(22);
    columns.speakerHeight =
        line.newSpeaker && !line.view.speaker.isEmpty()
            ? int(QFontMetrics(m_theme.font(0.85, QFont::DemiBold)).height() * kLineSpacing)
            : 0;
    const int top = row.top() + kPad + columns.speakerHeight;
    const int width = std::max(60, right - left);
    columns.text = QRect(left, top, width, 0);
    if (m_translation) {
        if (width >= m_theme.scaled(kTwoColumns - kTime)) {
            const int half = (width - m_theme.scaled(kBetween)) / 2;
            columns.text.setWidth(half);
            columns.translation = QRect(left + half + m_theme.scaled(kBetween), top, half, 0);
        } else {
            columns.translation = columns.text;
        }
    }
    return columns;
}

int LinePainter::height(const Line& line, int width) const {
    const Columns c = columns(QRect(0, 0, width, 0), line);
    int text = textHeight(shownText(line.view), c.text.width());
    if (m_translation && !line.view.translation.isEmpty()) {
        const int other = textHeight(line.view.translation, c.translation.width());
        text = c.translation.left() == c.text.left() ? text + 3 + other : std::max(text, other);
    }
    return text + c.speakerHeight + 2 * kPad;
}

int LinePainter::estimatedHeight(const Line& line, int width) const {
    const Columns c = columns(QRect(0, 0, width, 0), line);
    const QFontMetrics metrics(m_theme.font(1.0));
    const int letter = std::max(1, metrics.averageCharWidth());
    const auto lines = [&](qsizetype letters, int room) {
        return 1 + int(letters) * letter / std::max(1, room);
    };
    int count = lines(line.view.text.size(), c.text.width());
    if (m_translation && !line.view.translation.isEmpty()) {
        const int other = lines(line.view.translation.size(), c.translation.width());
        count = c.translation.left() == c.text.left() ? count + other : std::max(count, other);
    }
    return int(count * std::ceil(metrics.height() * kLineSpacing)) + c.speakerHeight + 2 * kPad;
}

QRect LinePainter::textRect(const QRect& row, const Line& line) const {
    QRect rect = columns(row, line).text;
    rect.setBottom(row.bottom() - kPad);
    return rect;
}

QRect LinePainter::timeRect(const QRect& row) const {
    return {row.left(), row.top(), m_theme.scaled(kSide) + m_theme.scaled(kTime), row.height()};
}

void LinePainter::drawText(QPainter& painter, const QRect& place, const QString& text,
                           const QColor& color, const LineView& view, bool original) const {
    QTextLayout layout(text, m_theme.font(1.0));
    QList<QTextLayout::FormatRange> formats;
    if (original && view.doubtful()) {
        QTextLayout::FormatRange range;
        range.start = 0;
        range.length = int(text.size());
        range.format.setUnderlineStyle(QTextCharFormat::DashUnderline);
        range.format.setUnderlineColor(m_theme.colors().amber);
        formats.append(range);
    }
    if (!m_search.isEmpty()) {
        for (qsizetype at = text.indexOf(m_search, 0, Qt::CaseInsensitive); at >= 0;
             at = text.indexOf(m_search, at + m_search.size(), Qt::CaseInsensitive)) {
            QTextLayout::FormatRange range;
            range.start = int(at);
            range.length = int(m_search.size());
            range.format.setBackground(m_theme.colors().selection);
            formats.append(range);
        }
    }
    layout.setFormats(formats);
    layOut(layout, std::max(40, place.width()));
    painter.setPen(color);
    layout.draw(&painter, place.topLeft());
}

void LinePainter::paint(QPainter& painter, const QRect& row, const Line& line,
                        const Look& look) const {
    const Colors& colors = m_theme.colors();
    const LineView& view = line.view;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect ground = row.adjusted(4, 1, -4, -1);
    if (look.played || look.selected || look.hover) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(look.played     ? colors.accentSoft
                         : look.selected ? colors.selected
                                         : colors.hover);
        painter.drawRoundedRect(ground, 7, 7);
    }
    if (look.played) { // not by colour alone
        painter.setBrush(colors.accent);
        painter.drawRoundedRect(QRect(ground.left(), ground.top() + 4, 3, ground.height() - 8), 1,
                                1);
    }
    if (look.focused || look.foundHere) {
        painter.setPen(QPen(look.foundHere ? colors.amber : colors.focus, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(ground).adjusted(1, 1, -1, -1), 7, 7);
    }
    const Columns c = columns(row, line);
    if (c.speakerHeight > 0) {
        painter.setFont(m_theme.font(0.85, QFont::DemiBold));
        painter.setPen(colors.accent);
        painter.drawText(QRect(c.text.left(), row.top() + kPad - 1, row.right() - c.text.left() - 8,
                               c.speakerHeight),
                         Qt::AlignLeft | Qt::AlignVCenter, view.speaker);
    }
    const QFontMetrics metrics(m_theme.font(1.0));
    QRect time(row.left() + m_theme.scaled(kSide), c.text.top(), m_theme.scaled(kTime) - 8,
               int(std::ceil(metrics.height() * kLineSpacing)) - 2);
    painter.setFont(m_theme.font(0.85));
    painter.setPen(colors.muted);
    painter.drawText(time, Qt::AlignLeft | Qt::AlignVCenter, clockText(view.start));

    const bool spoken = view.kind == LineView::Kind::Speech;
    drawText(painter, c.text, shownText(view), spoken ? colors.text : colors.muted, view, true);
    if (m_translation && !view.translation.isEmpty()) {
        QRect place = c.translation;
        if (place.left() == c.text.left()) {
            place.translate(0, textHeight(shownText(view), c.text.width()) + 3);
        }
        drawText(painter, place, view.translation, colors.muted, view, false);
    }
    const int mark = m_theme.scaled(14);
    QRectF corner(row.right() - m_theme.scaled(kSide) - mark, c.text.top() + 3, mark, mark);
    if (view.edited) {
        paintIcon(painter, "edit", corner, colors.muted);
    } else if (view.doubtful() || !spoken) {
        paintIcon(painter, "warning", corner, colors.amber);
    }
    painter.restore();
}

} // namespace phial::ui
