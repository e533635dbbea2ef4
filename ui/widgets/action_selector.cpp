// SPDX-License-Identifier: MIT
#include "ui/widgets/action_selector.h"

#include "ui/contracts/languages.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QActionGroup>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QStringList>
#include <QToolButton>

namespace phial::ui {

ActionSelector::ActionSelector(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_group(new QButtonGroup(this))
    , m_menu(new QMenu(this))
    , m_language(QStringLiteral("de")) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    m_ask = addSegment(Action::Ask, "chat", tr("Ask"));
    m_transcribe = addSegment(Action::Transcribe, "transcript", tr("Transcribe"));
    m_translate = addSegment(Action::Translate, "translate", QString());
    m_ask->setChecked(true);

    m_languageButton = new QToolButton(this);
    m_languageButton->setIcon(icon(theme, "chevron-down", IconTone::Muted));
    m_languageButton->setIconSize(QSize(14, 14));
    m_languageButton->setPopupMode(QToolButton::InstantPopup);
    m_languageButton->setMenu(m_menu);
    m_languageButton->setFocusPolicy(Qt::StrongFocus);
    setLook(*m_languageButton, "arrow");
    row->addWidget(m_languageButton);

    QStringList spoken;
    for (const Language& language : speechLanguages()) {
        spoken.append(language.name);
    }
    m_ask->setToolTip(tr("Answer a typed or spoken question"));
    const QString speechNote =
        tr("Speech is understood in %1.").arg(spoken.join(QStringLiteral(", ")));
    m_transcribe->setToolTip(
        tr("Write down what is said, in its own language.\n%1").arg(speechNote));
    m_translate->setToolTip(tr("Translate what is said or written.\n%1").arg(speechNote));

    auto* group = new QActionGroup(this);
    for (const Language& language : textLanguages()) {
        QAction* entry = m_menu->addAction(language.name);
        entry->setCheckable(true);
        entry->setChecked(language.code == m_language);
        entry->setData(language.code);
        group->addAction(entry);
    }
    connect(group, &QActionGroup::triggered, this, [this](QAction* entry) {
        setLanguage(entry->data().toString());
        setAction(Action::Translate);
        Q_EMIT changed();
    });
    connect(m_group, &QButtonGroup::idClicked, this, &ActionSelector::changed);
    updateTexts();
}

QToolButton* ActionSelector::addSegment(Action action, const char* name, const QString& text) {
    auto* button = new QToolButton(this);
    button->setText(text.isEmpty() ? text : u' ' + text); // the icon would touch the word
    button->setIcon(icon(m_theme, name, IconTone::Muted));
    button->setIconSize(QSize(15, 15));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setCheckable(true);
    button->setFocusPolicy(Qt::StrongFocus);
    setLook(*button, "segment");
    m_group->addButton(button, int(action));
    layout()->addWidget(button);
    return button;
}

Action ActionSelector::action() const {
    return Action(m_group->checkedId());
}

void ActionSelector::setAction(Action action) {
    m_group->button(int(action))->setChecked(true);
}

void ActionSelector::setLanguage(const QString& code) {
    m_language = code;
    const QList<QAction*> entries = m_menu->actions();
    for (QAction* entry : entries) {
        entry->setChecked(entry->data().toString() == code);
    }
    updateTexts();
}

void ActionSelector::setCompact(Compact compact) {
    if (compact != m_compact) {
        m_compact = compact;
        updateTexts();
    }
}

void ActionSelector::updateTexts() {
    const bool compact = m_compact == Compact::Yes;
    const auto style = compact ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon;
    const QString translate = tr("Translate to %1").arg(languageName(m_language));
    m_translate->setText(compact ? QString() : u' ' + translate);
    for (QToolButton* segment : {m_ask, m_transcribe, m_translate}) {
        setLook(*segment, compact ? "glyph" : "segment");
    }
    m_ask->setToolButtonStyle(style);
    m_transcribe->setToolButtonStyle(style);
    m_translate->setToolButtonStyle(style);
    m_ask->setAccessibleName(tr("Ask"));
    m_transcribe->setAccessibleName(tr("Transcribe"));
    m_translate->setAccessibleName(translate);
    m_languageButton->setText(compact ? languageName(m_language) : QString());
    m_languageButton->setToolButtonStyle(compact ? Qt::ToolButtonTextBesideIcon
                                                 : Qt::ToolButtonIconOnly);
    m_languageButton->setToolTip(tr("Choose the language of the translation"));
    m_languageButton->setAccessibleName(
        tr("Language of the translation: %1").arg(languageName(m_language)));
}

} // namespace phial::ui
