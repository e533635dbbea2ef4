// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <QWidget>

class QButtonGroup;
class QFrame;
class QLabel;
class QListWidget;
class QProgressBar;
class QPushButton;
class QVBoxLayout;

namespace phial::ui {

class Theme;

/// The models on this computer: which one is used, what each takes, quantizing with its choice of
/// sizes, checking and removing. Shows what it is given.
class ModelsPage : public QWidget {
    Q_OBJECT

public:
    ModelsPage(const Theme& theme, QWidget* parent);

    void setModels(const QList<ModelView>& models);
    void setPlans(const PlanChoice& choice);
    void setWork(const ModelWorkView& work);

Q_SIGNALS:
    void closeRequested();
    void addRequested();  ///< a folder is to be chosen
    void helpRequested(); ///< how the checkpoint gets onto this computer
    void useRequested(const QString& id);
    void plansRequested(const QString& id, const QString& folder); ///< folder empty = the usual one
    void otherFolderRequested(const QString& id);
    void quantizeRequested(const QString& id, const QString& plan, const QString& folder);
    void resumeRequested(const QString& id);
    void verifyRequested(const QString& id);
    void removeRequested(const QString& id);
    void stopRequested();
    void workRead();

private:
    QWidget* buildButtons();
    QFrame* buildPlans();
    QFrame* buildWork();
    const ModelView* chosen() const;
    bool isWorkedOn(const ModelView& model) const;
    void refresh();
    void refreshStart();
    void closePlans();
    void askToRemove();

    const Theme& m_theme;
    QList<ModelView> m_models;
    PlanChoice m_choice;
    ModelWorkView m_work;

    QListWidget* m_list;
    QLabel* m_problem;
    QPushButton* m_use;
    QPushButton* m_quantize;
    QPushButton* m_resume;
    QPushButton* m_verify;
    QPushButton* m_remove;

    QFrame* m_plans;
    QLabel* m_plansTitle;
    QVBoxLayout* m_planRows;
    QButtonGroup* m_planButtons;
    QLabel* m_where;
    QLabel* m_disk;
    QPushButton* m_start;

    QFrame* m_workPanel;
    QLabel* m_workTitle;
    QProgressBar* m_bar;
    QLabel* m_workText;
    QPushButton* m_stop;
    QPushButton* m_done;
};

/// "4.25 GB"; below 100 MB "11.8 MB".
QString sizeText(qint64 bytes);

/// "about 3 min left"; empty while it is not known.
QString timeLeftText(double seconds);

} // namespace phial::ui
