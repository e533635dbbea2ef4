// SPDX-License-Identifier: MIT
#include "ui/pages/page_frame.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

namespace phial::ui {

QVBoxLayout* makePageFrame(const Theme& theme, QWidget& page, const QString& heading,
                           const std::function<void()>& back) {
    page.setObjectName(QStringLiteral("page"));
    auto* column = new QWidget;
    column->setMaximumWidth(theme.scaled(700));
    auto* lines = new QVBoxLayout(column);
    lines->setContentsMargins(0, 18, 0, 24);
    lines->setSpacing(10);
    auto* head = new QHBoxLayout;
    QToolButton* button = makeIconButton(theme, "back", QWidget::tr("Back (Esc)"), column);
    QObject::connect(button, &QToolButton::clicked, &page, back);
    head->addWidget(button);
    QLabel* title = makeLabel(theme, heading, 1.5, column);
    title->setFont(theme.font(1.5, QFont::DemiBold));
    title->setWordWrap(true);
    head->addWidget(title, 1);
    lines->addLayout(head);
    lines->addSpacing(6);

    auto* holder = new QWidget;
    auto* center = new QHBoxLayout(holder);
    center->setContentsMargins(24, 0, 24, 0);
    center->addStretch(1);
    center->addWidget(column, 100);
    center->addStretch(1);
    auto* area = new QScrollArea(&page);
    area->setFrameShape(QFrame::NoFrame);
    area->setWidgetResizable(true);
    area->setFocusPolicy(Qt::NoFocus);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    area->setWidget(holder);
    auto* all = new QVBoxLayout(&page);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(area);
    return lines;
}

} // namespace phial::ui
