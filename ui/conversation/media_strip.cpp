// SPDX-License-Identifier: MIT
#include "ui/conversation/media_strip.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr double kGap = 8;
constexpr double kPictureWidth = 240;
constexpr double kPictureHeight = 180;
constexpr double kRecordingWidth = 270;
constexpr double kRecordingHeight = 58;
constexpr double kRadius = 10;

} // namespace

MediaStrip::MediaStrip(const Theme& theme)
    : m_theme(theme) {}

void MediaStrip::setAttachments(const QList<AttachmentView>& attachments) {
    if (attachments == m_attachments) {
        return;
    }
    m_attachments = attachments;
    m_thumbnails.clear();
    for (const AttachmentView& view : attachments) {
        m_thumbnails.append(view.kind == AttachmentKind::Image ? QImage::fromData(view.thumbnail)
                                                               : QImage());
    }
    m_rects = QList<QRectF>(attachments.size());
}

QSizeF MediaStrip::sizeOf(int index) const {
    if (m_attachments[index].kind == AttachmentKind::Audio || m_thumbnails[index].isNull()) {
        return {kRecordingWidth, double(m_theme.scaled(int(kRecordingHeight)))};
    }
    QSizeF size = m_thumbnails[index].size();
    // Small pictures are not blown up; extreme shapes keep a readable short side.
    const double factor =
        std::min({1.0, kPictureWidth / size.width(), kPictureHeight / size.height()});
    size *= factor;
    return {std::max(48.0, size.width()), std::max(48.0, size.height())};
}

double MediaStrip::layout(double top, double width) {
    double y = top;
    qsizetype begin = 0;
    while (begin < m_attachments.size()) {
        double used = 0;
        double height = 0;
        qsizetype end = begin;
        while (end < m_attachments.size()) {
            QSizeF size = sizeOf(int(end));
            size.setWidth(std::min(size.width(), width));
            if (end > begin && used + kGap + size.width() > width) {
                break;
            }
            used += (end > begin ? kGap : 0) + size.width();
            height = std::max(height, size.height());
            m_rects[end] = QRectF(QPointF(0, y), size);
            ++end;
        }
        double x = width - used;
        for (qsizetype i = begin; i < end; ++i) {
            m_rects[i].moveLeft(x);
            x += m_rects[i].width() + kGap;
        }
        y += height + kGap;
        begin = end;
    }
    return y - top;
}

void MediaStrip::mirror(double width) {
    for (QRectF& rect : m_rects) {
        rect.moveLeft(width - rect.right());
    }
}

void MediaStrip::paint(QPainter& painter) const {
    for (int i = 0; i < m_attachments.size(); ++i) {
        if (m_attachments[i].kind == AttachmentKind::Image && !m_thumbnails[i].isNull()) {
            paintPicture(painter, i);
        } else {
            paintRecording(painter, i);
        }
    }
}

void MediaStrip::paintPicture(QPainter& painter, int index) const {
    const QRectF rect = m_rects[index];
    QPainterPath shape;
    shape.addRoundedRect(rect, kRadius, kRadius);
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.fillPath(shape, m_theme.colors().surface);
    painter.setClipPath(shape);
    const QImage& image = m_thumbnails[index];
    const QSizeF fitted = QSizeF(image.size()).scaled(rect.size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), fitted);
    target.moveCenter(rect.center());
    painter.drawImage(target, image);
    painter.restore();
    painter.setPen(QPen(m_theme.colors().border, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
}

void MediaStrip::paintRecording(QPainter& painter, int index) const {
    const AttachmentView& view = m_attachments[index];
    const Colors& colors = m_theme.colors();
    const QRectF rect = m_rects[index];
    painter.setPen(QPen(colors.border, 1));
    painter.setBrush(colors.surface);
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), kRadius, kRadius);
    const double icon = m_theme.scaled(22);
    const QRectF badge(rect.left() + 12, rect.center().y() - icon / 2, icon, icon);
    paintIcon(painter, view.kind == AttachmentKind::Audio ? "waveform" : "image", badge,
              colors.accent);
    const QRectF text(badge.right() + 10, rect.top() + 8, rect.width() - icon - 34,
                      rect.height() - 16);
    const QFont font = m_theme.font(0.95);
    painter.setFont(font);
    painter.setPen(colors.text);
    const QString name = QFontMetricsF(font).elidedText(view.name, Qt::ElideMiddle, text.width());
    painter.drawText(text, Qt::AlignAbsolute | Qt::AlignLeft | Qt::AlignTop, name);
    painter.setFont(m_theme.font(0.85));
    painter.setPen(colors.muted);
    painter.drawText(text, Qt::AlignAbsolute | Qt::AlignLeft | Qt::AlignBottom, view.detail);
    const double detail = QFontMetricsF(m_theme.font(0.85)).horizontalAdvance(view.detail) + 12;
    paintPeaks(painter,
               QRectF(text.left() + detail, rect.bottom() - 26, text.width() - detail, 16),
               view.peaks, colors.accent);
}

int MediaStrip::at(const QPointF& point) const {
    for (int i = 0; i < m_rects.size(); ++i) {
        if (m_rects[i].contains(point)) {
            return i;
        }
    }
    return -1;
}

void paintPeaks(QPainter& painter, const QRectF& where, const QList<float>& peaks,
                const QColor& color) {
    if (peaks.isEmpty() || where.width() < 12) {
        return;
    }
    const auto bars = std::clamp<qsizetype>(qsizetype(where.width() / 4), 3, peaks.size());
    const double step = where.width() / double(bars);
    painter.save();
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    for (qsizetype i = 0; i < bars; ++i) {
        const qsizetype from = i * peaks.size() / bars;
        const qsizetype to = std::max(from + 1, (i + 1) * peaks.size() / bars);
        const float peak = *std::max_element(peaks.begin() + from, peaks.begin() + to);
        // The square root shows quiet speech as more than a line.
        const double height = std::max(2.0, where.height() * std::sqrt(std::clamp(peak, 0.0F, 1.0F)));
        painter.drawRoundedRect(QRectF(where.left() + double(i) * step,
                                       where.center().y() - height / 2, std::min(2.5, step * 0.6),
                                       height),
                                1, 1);
    }
    painter.restore();
}

} // namespace phial::ui
