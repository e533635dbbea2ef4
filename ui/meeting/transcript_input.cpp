// SPDX-License-Identifier: MIT
// What the user does with the lines: playing, following, searching, editing.
#include "ui/meeting/line_editor.h"
#include "ui/meeting/line_remark.h"
#include "ui/meeting/transcript_view.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QScrollBar>
#include <QTextCursor>
#include <QToolTip>

#include <algorithm>
#include <utility>

namespace phial::ui {

void TranscriptView::setPlayed(qint64 id) {
    if (m_played == id) {
        return;
    }
    m_played = id;
    if (m_following && id != 0 && m_editor == nullptr) {
        if (const int row = rowOf(id); row >= 0) {
            scrollTo(model()->index(row, 0));
        }
    }
    viewport()->update();
}

void TranscriptView::setFollowing(bool following) {
    if (m_following != following) {
        m_following = following;
        Q_EMIT followingChanged(following);
    }
    if (following && m_played != 0) {
        if (const int row = rowOf(m_played); row >= 0) {
            scrollTo(model()->index(row, 0), PositionAtCenter);
        }
    }
}

void TranscriptView::stopFollowing() {
    if (m_played != 0) {
        setFollowing(false);
    }
}

void TranscriptView::setTranslationShown(bool shown) {
    if (shown != m_painter.translationShown()) {
        m_painter.setTranslation(shown);
        forget(0);
        place();
    }
}

void TranscriptView::setSearch(const QString& text) {
    m_search = text;
    m_painter.setSearch(text);
    m_found = -1;
    viewport()->update();
}

int TranscriptView::hits() const {
    int count = 0;
    for (int row = 0; !m_search.isEmpty() && row < lines(); ++row) {
        const LineView line = model()->index(row, 0).data(LineRole).value<LineView>();
        count += int(line.text.count(m_search, Qt::CaseInsensitive));
    }
    return count;
}

bool TranscriptView::findNext(int step) {
    const int count = lines();
    if (m_search.isEmpty() || count == 0) {
        return false;
    }
    int row = m_found >= 0 ? m_found : step > 0 ? m_anchorRow - 1 : m_anchorRow + 1;
    for (int i = 0; i < count; ++i) {
        row = (row + step + count) % count;
        const LineView line = model()->index(row, 0).data(LineRole).value<LineView>();
        if (line.text.contains(m_search, Qt::CaseInsensitive) ||
            (translationShown() && line.translation.contains(m_search, Qt::CaseInsensitive))) {
            stopFollowing();
            m_found = row;
            setCurrentIndex(model()->index(row, 0));
            scrollTo(model()->index(row, 0), PositionAtCenter);
            viewport()->update();
            return true;
        }
    }
    return false;
}

LineView TranscriptView::foundLine() const {
    return m_found < 0 || m_found >= lines()
               ? LineView()
               : model()->index(m_found, 0).data(LineRole).value<LineView>();
}

void TranscriptView::showLine(qint64 id) {
    if (const int row = rowOf(id); row >= 0) {
        stopFollowing();
        setCurrentIndex(model()->index(row, 0));
        scrollTo(model()->index(row, 0), PositionAtCenter);
    }
}

QList<qint64> TranscriptView::selectedLines() const {
    QList<qint64> ids;
    if (selectionModel() == nullptr) {
        return ids;
    }
    QModelIndexList rows = selectionModel()->selectedIndexes();
    std::sort(rows.begin(), rows.end());
    for (const QModelIndex& index : std::as_const(rows)) {
        ids.append(index.data(LineRole).value<LineView>().id);
    }
    return ids;
}

qint64 TranscriptView::lineAfter(qint64 id) const {
    const int row = rowOf(id) + 1;
    return row == 0 || row >= lines() ? 0
                                      : model()->index(row, 0).data(LineRole).value<LineView>().id;
}

void TranscriptView::playCurrent() {
    if (const LineView line = currentLine(); line.id != 0) {
        setFollowing(true);
        Q_EMIT playRequested(line.start);
    }
}

void TranscriptView::copyLines() const {
    QModelIndexList rows = selectionModel()->selectedIndexes();
    std::sort(rows.begin(), rows.end());
    QStringList texts;
    for (const QModelIndex& index : std::as_const(rows)) {
        texts.append(index.data(LineRole).value<LineView>().text);
    }
    QApplication::clipboard()->setText(texts.join(u'\n'));
}

LineView TranscriptView::currentLine() const {
    return currentIndex().data(LineRole).value<LineView>();
}

void TranscriptView::editLine(qint64 id, int cursor) {
    closeEditor();
    const int row = rowOf(id);
    if (row < 0) {
        return;
    }
    setCurrentIndex(model()->index(row, 0));
    scrollTo(model()->index(row, 0));
    const LineView line = currentLine();
    m_edited = id;
    m_editor = new LineEditor(viewport());
    m_editor->setFont(m_theme.font(1.0));
    m_editor->setPlainText(line.text);
    QTextCursor at = m_editor->textCursor();
    at.setPosition(cursor < 0 ? int(line.text.size()) : std::min(cursor, int(line.text.size())));
    m_editor->setTextCursor(at);
    connect(m_editor, &LineEditor::kept, this, [this, id, before = line.text](const QString& text) {
        closeEditor();
        if (text != before) {
            Q_EMIT textEdited(id, text);
        }
    });
    connect(m_editor, &LineEditor::givenUp, this, &TranscriptView::closeEditor);
    connect(m_editor, &LineEditor::divided, this, [this, id](const QString& text, int place) {
        closeEditor();
        Q_EMIT divided(id, text, place);
    });
    const auto neighbour = [this](int step) {
        const int other = rowOf(m_edited) + step;
        return other < 0 || other >= lines()
                   ? 0
                   : model()->index(other, 0).data(LineRole).value<LineView>().id;
    };
    connect(m_editor, &LineEditor::joinedWithPrevious, this,
            [this, id, neighbour](const QString& text) {
                const qint64 before = neighbour(-1);
                closeEditor();
                if (before != 0) {
                    Q_EMIT joined(before, id, text);
                }
            });
    connect(m_editor, &LineEditor::joinedWithNext, this,
            [this, id, neighbour](const QString& text) {
                const qint64 next = neighbour(1);
                closeEditor();
                if (next != 0) {
                    Q_EMIT joined(id, id, text);
                }
            });
    connect(m_editor->document(), &QTextDocument::contentsChanged, this, [this] { placeEditor(); });
    placeEditor();
    m_editor->show();
    m_editor->setFocus();
}

void TranscriptView::placeEditor() {
    if (m_editor == nullptr) {
        return;
    }
    const int row = rowOf(m_edited);
    if (row < 0) {
        return;
    }
    const QModelIndex index = model()->index(row, 0);
    QRect place = m_painter.textRect(visualRect(index), lineAt(row)).adjusted(-6, -1, 6, 4);
    const int linesNeeded = m_editor->document()->lineCount();
    const int height = QFontMetrics(m_editor->font()).lineSpacing() * std::max(1, linesNeeded) + 14;
    place.setHeight(std::max(place.height(), height));
    m_editor->setGeometry(place);
}

void TranscriptView::closeEditor() {
    if (m_editor != nullptr) {
        LineEditor* const old = m_editor;
        m_editor = nullptr;
        m_edited = 0;
        const bool focused = old->hasFocus();
        old->hide();
        old->deleteLater();
        if (focused) {
            setFocus();
        }
    }
}

bool TranscriptView::viewportEvent(QEvent* event) {
    if (event->type() != QEvent::ToolTip) {
        return QAbstractItemView::viewportEvent(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    const QModelIndex index = indexAt(help->pos());
    // Without a text one that is shown goes.
    QToolTip::showText(help->globalPos(),
                       index.isValid() ? lineRemark(index.data(LineRole).value<LineView>())
                                       : QString(),
                       viewport(), visualRect(index));
    return true;
}

void TranscriptView::mouseMoveEvent(QMouseEvent* event) {
    const int row = indexAt(event->pos()).row();
    if (row != m_hover) {
        m_hover = row;
        viewport()->update();
    }
    QAbstractItemView::mouseMoveEvent(event);
}

void TranscriptView::mouseReleaseEvent(QMouseEvent* event) {
    QAbstractItemView::mouseReleaseEvent(event);
    const QModelIndex index = indexAt(event->pos());
    if (event->button() == Qt::LeftButton && index.isValid() &&
        event->modifiers() == Qt::NoModifier && selectedLines().size() == 1) {
        setFollowing(true);
        Q_EMIT playRequested(index.data(LineRole).value<LineView>().start);
    }
}

void TranscriptView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->pos());
    if (index.isValid()) {
        editLine(index.data(LineRole).value<LineView>().id);
    }
}

void TranscriptView::keyPressEvent(QKeyEvent* event) {
    const LineView line = currentLine();
    if (event->matches(QKeySequence::Copy)) {
        copyLines();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Space:
        Q_EMIT playPauseRequested();
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        playCurrent();
        return;
    case Qt::Key_F2:
        if (line.id != 0) {
            editLine(line.id);
        }
        return;
    case Qt::Key_Up:
    case Qt::Key_Down:
    case Qt::Key_PageUp:
    case Qt::Key_PageDown:
    case Qt::Key_Home:
    case Qt::Key_End:
        stopFollowing();
        break;
    default:
        break;
    }
    QAbstractItemView::keyPressEvent(event);
}

void TranscriptView::wheelEvent(QWheelEvent* event) {
    stopFollowing();
    QAbstractItemView::wheelEvent(event);
}

void TranscriptView::contextMenuEvent(QContextMenuEvent* event) {
    QPoint at = event->globalPos();
    if (event->reason() == QContextMenuEvent::Keyboard) {
        at = viewport()->mapToGlobal(visualRect(currentIndex()).center());
    }
    Q_EMIT menuRequested(at);
}

} // namespace phial::ui
