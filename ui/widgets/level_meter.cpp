// SPDX-License-Identifier: MIT
#include "ui/widgets/level_meter.h"

#include "ui/theme/theme.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr double kFloorDb = -60;
constexpr qint64 kClipHoldMs = 1000;
constexpr double kPeakFall = 0.02; // of the scale per reading

} // namespace

LevelMeter::LevelMeter(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setAccessibleName(tr("Microphone level"));
    setMinimumWidth(70);
}

double LevelMeter::position(float linear) {
    if (linear <= 0.0F) {
        return 0;
    }
    return std::clamp(1.0 - 20.0 * std::log10(double(linear)) / kFloorDb, 0.0, 1.0);
}

void LevelMeter::setLevel(const LevelView& level) {
    m_level = level;
    m_heldPeak = std::max(position(level.peak), m_heldPeak - kPeakFall);
    if (level.clipped) {
        m_clippedUntilMs = level.elapsedMs + kClipHoldMs;
    }
    update();
}

void LevelMeter::reset() {
    m_level = {};
    m_heldPeak = 0;
    m_clippedUntilMs = -1;
    update();
}

QSize LevelMeter::sizeHint() const {
    return {180, m_theme.scaled(18)};
}

void LevelMeter::paintEvent(QPaintEvent*) {
    const Colors& colors = m_theme.colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool clipped = m_level.elapsedMs < m_clippedUntilMs;
    const double clipWidth = 8;
    const QRectF track(0, height() / 2.0 - 5, width() - clipWidth - 4, 10);
    painter.setPen(QPen(colors.controlBorder, 1));
    painter.setBrush(colors.window);
    painter.drawRoundedRect(track.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setPen(Qt::NoPen);
    const QRectF inner = track.adjusted(2, 2, -2, -2);
    painter.setBrush(m_level.veryQuiet ? colors.amber : colors.accent);
    painter.drawRoundedRect(
        QRectF(inner.left(), inner.top(), inner.width() * position(m_level.rms), inner.height()), 2, 2);
    // -12 dBFS: speech with its peaks around here is well recorded.
    painter.setBrush(colors.controlBorder);
    painter.drawRect(QRectF(inner.left() + inner.width() * 0.8, inner.top(), 1, inner.height()));
    if (m_heldPeak > 0) {
        painter.setBrush(colors.text);
        painter.drawRect(QRectF(inner.left() + (inner.width() - 2) * m_heldPeak, track.top(), 2, track.height()));
    }
    painter.setPen(QPen(clipped ? colors.danger : colors.controlBorder, 1));
    painter.setBrush(clipped ? colors.danger : colors.window);
    painter.drawRoundedRect(QRectF(width() - clipWidth + 0.5, track.top() + 0.5, clipWidth - 1, 9), 2, 2);
}

} // namespace phial::ui
