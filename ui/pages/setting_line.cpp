// SPDX-License-Identifier: MIT
#include "ui/pages/setting_line.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

namespace phial::ui {
namespace {

constexpr int kNarrow = 520; // below, the control stands under the words
constexpr int kControlWidth = 230;

QLabel* wrapped(const Theme& theme, double factor, const QString& tone, QWidget* parent) {
    QLabel* label = makeLabel(theme, QString(), factor, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    setStyleProperty(*label, "tone", tone);
    return label;
}

} // namespace

SettingLine::SettingLine(const Theme& theme, const SettingRow& row, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_row(row)
    , m_layout(new QBoxLayout(QBoxLayout::LeftToRight, this))
    , m_title(makeLabel(theme, row.title, 1.0, this))
    , m_text(wrapped(theme, 0.9, QStringLiteral("muted"), this))
    , m_reason(wrapped(theme, 0.9, QStringLiteral("warning"), this)) {
    m_title->setWordWrap(true);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addStretch(1); // a tall control must not pull the words apart
    words->addWidget(m_title);
    words->addWidget(m_text);
    words->addWidget(m_reason);
    words->addStretch(1);
    m_layout->setContentsMargins(16, 9, 16, 9);
    m_layout->setSpacing(8);
    m_layout->addLayout(words, 1);
    m_layout->addWidget(makeControl(), 0);
    connect(&theme, &Theme::changed, this, &SettingLine::arrange);
    refresh();
    arrange();
}

QWidget* SettingLine::makeControl() {
    switch (m_row.kind) {
    case SettingKind::Choice:
        m_choice = new QComboBox(this);
        m_choice->setFocusPolicy(Qt::StrongFocus);
        m_choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        m_choice->setMinimumContentsLength(10);
        m_choice->installEventFilter(this);
        // Not currentIndexChanged: only what the user does is a change.
        connect(m_choice, &QComboBox::activated, this, [this](int index) {
            const QString value = m_choice->itemData(index).toString();
            if (value != m_row.value) {
                Q_EMIT changed(m_row.id, value);
            }
        });
        return m_choice;
    case SettingKind::Switch:
        m_switch = new QCheckBox(this);
        connect(m_switch, &QCheckBox::clicked, this, [this](bool on) {
            Q_EMIT changed(m_row.id, on ? QStringLiteral("yes") : QStringLiteral("no"));
        });
        return m_switch;
    case SettingKind::Text:
        m_words = new QLineEdit(this);
        connect(m_words, &QLineEdit::editingFinished, this, [this] {
            if (m_words->text().trimmed() != m_row.value) {
                Q_EMIT changed(m_row.id, m_words->text().trimmed());
            }
        });
        return m_words;
    case SettingKind::Fact:
        break;
    }
    auto* holder = new QWidget(this);
    auto* column = new QVBoxLayout(holder);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    m_fact = makeLabel(m_theme, QString(), 0.95, holder);
    m_fact->setWordWrap(true);
    m_fact->setTextFormat(Qt::PlainText);
    m_fact->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_button = makeTextButton(QString(), "outlined", holder);
    connect(m_button, &QPushButton::clicked, this, [this] { Q_EMIT pressed(m_row.id); });
    column->addWidget(m_fact);
    column->addWidget(m_button, 0, Qt::AlignLeft);
    return holder;
}

void SettingLine::setRow(const SettingRow& row) {
    if (row != m_row) {
        m_row = row;
        refresh();
    }
}

void SettingLine::fillChoices() {
    bool same = m_choice->count() == m_row.choices.size();
    for (int i = 0; same && i < m_choice->count(); ++i) {
        same = m_choice->itemText(i) == m_row.choices[i].text &&
               m_choice->itemData(i).toString() == m_row.choices[i].value;
    }
    if (!same) { // else an open list would close
        m_choice->clear();
        for (const SettingChoice& choice : std::as_const(m_row.choices)) {
            m_choice->addItem(choice.text, choice.value);
        }
    }
    m_choice->setCurrentIndex(m_choice->findData(m_row.value));
}

void SettingLine::refresh() {
    m_title->setText(m_row.title);
    m_text->setText(m_row.text);
    m_text->setVisible(!m_row.text.isEmpty());
    m_reason->setText(m_row.disabledBecause);
    m_reason->setVisible(!m_row.disabledBecause.isEmpty());
    const bool enabled = m_row.disabledBecause.isEmpty();
    const QString more = m_row.text + (enabled ? QString() : u' ' + m_row.disabledBecause);
    const auto name = [&](QWidget& control) {
        control.setAccessibleName(m_row.title);
        control.setAccessibleDescription(more);
        control.setEnabled(enabled);
    };
    if (m_choice != nullptr) {
        fillChoices();
        m_choice->setToolTip(m_row.title); // on X11 a screen reader gets the entry as its name
        name(*m_choice);
    } else if (m_switch != nullptr) {
        m_switch->setChecked(m_row.value == QStringLiteral("yes"));
        name(*m_switch);
    } else if (m_words != nullptr) {
        if (!m_words->hasFocus() || m_words->text().trimmed() == m_row.value) {
            m_words->setText(m_row.value);
        }
        name(*m_words);
    } else {
        m_fact->setText(m_row.value);
        m_fact->setVisible(!m_row.value.isEmpty());
        m_button->setText(m_row.button);
        m_button->setVisible(!m_row.button.isEmpty());
        m_button->setEnabled(enabled);
        m_button->setAccessibleDescription(m_row.title);
    }
}

bool SettingLine::matches(const QStringList& words) const {
    QString all =
        m_row.title + u' ' + m_row.text + u' ' + m_row.disabledBecause + u' ' + m_row.button;
    if (m_row.kind == SettingKind::Fact) {
        all += u' ' + m_row.value;
    }
    for (const SettingChoice& choice : m_row.choices) {
        all += u' ' + choice.text;
    }
    all = all.toLower();
    return std::all_of(words.begin(), words.end(),
                       [&all](const QString& word) { return all.contains(word); });
}

void SettingLine::arrange() {
    const bool small = m_row.kind == SettingKind::Switch;
    const bool narrow = !small && width() < m_theme.scaled(kNarrow);
    m_layout->setDirection(narrow ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    QWidget* control = m_layout->itemAt(1)->widget();
    m_layout->setAlignment(control, small    ? Qt::AlignTop
                                    : narrow ? Qt::Alignment()
                                             : Qt::AlignVCenter);
    const int wide = m_theme.scaled(kControlWidth);
    control->setMinimumWidth(small ? 0 : narrow ? std::min(wide, 160) : wide);
    control->setMaximumWidth(narrow ? QWIDGETSIZE_MAX : wide);
}

void SettingLine::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

bool SettingLine::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Wheel && watched == m_choice) {
        event->ignore(); // turning the wheel scrolls the page and never changes a setting
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace phial::ui
