// SPDX-License-Identifier: MIT
#include "ui/pages/settings_page.h"

#include "ui/pages/page_frame.h"
#include "ui/pages/setting_line.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {

SettingsPage::SettingsPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_search(makeSearchField(theme, tr("Search the settings"), this))
    , m_note(makeLabel(theme, QString(), 0.95, this))
    , m_jumps(new QWidget(this))
    , m_groups(new QVBoxLayout)
    , m_nothing(makeLabel(theme, QString(), 0.95, this)) {
    QVBoxLayout* column =
        makePageFrame(theme, *this, tr("Settings"), [this] { Q_EMIT closeRequested(); });
    new FlowLayout(m_jumps, 6);
    m_note->setWordWrap(true);
    m_nothing->setWordWrap(true);
    m_nothing->setTextFormat(Qt::PlainText);
    setStyleProperty(*m_note, "tone", QStringLiteral("warning"));
    setStyleProperty(*m_nothing, "tone", QStringLiteral("muted"));
    m_groups->setSpacing(18);
    column->addWidget(m_search);
    column->addWidget(m_note);
    column->addWidget(m_jumps);
    column->addWidget(m_nothing);
    column->addLayout(m_groups);
    column->addStretch(1);
    connect(m_search, &QLineEdit::textChanged, this, &SettingsPage::filter);
    m_note->hide();
    m_nothing->hide();
}

void SettingsPage::setView(const SettingsView& view) {
    if (view == m_view) {
        return;
    }
    m_view = view;
    if (m_sections.isEmpty() && isVisible()) {
        build();
    }
    m_note->setText(view.note);
    m_note->setVisible(!view.note.isEmpty());
    for (qsizetype i = 0; i < m_sections.size(); ++i) {
        const SettingGroup& group = view.groups[i];
        m_sections[i].reset->setEnabled(group.changed);
        for (qsizetype row = 0; row < group.rows.size(); ++row) {
            m_sections[i].lines[row]->setRow(group.rows[row]);
        }
    }
    filter();
}

/// Not before it is seen: a hundred widgets would delay the start of the program.
void SettingsPage::showEvent(QShowEvent* event) {
    Q_EMIT opened();
    if (m_sections.isEmpty()) {
        build();
    }
    QWidget::showEvent(event);
}

void SettingsPage::build() {
    // All jumps before what they lead to, since Tab goes in the order in which things are made.
    for (const SettingGroup& group : std::as_const(m_view.groups)) {
        QPushButton* jump = makeTextButton(group.title, "outlined", m_jumps);
        jump->setAccessibleDescription(tr("Goes to these settings"));
        m_jumps->layout()->addWidget(jump);
        m_sections.append(Section{.jump = jump});
    }
    for (qsizetype i = 0; i < m_sections.size(); ++i) {
        QPushButton* jump = m_sections[i].jump;
        m_sections[i] = makeSection(m_view.groups[i]);
        m_sections[i].jump = jump;
        connect(jump, &QPushButton::clicked, this, [this, i] { jumpTo(m_sections[i]); });
    }
    filter();
}

SettingsPage::Section SettingsPage::makeSection(const SettingGroup& group) {
    Section section{.whole = new QWidget(this),
                    .jump = nullptr,
                    .reset = makeTextButton(tr("Reset"), "link", this),
                    .lines = {}};
    auto* column = new QVBoxLayout(section.whole);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    auto* head = new QHBoxLayout;
    QLabel* title = makeLabel(m_theme, group.title, 1.1, section.whole);
    title->setFont(m_theme.font(1.1, QFont::DemiBold));
    head->addWidget(title, 1);
    head->addWidget(section.reset);
    section.reset->setAccessibleName(tr("Reset %1").arg(group.title));
    section.reset->setToolTip(tr("Puts these settings back to what they were at first"));
    section.reset->setEnabled(group.changed);
    const bool settable =
        std::any_of(group.rows.begin(), group.rows.end(),
                    [](const SettingRow& row) { return row.kind != SettingKind::Fact; });
    section.reset->setVisible(settable);
    column->addLayout(head);
    auto* panel = new QFrame(section.whole);
    panel->setObjectName(QStringLiteral("panel"));
    auto* rows = new QVBoxLayout(panel);
    rows->setContentsMargins(0, 6, 0, 6);
    rows->setSpacing(0);
    for (const SettingRow& row : group.rows) {
        auto* line = new SettingLine(m_theme, row, panel);
        connect(line, &SettingLine::changed, this, &SettingsPage::changed);
        connect(line, &SettingLine::pressed, this, &SettingsPage::pressed);
        rows->addWidget(line);
        section.lines.append(line);
    }
    column->addWidget(panel);
    m_groups->addWidget(section.whole);
    connect(section.reset, &QPushButton::clicked, this,
            [this, id = group.id] { Q_EMIT resetRequested(id); });
    return section;
}

void SettingsPage::jumpTo(const Section& section) {
    auto* area = findChild<QScrollArea*>();
    const int top = section.whole->mapTo(area->widget(), QPoint()).y();
    area->verticalScrollBar()->setValue(top - m_theme.scaled(12));
    for (SettingLine* line : section.lines) { // Tab goes on from there
        const auto controls = line->findChildren<QWidget*>();
        for (QWidget* control : controls) {
            if (control->isVisible() && control->isEnabled() &&
                (control->focusPolicy() & Qt::TabFocus)) {
                control->setFocus(Qt::TabFocusReason);
                return;
            }
        }
    }
}

void SettingsPage::filter() {
    const QStringList words = m_search->text().toLower().split(u' ', Qt::SkipEmptyParts);
    bool any = words.isEmpty();
    for (qsizetype i = 0; i < m_sections.size(); ++i) {
        const Section& section = m_sections[i];
        // The name of a group finds all of it.
        const QString title = m_view.groups[i].title.toLower();
        const bool whole = std::all_of(words.begin(), words.end(), [&title](const QString& word) {
            return title.contains(word);
        });
        bool shown = false;
        for (SettingLine* line : section.lines) {
            const bool found = whole || line->matches(words);
            line->setVisible(found);
            shown = shown || found;
        }
        section.whole->setVisible(shown);
        any = any || shown;
    }
    m_jumps->setVisible(words.isEmpty());
    m_nothing->setText(tr("No setting has to do with “%1”.").arg(m_search->text().trimmed()));
    m_nothing->setVisible(!any);
}

void SettingsPage::focusSearch() {
    m_search->setFocus();
    m_search->selectAll();
}

} // namespace phial::ui
