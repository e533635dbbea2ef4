// SPDX-License-Identifier: MIT
#include "ui/widgets/context_bar.h"

#include "ui/theme/theme.h"

#include <QLocale>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kBarWidth = 56;

} // namespace

ContextBar::ContextBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    hide();
}

void ContextBar::setContext(const ContextView& context) {
    m_context = context;
    setVisible(context.capacity > 0);
    const QLocale l = locale();
    const QString split =
        tr("Context: %1 of %2 tokens\nConversation %3\nThis message %4\nKept free for the answer %5")
            .arg(l.toString(context.conversation + context.draft + context.reply),
                 l.toString(context.capacity), l.toString(context.conversation),
                 l.toString(context.draft), l.toString(context.reply));
    setToolTip(context.over() ? tr("This does not fit.\n%1").arg(split) : split);
    setAccessibleName(split);
    updateGeometry();
    update();
}

QString ContextBar::label() const {
    if (m_context.capacity <= 0) {
        return {};
    }
    const int used = m_context.conversation + m_context.draft;
    return QStringLiteral("%1 %").arg(int(std::lround(100.0 * used / m_context.capacity)));
}

QSize ContextBar::sizeHint() const {
    const QFontMetrics metrics(m_theme.font(0.82));
    return {kBarWidth + 8 + metrics.horizontalAdvance(QStringLiteral("1000 %")), metrics.height() + 4};
}

void ContextBar::paintEvent(QPaintEvent*) {
    const Colors& colors = m_theme.colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF track(0, height() / 2.0 - 3, kBarWidth, 6);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colors.hover);
    painter.drawRoundedRect(track, 3, 3);
    const double capacity = std::max(1, m_context.capacity);
    const auto fill = [&](double tokens, const QColor& color) {
        const double width = track.width() * std::clamp(tokens / capacity, 0.0, 1.0);
        painter.setBrush(color);
        painter.drawRoundedRect(QRectF(track.left(), track.top(), width, track.height()), 3, 3);
    };
    if (m_context.over()) {
        fill(capacity, colors.danger);
    } else {
        fill(m_context.conversation + m_context.draft, colors.accent);
        fill(m_context.conversation, colors.controlBorder);
    }
    painter.setPen(m_context.over() ? colors.danger : colors.muted);
    painter.setFont(m_theme.font(0.82));
    painter.drawText(rect().adjusted(kBarWidth + 6, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, label());
}

} // namespace phial::ui
