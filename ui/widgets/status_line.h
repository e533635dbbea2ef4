// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/engine_view.h"

#include <QTimer>
#include <QWidget>

class QLabel;
class QProgressBar;
class QToolButton;

namespace phial::ui {

class Theme;

/// The running job with progress and cancel; short confirmations; otherwise the promise that nothing
/// leaves the computer.
class StatusLine : public QWidget {
    Q_OBJECT

public:
    StatusLine(const Theme& theme, QWidget* parent);

    void setJob(const JobView& job);
    void showBriefly(const QString& text);

Q_SIGNALS:
    void cancelRequested();

private:
    void refresh();

    const Theme& m_theme;
    QLabel* m_symbol;
    QLabel* m_text;
    QProgressBar* m_progress;
    QToolButton* m_cancel;
    JobView m_job;
    QString m_brief;
    QTimer m_briefTimer;
};

} // namespace phial::ui
