// SPDX-License-Identifier: MIT
#include "ui/meeting/language_dialog.h"

#include "ui/meeting/panel_parts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace phial::ui {

LanguageDialog::LanguageDialog(const Theme& theme, const QString& title, const QString& language,
                               QWidget* parent)
    : QDialog(parent)
    , m_language(spokenLanguageBox(this)) {
    setWindowTitle(tr("Spoken Language"));
    choose(m_language, language);
    QLabel* what = makeLabel(theme, tr("“%1” is transcribed again.").arg(title), 1.0, this);
    QLabel* kept = makeLabel(theme,
                             tr("Naming the language makes transcripts better. The present "
                                "transcript is kept among the older ones."),
                             0.9, this);
    for (QLabel* label : {what, kept}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(theme.scaled(360));
    }
    setStyleProperty(*kept, "tone", QStringLiteral("muted"));
    auto* form = new QFormLayout;
    form->addRow(tr("Spoken language"), m_language);
    QPushButton* cancel = makeTextButton(tr("Cancel"), "outlined", this);
    QPushButton* again = makeTextButton(tr("Transcribe Again"), "primary", this);
    again->setDefault(true);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(again);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 16, 18, 14);
    column->setSpacing(12);
    column->addWidget(what);
    column->addWidget(kept);
    column->addLayout(form);
    column->addLayout(buttons);
    m_language->setFocus();
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(again, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen(m_language->currentData().toString());
        accept();
    });
}

} // namespace phial::ui
