// SPDX-License-Identifier: MIT
#include "ui/theme/style.h"

#include "ui/theme/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVariant>

namespace phial::ui {

void setLook(QWidget& widget, const char* look) {
    setStyleProperty(widget, "look", QString::fromLatin1(look));
}

void setStyleProperty(QWidget& widget, const char* name, const QString& value) {
    if (widget.property(name).toString() == value) {
        return;
    }
    widget.setProperty(name, value);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
    widget.update();
}

QToolButton* makeIconButton(const Theme& theme, const char* iconName, const QString& name,
                            QWidget* parent, IconTone tone) {
    auto* button = new QToolButton(parent);
    button->setIcon(icon(theme, iconName, tone));
    button->setIconSize(QSize(20, 20));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setFocusPolicy(Qt::StrongFocus);
    setLook(*button, "plain");
    return button;
}

QPushButton* makeTextButton(const QString& text, const char* look, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAutoDefault(false);
    setLook(*button, look);
    return button;
}

QLabel* makeLabel(const Theme& theme, const QString& text, double factor, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(theme.font(factor));
    QObject::connect(&theme, &Theme::changed, label,
                     [&theme, label, factor] { label->setFont(theme.font(factor, QFont::Weight(label->font().weight()))); });
    return label;
}

} // namespace phial::ui
