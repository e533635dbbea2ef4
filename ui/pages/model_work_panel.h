// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <QFrame>

class QLabel;
class QProgressBar;
class QPushButton;

namespace phial::ui {

class Theme;

/// The long job on a model: how far it is and how it ended, with what can be done then.
class ModelWorkPanel : public QFrame {
    Q_OBJECT

public:
    ModelWorkPanel(const Theme& theme, QWidget* parent);

    void setWork(const ModelWorkView& work);

Q_SIGNALS:
    void stopRequested();
    void resumeRequested(const QString& id);
    void discardRequested(const QString& id);
    void closed();

private:
    ModelWorkView m_work;
    QLabel* m_title;
    QLabel* m_problem;
    QProgressBar* m_bar;
    QLabel* m_numbers;
    QPushButton* m_stop;
    QPushButton* m_resume;
    QPushButton* m_discard;
    QPushButton* m_close;
};

} // namespace phial::ui
