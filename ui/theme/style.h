// SPDX-License-Identifier: MIT
#pragma once

#include "ui/theme/icons.h"

#include <QString>

class QAbstractButton;
class QLabel;
class QLineEdit;
class QPushButton;
class QToolButton;
class QWidget;

namespace phial::ui {

class Theme;

/// Names a set of rules of the style sheet: "plain", "outlined", "primary", "chip", ...
void setLook(QWidget& widget, const char* look);

/// Dynamic property that the style sheet reads ("tone", "recording", ...); restyles the widget.
void setStyleProperty(QWidget& widget, const char* name, const QString& value);

/// Square button with a picture only; `name` is its tooltip and what a screen reader says.
QToolButton* makeIconButton(const Theme& theme, const char* iconName, const QString& name,
                            QWidget* parent, IconTone tone = IconTone::Text);

/// Field with a magnifier and a button that clears it, all of them named for a screen reader.
QLineEdit* makeSearchField(const Theme& theme, const QString& name, QWidget* parent);

QPushButton* makeTextButton(const QString& text, const char* look, QWidget* parent);

/// Label whose letters are `factor` times the application's and follow the zoom.
QLabel* makeLabel(const Theme& theme, const QString& text, double factor, QWidget* parent);

} // namespace phial::ui
