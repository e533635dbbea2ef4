// SPDX-License-Identifier: MIT
#include "ui/meeting/summary_editor.h"

#include <QKeyEvent>
#include <QTextCursor>

namespace phial::ui {

SummaryEditor::SummaryEditor(QWidget* parent)
    : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("summaryEditor"));
    setAccessibleName(tr("Text of the summary"));
    setAccessibleDescription(tr("Ctrl+Enter saves, Escape gives up"));
    setTabChangesFocus(true);
    document()->setDocumentMargin(6);
}

void SummaryEditor::begin(const QString& text, const QString& line) {
    setPlainText(text);
    QTextCursor cursor(document());
    if (!line.isEmpty()) {
        const QTextCursor found = document()->find(line, 0, QTextDocument::FindCaseSensitively);
        cursor = found.isNull() ? cursor : found;
        cursor.clearSelection();
        cursor.movePosition(QTextCursor::EndOfBlock);
    }
    setTextCursor(cursor);
    ensureCursorVisible();
}

void SummaryEditor::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers().testFlag(Qt::ControlModifier)) {
        Q_EMIT kept();
    } else if (event->key() == Qt::Key_Escape) {
        Q_EMIT givenUp();
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
}

} // namespace phial::ui
