// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/attachment_view.h"

#include <QImage>
#include <QWidget>

class QToolButton;

namespace phial::ui {

class Theme;

/// A picture or recording waiting in the composer. Takes the focus; Delete or Backspace removes it,
/// Enter or a double click opens it.
class AttachmentChip : public QWidget {
    Q_OBJECT

public:
    AttachmentChip(const Theme& theme, const AttachmentView& view, QWidget* parent);

    const AttachmentView& view() const { return m_view; }

    void setView(const AttachmentView& view);
    QSize sizeHint() const override;

Q_SIGNALS:
    void removeRequested(const QString& id);
    void openRequested(const phial::ui::AttachmentView& view);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    QString secondLine() const;

    const Theme& m_theme;
    AttachmentView m_view;
    QImage m_thumbnail;
    QToolButton* m_remove;
};

} // namespace phial::ui
