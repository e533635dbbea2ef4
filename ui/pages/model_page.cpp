// SPDX-License-Identifier: MIT
#include "ui/pages/model_page.h"

#include "ui/pages/page_frame.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace phial::ui {

ModelPage::ModelPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_current(makeLabel(theme, QString(), 0.95, this))
    , m_builtIn(makeTextButton(tr("Use the Built-in Model"), "outlined", this)) {
    QVBoxLayout* column = makePageFrame(theme, *this, tr("Add Phi-4-multimodal"),
                                        [this] { Q_EMIT closeRequested(); });
    m_current->setWordWrap(true);
    setStyleProperty(*m_current, "tone", QStringLiteral("muted"));
    column->addWidget(m_current);
    column->addSpacing(8);
    addStep(*column, 1, tr("Get the checkpoint"),
            tr("Phial opens no network connection, so it cannot fetch the model itself. On any "
               "computer with a "
               "connection, download the complete folder “microsoft/Phi-4-multimodal-instruct” "
               "(about 12 GB) from "
               "Hugging Face, and bring it here on a disk or over your own network."));
    addStep(*column, 2, tr("Keep the folder as it is"),
            tr("It holds config.json, tokenizer.json, preprocessor_config.json, and the weights in "
               "files named "
               "model-00001-of-00003.safetensors and so on. Phial reads it in place and never "
               "changes, moves or "
               "deletes it."));
    addStep(*column, 3, tr("Choose the folder"),
            tr("Phial checks that everything is there, says what is missing, and loads it. You can "
               "also drop the "
               "folder on this page."));
    auto* holder = new QWidget(this);
    auto* buttons = new FlowLayout(holder, 8);
    QPushButton* choose = makeTextButton(tr("Choose Folder…"), "primary", this);
    choose->setIcon(icon(theme, "folder", IconTone::OnAccent));
    connect(choose, &QPushButton::clicked, this, &ModelPage::chooseFolderRequested);
    connect(m_builtIn, &QPushButton::clicked, this, &ModelPage::builtInRequested);
    buttons->addWidget(choose);
    buttons->addWidget(m_builtIn);
    column->addSpacing(4);
    column->addWidget(holder);
    column->addStretch(1);
}

void ModelPage::addStep(QVBoxLayout& column, int number, const QString& title,
                        const QString& text) {
    auto* panel = new QFrame(this);
    panel->setObjectName(QStringLiteral("panel"));
    QLabel* digit = makeLabel(m_theme, locale().toString(number), 1.3, panel);
    digit->setFont(m_theme.font(1.3, QFont::DemiBold));
    digit->setMinimumWidth(m_theme.scaled(18));
    QLabel* head = makeLabel(m_theme, title, 1.0, panel);
    head->setFont(m_theme.font(1.0, QFont::DemiBold));
    QLabel* body = makeLabel(m_theme, text, 0.95, panel);
    body->setWordWrap(true);
    setStyleProperty(*body, "tone", QStringLiteral("muted"));
    auto* texts = new QVBoxLayout;
    texts->setSpacing(4);
    texts->addWidget(head);
    texts->addWidget(body);
    auto* row = new QHBoxLayout(panel);
    row->setContentsMargins(16, 13, 16, 14);
    row->setSpacing(12);
    row->addWidget(digit, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    column.addWidget(panel);
}

void ModelPage::setEngine(const DeviceChipState& engine) {
    m_current->setText(engine.modelName.isEmpty() ? tr("No model is loaded.")
                                                  : tr("Loaded now: %1").arg(engine.modelName));
    m_builtIn->setVisible(!engine.embeddedModel);
}

} // namespace phial::ui
