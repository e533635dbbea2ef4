// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

namespace phial::ui {

class Theme;

/// Picture of a recording's loudness with the place that is heard. A click, the arrow keys and
/// dragging go to a place; bookmarks stand as marks. For a screen reader it is a slider of seconds.
class Waveform : public QWidget {
    Q_OBJECT

public:
    Waveform(const Theme& theme, QWidget* parent);

    /// A byte for each tenth of a second, see app/meetings/peaks.h; empty = not known yet.
    void setPeaks(const QByteArray& peaks, double seconds);
    void setPosition(double seconds);
    void setBookmarks(const QList<BookmarkView>& bookmarks);
    /// Stretch that is played over and over; to <= from = none.
    void setLoop(double from, double to);

    double position() const { return m_position; }

    double seconds() const { return m_seconds; }

    QSize sizeHint() const override;

Q_SIGNALS:
    void seekRequested(double seconds);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void draw();
    double secondsAt(int x) const;

    const Theme& m_theme;
    QByteArray m_peaks;
    double m_seconds = 0;
    double m_position = 0;
    double m_loopFrom = 0;
    double m_loopTo = 0;
    QList<BookmarkView> m_bookmarks;
    QPixmap m_picture; ///< of the bars, made anew when they change
    QPixmap m_played;  ///< the same in the colour of what was heard
};

} // namespace phial::ui
