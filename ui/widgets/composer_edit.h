// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/attachment_view.h"
#include "ui/contracts/intents.h"

#include <QPlainTextEdit>

namespace phial::ui {

class Theme;

/// The text being written. Grows from one to six lines; Enter, or Ctrl+Enter alone, sends, and
/// Shift+Enter begins a line. Pasted pictures and files become attachments.
class ComposerEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    ComposerEdit(const Theme& theme, QWidget* parent);

    void setSendKey(SendKey key) { m_sendKey = key; }

    SendKey sendKey() const { return m_sendKey; }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void sendRequested();
    void sourcesPasted(const QList<phial::ui::AttachmentSource>& sources);
    void focusChanged();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;

private:
    void fitHeight();

    const Theme& m_theme;
    SendKey m_sendKey = SendKey::Enter;
};

} // namespace phial::ui
