// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/engine_view.h"

#include <QWidget>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace phial::ui {

class Theme;

/// Explains how a checkpoint of Phi-4-multimodal gets onto this computer and takes its folder.
class ModelPage : public QWidget {
    Q_OBJECT

public:
    ModelPage(const Theme& theme, QWidget* parent);

    void setEngine(const DeviceChipState& engine);

Q_SIGNALS:
    void closeRequested();
    void chooseFolderRequested();
    void builtInRequested();

private:
    void addStep(QVBoxLayout& column, int number, const QString& title, const QString& text);

    const Theme& m_theme;
    QLabel* m_current;
    QPushButton* m_builtIn;
};

} // namespace phial::ui
