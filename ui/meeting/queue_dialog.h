// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QDialog>

class QAbstractListModel;
class QLabel;
class QListView;
class QPushButton;

namespace phial::ui {

class Theme;

/// The queue of long work: what is done and what waits, in order, with progress; each entry can be
/// moved, paused, cancelled and tried again. Not modal: the window goes on working.
class QueueDialog : public QDialog {
    Q_OBJECT

public:
    QueueDialog(const Theme& theme, QWidget* parent);

    void setItems(const QList<QueueItem>& items);

Q_SIGNALS:
    void commanded(phial::ui::QueueCommand command, qint64 number);

private:
    class Model;

    void refresh();
    QueueItem chosen() const;

    Model* m_model;
    QListView* m_list;
    QLabel* m_empty;
    QPushButton* m_up;
    QPushButton* m_down;
    QPushButton* m_pause;
    QPushButton* m_cancel;
    QPushButton* m_retry;
    QPushButton* m_forget;
};

/// "Waiting", "43 % · 2.1× · 3 min left", "Failed: …": the second line of an entry.
QString queueStateText(const QueueItem& item);

} // namespace phial::ui
