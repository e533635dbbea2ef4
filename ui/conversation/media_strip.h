// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/attachment_view.h"

#include <QImage>
#include <QList>
#include <QRectF>

class QPainter;

namespace phial::ui {

class Theme;

/// The pictures and recordings of a sent message, laid out in rows against the right edge.
class MediaStrip {
public:
    explicit MediaStrip(const Theme& theme);

    void setAttachments(const QList<AttachmentView>& attachments);

    bool empty() const { return m_attachments.isEmpty(); }

    /// Places everything below `top` within [0, width]; returns the height used.
    double layout(double top, double width);
    void mirror(double width);
    void paint(QPainter& painter) const;

    int at(const QPointF& point) const; ///< index or -1
    QRectF rect(int index) const { return m_rects[index]; }

private:
    QSizeF sizeOf(int index) const;
    void paintPicture(QPainter& painter, int index) const;
    void paintRecording(QPainter& painter, int index) const;

    const Theme& m_theme;
    QList<AttachmentView> m_attachments;
    QList<QImage> m_thumbnails;
    QList<QRectF> m_rects;
};

/// Draws peak levels as bars, louder is higher.
void paintPeaks(QPainter& painter, const QRectF& where, const QList<float>& peaks,
                const QColor& color);

} // namespace phial::ui
