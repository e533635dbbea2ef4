// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QLabel;
class QListWidget;
class QPushButton;

namespace phial::ui {

class Theme;

/// Deleted meetings: brought back, or deleted for good after a question that names them.
class TrashPage : public QWidget {
    Q_OBJECT

public:
    TrashPage(const Theme& theme, QWidget* parent);

    void setMeetings(const QList<TrashView>& meetings);

Q_SIGNALS:
    void restoreRequested(const QString& id);
    void deleteForeverRequested(const QString& id);
    void closeRequested();

private:
    void refresh();
    void askToDelete();

    QLabel* m_empty;
    QListWidget* m_list;
    QPushButton* m_restore;
    QPushButton* m_delete;
};

} // namespace phial::ui
