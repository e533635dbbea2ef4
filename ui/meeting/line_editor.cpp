// SPDX-License-Identifier: MIT
#include "ui/meeting/line_editor.h"

#include <QKeyEvent>
#include <QTextCursor>

#include <utility>

namespace phial::ui {

LineEditor::LineEditor(QWidget* parent)
    : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("lineEditor"));
    setAccessibleName(tr("Text of the line"));
    setTabChangesFocus(true);
    setFrameShape(QFrame::NoFrame);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(4);
}

void LineEditor::keyPressEvent(QKeyEvent* event) {
    const QTextCursor cursor = textCursor();
    const QString text = toPlainText();
    switch (event->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        end();
        if (event->modifiers() == Qt::NoModifier && cursor.position() > 0 &&
            cursor.position() < text.size()) {
            Q_EMIT divided(text, cursor.position());
        } else {
            Q_EMIT kept(text); // at a border there is nothing to divide
        }
        return;
    case Qt::Key_Escape:
        end();
        Q_EMIT givenUp();
        return;
    case Qt::Key_Backspace:
        if (cursor.position() == 0 && !cursor.hasSelection()) {
            end();
            Q_EMIT joinedWithPrevious(text);
            return;
        }
        break;
    case Qt::Key_Delete:
        if (cursor.atEnd() && !cursor.hasSelection()) {
            end();
            Q_EMIT joinedWithNext(text);
            return;
        }
        break;
    default:
        break;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void LineEditor::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    const bool elsewhere =
        event->reason() != Qt::PopupFocusReason && event->reason() != Qt::ActiveWindowFocusReason;
    if (elsewhere && !std::exchange(m_ended, true)) {
        Q_EMIT kept(toPlainText());
    }
}

void LineEditor::end() {
    m_ended = true; // losing the focus says nothing more
}

} // namespace phial::ui
