// SPDX-License-Identifier: MIT
#include "ui/theme/style.h"

#include "ui/theme/theme.h"

#include <QAction>
#include <QCoreApplication>
#include <QLabel>
#include <QLineEdit>
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

QLineEdit* makeSearchField(const Theme& theme, const QString& name, QWidget* parent) {
    auto* field = new QLineEdit(parent);
    field->setAccessibleName(name);
    field->setPlaceholderText(QCoreApplication::translate("phial::ui", "Search"));
    field->setClearButtonEnabled(true);
    auto* clear = field->findChild<QAction*>(); // Qt's own; nameless
    clear->setText(QCoreApplication::translate("phial::ui", "Clear the search"));
    QAction* glass =
        field->addAction(icon(theme, "search", IconTone::Muted), QLineEdit::LeadingPosition);
    glass->setText(name);
    QObject::connect(glass, &QAction::triggered, field, &QLineEdit::selectAll);
    return field;
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
    QObject::connect(&theme, &Theme::changed, label, [&theme, label, factor] {
        label->setFont(theme.font(factor, QFont::Weight(label->font().weight())));
    });
    return label;
}

} // namespace phial::ui
