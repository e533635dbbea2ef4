// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QPair>
#include <QString>

class QComboBox;
class QLabel;
class QVBoxLayout;
class QWidget;

namespace phial::ui {

class Theme;

// What the panels beside a transcript are made of.

QVBoxLayout* columnOf(QWidget* panel);

/// A muted sentence of several lines.
QLabel* noteOf(const Theme& theme, QWidget* parent);

/// All languages that the model writes; the data of an entry is the English name.
QComboBox* languageBox(const QString& name, QWidget* parent);

/// Those that it understands when spoken, behind Automatic with empty data.
QComboBox* spokenLanguageBox(QWidget* parent);

/// What a kind of summary is called, by its name ("minutes", ..., "own"), in the order in which
/// they are offered.
QList<QPair<QString, QString>> summaryKinds();

/// The entry with that data, if there is one.
void choose(QComboBox* box, const QString& data);

} // namespace phial::ui
