// SPDX-License-Identifier: MIT
#pragma once

#include "ui/meeting/line_painter.h"

#include <QAbstractItemView>

#include <vector>

namespace phial::ui {

class LineEditor;

/// The lines of a transcript (roles of ui/contracts/meeting_view.h): any number of them, of which
/// only those on the screen are laid out. Heights of the others are estimated; the place of the
/// reader holds when they turn out otherwise, and when lines come in.
class TranscriptView : public QAbstractItemView {
    Q_OBJECT

public:
    TranscriptView(const Theme& theme, QWidget* parent);

    void setModel(QAbstractItemModel* model) override;

    /// The line that is heard now; 0 = none. It is kept on the screen while the view follows.
    void setPlayed(qint64 id);
    void setFollowing(bool following);

    bool following() const { return m_following; }

    void setTranslationShown(bool shown);

    bool translationShown() const { return m_painter.translationShown(); }

    /// Marks every place; the next ones are gone to with findNext().
    void setSearch(const QString& text);
    /// Goes to the next (step 1) or the previous (-1) line that holds it; false when none does.
    bool findNext(int step);
    /// The line that findNext() led to; id 0 = none.
    LineView foundLine() const;
    int hits() const;

    /// Selects a line and brings it onto the screen.
    void showLine(qint64 id);
    void editLine(qint64 id, int cursor = -1);
    /// Id of the line after that one; 0 = it is the last.
    qint64 lineAfter(qint64 id) const;
    void playCurrent();     ///< from the current line on, and follows
    void copyLines() const; ///< texts of the chosen lines, to the clipboard
    void closeEditor();

    bool editing() const { return m_editor != nullptr; }

    QList<qint64> selectedLines() const;
    LineView currentLine() const; ///< id 0 = none

    QRect visualRect(const QModelIndex& index) const override;
    void scrollTo(const QModelIndex& index, ScrollHint hint = EnsureVisible) override;
    QModelIndex indexAt(const QPoint& point) const override;

Q_SIGNALS:
    void playRequested(double seconds);
    void playPauseRequested();
    void textEdited(qint64 id, const QString& text);
    void divided(qint64 id, const QString& text, int at);
    /// `id` is joined with the line after it; the text that was being edited is kept first.
    void joined(qint64 id, qint64 edited, const QString& text);
    void followingChanged(bool following);
    void menuRequested(const QPoint& globalPos);
    void currentLineChanged();

protected:
    QModelIndex moveCursor(CursorAction action, Qt::KeyboardModifiers modifiers) override;

    int horizontalOffset() const override { return 0; }

    int verticalOffset() const override;

    bool isIndexHidden(const QModelIndex&) const override { return false; }

    void setSelection(const QRect& rect, QItemSelectionModel::SelectionFlags flags) override;
    QRegion visualRegionForSelection(const QItemSelection& selection) const override;
    void updateGeometries() override;
    void dataChanged(const QModelIndex& from, const QModelIndex& to,
                     const QList<int>& roles) override;
    void rowsInserted(const QModelIndex& parent, int first, int last) override;
    void rowsAboutToBeRemoved(const QModelIndex& parent, int first, int last) override;
    void reset() override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    bool viewportEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    LinePainter::Line lineAt(int row) const;
    int rowOf(qint64 id) const;
    int rowAtHeight(int y) const;
    int lines() const;
    void forget(int from); ///< heights from this row on
    void place();          ///< tops from heights; the reader's place holds
    void measureShown();
    void keepAnchor();
    void stopFollowing();
    void placeEditor();

    LinePainter m_painter;
    const Theme& m_theme;
    std::vector<int> m_heights; ///< measured; negative = estimated
    std::vector<int> m_tops;    ///< of each row, and the end
    int m_anchorRow = 0;        ///< first row on the screen
    int m_anchorOffset = 0;     ///< how much of it is above the screen
    bool m_placing = false;
    qint64 m_played = 0;
    int m_hover = -1;
    bool m_following = true;
    QString m_search;
    int m_found = -1;
    LineEditor* m_editor = nullptr;
    qint64 m_edited = 0;
};

} // namespace phial::ui
