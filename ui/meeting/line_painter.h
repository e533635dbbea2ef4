// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QRect>
#include <QString>

class QPainter;

namespace phial::ui {

class Theme;

/// Measures and draws one line of a transcript: time, speaker, text, and its translation beside it,
/// or below it where there is no room. Knows no view.
class LinePainter {
public:
    explicit LinePainter(const Theme& theme)
        : m_theme(theme) {}

    struct Line {
        LineView view;
        bool newSpeaker = false; ///< the name stands above the text
    };

    struct Look {
        bool selected = false;
        bool focused = false;
        bool played = false;
        bool hover = false;
        bool foundHere = false; ///< the current hit of a search
        Qt::LayoutDirection direction = Qt::LeftToRight;
    };

    void setSearch(const QString& text) { m_search = text; }

    void setTranslation(bool shown) { m_translation = shown; }

    bool translationShown() const { return m_translation; }

    int height(const Line& line, int width) const;
    /// Without laying out the text: for lines that were never on the screen.
    int estimatedHeight(const Line& line, int width) const;
    void paint(QPainter& painter, const QRect& row, const Line& line, const Look& look) const;

    /// Where the text (or translation) stands, in left-to-right coordinates.
    QRect textRect(const QRect& row, const Line& line) const;
    QRect timeRect(const QRect& row) const;

private:
    struct Columns {
        QRect text;
        QRect translation;
        int speakerHeight = 0;
    };

    Columns columns(const QRect& row, const Line& line) const;
    QString shownText(const LineView& view) const;
    int textHeight(const QString& text, int width) const;
    void drawText(QPainter& painter, const QRect& place, const QString& text, const QColor& color,
                  const LineView& view, bool original) const;

    const Theme& m_theme;
    QString m_search;
    bool m_translation = false;
};

} // namespace phial::ui
