// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <QWidget>

class QFrame;
class QLabel;
class QListWidget;
class QPushButton;

namespace phial::ui {

class ModelWorkPanel;
class NeedRows;
class QuantizePanel;
class Theme;

/// The models of this computer: which one is in use, what the others are, and what can be done with
/// them.
class ModelsPage : public QWidget {
    Q_OBJECT

public:
    ModelsPage(const Theme& theme, QWidget* parent);

    void setEngine(const DeviceChipState& engine);
    void setModels(const ModelsView& models);
    void setWork(const ModelWorkView& work);
    void setTarget(const TargetView& target);

    /// Makes a line the current one; ids that are not listed are ignored.
    void select(const QString& id);

    /// Opens the dialog that asks for a folder.
    void chooseFolder();

Q_SIGNALS:
    void closeRequested();
    void shown(); ///< what may have changed on the disk is to be looked at again
    void folderChosen(const QString& path);
    void loadRequested(const QString& id);
    void lookRequested(const QString& id);
    void removeRequested(const QString& id);
    void verifyRequested(const QString& id);
    void targetChanged(const QString& folder);
    void quantizeRequested(const QString& id, const QString& plan, const QString& folder);
    void resumeRequested(const QString& id);
    void discardRequested(const QString& id);
    void stopRequested();
    void workClosed();

protected:
    void showEvent(QShowEvent* event) override;

private:
    enum Button { Load, Verify, Resume, Discard, Look, Remove, ButtonCount };

    QWidget* makeUsed();
    QWidget* makeList();
    QWidget* makeSteps();
    void fillList();
    void refresh();
    void refreshUsed();
    void press(Button button);
    void askToDiscard(const QString& id);
    const ModelView* model(const QString& id) const;
    const ModelView* current() const;

    const Theme& m_theme;
    DeviceChipState m_engine;
    ModelsView m_models;
    ModelWorkView m_work;
    QLabel* m_usedTitle;
    QLabel* m_usedText;
    ModelWorkPanel* m_workPanel;
    QListWidget* m_list;
    QPushButton* m_add;
    QPushButton* m_buttons[ButtonCount];
    QWidget* m_details;
    QLabel* m_folder;
    QLabel* m_problem;
    NeedRows* m_needs;
    QuantizePanel* m_quantize;
    QWidget* m_steps;
};

} // namespace phial::ui
