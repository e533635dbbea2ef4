// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"

#include <QWidget>

class QLabel;
class QToolButton;

namespace phial::ui {

class Theme;

/// The row of buttons under a message. One instance serves the whole conversation and moves to the
/// message under the pointer, else to the current one.
class MessageTools : public QWidget {
    Q_OBJECT

public:
    enum class Regenerable { No, Yes };

    MessageTools(const Theme& theme, QWidget* parent);

    void setMessage(const MessageView& view, Regenerable regenerable);

Q_SIGNALS:
    void copyRequested();
    void regenerateRequested();
    void editRequested();
    void previousRequested();
    void nextRequested();

private:
    QToolButton* addButton(const char* icon, const QString& name);

    const Theme& m_theme;
    QToolButton* m_copy;
    QToolButton* m_regenerate;
    QToolButton* m_edit;
    QToolButton* m_previous;
    QLabel* m_variant;
    QToolButton* m_next;
};

} // namespace phial::ui
