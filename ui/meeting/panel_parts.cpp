// SPDX-License-Identifier: MIT
#include "ui/meeting/panel_parts.h"

#include "ui/contracts/languages.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QCoreApplication>
#include <QLabel>
#include <QVBoxLayout>

namespace phial::ui {

QVBoxLayout* columnOf(QWidget* panel) {
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    return column;
}

QLabel* noteOf(const Theme& theme, QWidget* parent) {
    QLabel* note = makeLabel(theme, QString(), 0.9, parent);
    note->setWordWrap(true);
    setStyleProperty(*note, "tone", QStringLiteral("muted"));
    return note;
}

QComboBox* languageBox(const QString& name, QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setAccessibleName(name);
    box->setToolTip(name); // what screen readers on X11 get besides the chosen entry
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(9);
    const QList<Language> languages = textLanguages();
    for (const Language& language : languages) {
        box->addItem(language.name, language.englishName);
    }
    return box;
}

QList<QPair<QString, QString>> summaryKinds() {
    const auto tr = [](const char* text) {
        return QCoreApplication::translate("SummaryKinds", text);
    };
    return {{QStringLiteral("minutes"), tr("Minutes")},
            {QStringLiteral("decisions"), tr("Decisions")},
            {QStringLiteral("actions"), tr("Action items")},
            {QStringLiteral("questions"), tr("Questions and answers")},
            {QStringLiteral("paragraph"), tr("One paragraph")},
            {QStringLiteral("own"), tr("Own instruction")}};
}

QComboBox* spokenLanguageBox(QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setAccessibleName(QCoreApplication::translate("PanelParts", "Spoken language"));
    box->addItem(QCoreApplication::translate("PanelParts", "Automatic"), QString());
    const QList<Language> languages = speechLanguages();
    for (const Language& language : languages) {
        box->addItem(language.name, language.englishName);
    }
    return box;
}

void choose(QComboBox* box, const QString& data) {
    if (const int index = box->findData(data); index >= 0) {
        box->setCurrentIndex(index);
    }
}

} // namespace phial::ui
