// SPDX-License-Identifier: MIT
#pragma once

#include <QPlainTextEdit>

namespace phial::ui {

/// The field in which a line of a transcript is changed in its place. Enter divides the line,
/// Backspace at its beginning joins it with the one before, Delete at its end with the next; Esc
/// gives up, leaving the field keeps what was written.
class LineEditor : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit LineEditor(QWidget* parent);

Q_SIGNALS:
    void kept(const QString& text);
    void givenUp();
    void divided(const QString& text, int at);
    void joinedWithPrevious(const QString& text);
    void joinedWithNext(const QString& text);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void end();

    bool m_ended = false;
};

} // namespace phial::ui
