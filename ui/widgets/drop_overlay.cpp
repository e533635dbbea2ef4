// SPDX-License-Identifier: MIT
#include "ui/widgets/drop_overlay.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QStyle>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kMostRows = 6;

} // namespace

DropOverlay::DropOverlay(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAccessibleName(tr("Drop files here"));
    hide();
}

void DropOverlay::setItems(const QList<OfferedItem>& items) {
    m_items = items;
    update();
}

void DropOverlay::paintEvent(QPaintEvent*) {
    const Colors& colors = m_theme.colors();
    const bool any =
        std::any_of(m_items.begin(), m_items.end(), [](const OfferedItem& item) { return item.accepted; });
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QColor veil = colors.window;
    veil.setAlphaF(0.93F);
    painter.fillRect(rect(), veil);
    QPen pen(any ? colors.accent : colors.danger, 2, Qt::DashLine);
    painter.setPen(pen);
    painter.setBrush(any ? colors.accentSoft : colors.dangerSoft);
    painter.drawRoundedRect(QRectF(rect()).adjusted(18, 18, -18, -18), 16, 16);

    const QFont titleFont = m_theme.font(1.35, QFont::DemiBold);
    const QFont nameFont = m_theme.font(1.0, QFont::DemiBold);
    const QFont textFont = m_theme.font(0.92);
    const int rowHeight = QFontMetrics(nameFont).height() + QFontMetrics(textFont).height() + 14;
    const int rows = int(std::min<qsizetype>(m_items.size(), kMostRows));
    const int titleHeight = QFontMetrics(titleFont).height() + 18;
    const int symbol = m_theme.scaled(44);
    const int total = symbol + 14 + titleHeight + rows * rowHeight;
    const int width = std::min(this->width() - 100, m_theme.scaled(400));
    const int left = (this->width() - width) / 2;
    int y = std::max(30, (height() - total) / 2);

    const QColor tint = any ? colors.accent : colors.danger;
    paintIcon(painter, any ? "drop" : "error", QRectF((this->width() - symbol) / 2.0, y, symbol, symbol), tint);
    y += symbol + 14;
    painter.setFont(titleFont);
    painter.setPen(colors.text);
    painter.drawText(QRect(30, y, this->width() - 60, titleHeight - 10), Qt::AlignCenter,
                     any ? tr("Drop to add") : tr("This cannot be added"));
    y += titleHeight;
    for (int i = 0; i < rows; ++i) {
        const OfferedItem& item = m_items[i];
        const QColor ink = item.accepted ? colors.accent : colors.danger;
        const int icon = m_theme.scaled(24);
        const char* name = !item.accepted                          ? "close"
                           : item.kind == AttachmentKind::Image ? "image"
                                                                : "waveform";
        const QRect row(left, y, width, rowHeight);
        const QRect place = QStyle::visualRect(layoutDirection(), row, QRect(left, y + (rowHeight - icon) / 2 - 3, icon, icon));
        paintIcon(painter, name, place, ink);
        const QRect text = QStyle::visualRect(
            layoutDirection(), row, QRect(left + icon + 14, y, width - icon - 14, rowHeight - 10));
        const int align = int(QStyle::visualAlignment(layoutDirection(), Qt::AlignLeft));
        const bool last = i == kMostRows - 1 && m_items.size() > kMostRows;
        painter.setFont(nameFont);
        painter.setPen(colors.text);
        const QString label = last ? tr("and %n more", nullptr, int(m_items.size()) - i) : item.name;
        painter.drawText(text, align | Qt::AlignTop,
                         QFontMetrics(nameFont).elidedText(label, Qt::ElideMiddle, text.width()));
        if (!last) {
            painter.setFont(textFont);
            painter.setPen(item.accepted ? colors.muted : colors.danger);
            painter.drawText(text, align | Qt::AlignBottom,
                             QFontMetrics(textFont).elidedText(item.explanation, Qt::ElideRight, text.width()));
        }
        y += rowHeight;
    }
}

} // namespace phial::ui
