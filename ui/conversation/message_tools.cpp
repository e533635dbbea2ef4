// SPDX-License-Identifier: MIT
#include "ui/conversation/message_tools.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

namespace phial::ui {

MessageTools::MessageTools(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme) {
    setObjectName(QStringLiteral("messageTools"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(1);
    m_copy = addButton("copy", tr("Copy message"));
    m_edit = addButton("edit", tr("Edit and send again"));
    m_regenerate = addButton("refresh", tr("Answer again"));
    m_previous = addButton("chevron-left", tr("Previous variant"));
    m_variant = new QLabel(this);
    setStyleProperty(*m_variant, "tone", QStringLiteral("muted"));
    row->addWidget(m_variant);
    m_next = addButton("chevron-right", tr("Next variant"));
    connect(m_copy, &QToolButton::clicked, this, &MessageTools::copyRequested);
    connect(m_edit, &QToolButton::clicked, this, &MessageTools::editRequested);
    connect(m_regenerate, &QToolButton::clicked, this, &MessageTools::regenerateRequested);
    connect(m_previous, &QToolButton::clicked, this, &MessageTools::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &MessageTools::nextRequested);
}

QToolButton* MessageTools::addButton(const char* name, const QString& label) {
    auto* button = new QToolButton(this);
    button->setIcon(icon(m_theme, name, IconTone::Muted));
    button->setIconSize(QSize(16, 16));
    setLook(*button, "plain");
    button->setToolTip(label);
    button->setAccessibleName(label);
    button->setFocusPolicy(Qt::StrongFocus);
    button->setCursor(Qt::ArrowCursor);
    layout()->addWidget(button);
    return button;
}

void MessageTools::setMessage(const MessageView& view, Regenerable regenerable) {
    const bool user = view.author == Author::User;
    const bool variants = view.variants > 1;
    m_edit->setVisible(user);
    m_regenerate->setVisible(!user && regenerable == Regenerable::Yes);
    m_previous->setVisible(variants);
    m_variant->setVisible(variants);
    m_next->setVisible(variants);
    m_previous->setEnabled(view.variant > 0);
    m_next->setEnabled(view.variant + 1 < view.variants);
    m_variant->setText(QStringLiteral("%1/%2").arg(view.variant + 1).arg(view.variants));
    adjustSize();
}

} // namespace phial::ui
