// SPDX-License-Identifier: MIT
#include "ui/meeting/waveform.h"

#include "ui/meeting/clock.h"
#include "ui/theme/theme.h"

#include <QAccessible>
#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kBar = 3; // pixels, with the space between
constexpr double kStep = 5;

} // namespace

Waveform::Waveform(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumHeight(44);
    setCursor(Qt::PointingHandCursor);
    connect(&theme, &Theme::changed, this, &Waveform::draw);
    setPosition(0);
}

QSize Waveform::sizeHint() const {
    return {400, m_theme.scaled(56)};
}

void Waveform::setPeaks(const QByteArray& peaks, double seconds) {
    m_peaks = peaks;
    m_seconds = seconds;
    draw();
}

void Waveform::setPosition(double seconds) {
    m_position = seconds;
    setAccessibleName(
        tr("Place in the recording: %1 of %2").arg(clockText(m_position), clockText(m_seconds)));
    update();
}

void Waveform::setBookmarks(const QList<BookmarkView>& bookmarks) {
    m_bookmarks = bookmarks;
    update();
}

void Waveform::setLoop(double from, double to) {
    m_loopFrom = from;
    m_loopTo = to;
    update();
}

double Waveform::secondsAt(int x) const {
    return m_seconds * std::clamp(double(x) / std::max(1, width()), 0.0, 1.0);
}

void Waveform::draw() {
    const qreal ratio = devicePixelRatioF();
    m_picture = QPixmap((QSizeF(size()) * ratio).toSize());
    m_picture.setDevicePixelRatio(ratio);
    m_picture.fill(Qt::transparent);
    m_played = m_picture;
    if (width() <= 0 || m_peaks.isEmpty() || m_seconds <= 0) {
        update();
        return;
    }
    const double perBar = 10 * m_seconds * kBar / width(); // peaks
    for (const bool played : {false, true}) {
        QPainter painter(played ? &m_played : &m_picture);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(played ? m_theme.colors().accent : m_theme.colors().controlBorder);
        for (int bar = 0; bar * kBar < width(); ++bar) {
            const auto from = qsizetype(bar * perBar);
            const auto to = std::max(from + 1, qsizetype((bar + 1) * perBar));
            int loudest = 0;
            for (qsizetype i = from; i < std::min(to, m_peaks.size()); ++i) {
                loudest = std::max(loudest, int(static_cast<unsigned char>(m_peaks[i])));
            }
            if (from >= m_peaks.size()) {
                break; // not looked at yet
            }
            const double high = std::max(2.0, (height() - 8) * loudest / 255.0);
            painter.drawRoundedRect(QRectF(bar * kBar, (height() - high) / 2, kBar - 1, high), 1,
                                    1);
        }
    }
    update();
}

void Waveform::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    draw();
}

void Waveform::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        draw();
    }
}

void Waveform::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Colors& colors = m_theme.colors();
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_loopTo > m_loopFrom && m_seconds > 0) {
        const double left = width() * m_loopFrom / m_seconds;
        painter.fillRect(
            QRectF(left, 0, std::max(2.0, width() * (m_loopTo - m_loopFrom) / m_seconds), height()),
            colors.accentSoft);
    }
    const int x = m_seconds > 0 ? int(width() * std::min(1.0, m_position / m_seconds)) : 0;
    painter.drawPixmap(0, 0, m_picture);
    painter.setClipRect(0, 0, x, height());
    painter.drawPixmap(0, 0, m_played);
    painter.setClipping(false);
    if (m_peaks.isEmpty()) {
        painter.setPen(colors.border);
        painter.drawLine(0, height() / 2, width(), height() / 2);
    }
    for (const BookmarkView& mark : std::as_const(m_bookmarks)) {
        if (m_seconds > 0) {
            const double at = width() * mark.seconds / m_seconds;
            painter.setPen(Qt::NoPen);
            painter.setBrush(colors.amber);
            painter.drawPolygon(
                QPolygonF({QPointF(at - 4, 0), QPointF(at + 4, 0), QPointF(at, 7)}));
        }
    }
    painter.setPen(QPen(colors.text, 2));
    painter.drawLine(x, 2, x, height() - 2);
    if (hasFocus()) {
        painter.setPen(QPen(colors.focus, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
    }
}

void Waveform::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_seconds > 0) {
        Q_EMIT seekRequested(secondsAt(event->pos().x()));
    }
}

void Waveform::mouseMoveEvent(QMouseEvent* event) {
    if (event->buttons().testFlag(Qt::LeftButton) && m_seconds > 0) {
        setPosition(secondsAt(event->pos().x()));
        Q_EMIT seekRequested(m_position);
    }
}

void Waveform::keyPressEvent(QKeyEvent* event) {
    const double step = event->key() == Qt::Key_Left    ? -kStep
                        : event->key() == Qt::Key_Right ? kStep
                                                        : 0;
    if (step != 0) {
        Q_EMIT seekRequested(std::clamp(m_position + step, 0.0, m_seconds));
    } else if (event->key() == Qt::Key_Home) {
        Q_EMIT seekRequested(0);
    } else {
        QWidget::keyPressEvent(event);
    }
}

} // namespace phial::ui
