// SPDX-License-Identifier: MIT
#pragma once

#include <QPlainTextEdit>

namespace phial::ui {

/// The lines of a summary while they are edited. Ctrl+Enter keeps them, Escape gives up.
class SummaryEditor : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit SummaryEditor(QWidget* parent);

    /// Begins with `text`, the cursor at the beginning of a line of it.
    void begin(const QString& text, const QString& line);

Q_SIGNALS:
    void kept();
    void givenUp();

protected:
    void keyPressEvent(QKeyEvent* event) override;
};

} // namespace phial::ui
