// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/engine_view.h"
#include "ui/contracts/meeting_view.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace phial::ui {

class Theme;

/// The running job with progress and cancel; short confirmations; otherwise the promise that
/// nothing leaves the computer. On the right the queue of long work on meetings, while there is
/// any.
class StatusLine : public QWidget {
    Q_OBJECT

public:
    StatusLine(const Theme& theme, QWidget* parent);

    void setJob(const JobView& job);
    void setQueue(const QList<QueueItem>& items);
    void showBriefly(const QString& text);

Q_SIGNALS:
    void cancelRequested();
    void queueOpened();
    void queueCancelRequested(qint64 number);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void refresh();
    void refreshQueue();

    const Theme& m_theme;
    QLabel* m_symbol;
    QLabel* m_text;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    QPushButton* m_queue;
    QProgressBar* m_queueProgress;
    QToolButton* m_queueCancel;
    QList<QueueItem> m_items;
    JobView m_job;
    QString m_brief;
    QTimer m_briefTimer;
};

} // namespace phial::ui
