// SPDX-License-Identifier: MIT
#include "ui/meeting/summary_panel.h"

#include "ui/meeting/panel_parts.h"
#include "ui/meeting/summary_editor.h"
#include "ui/meeting/timed_text.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QTextBlock>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace phial::ui {
namespace {

constexpr int kMenuWidth = 300;

/// Without the marks of Markdown, for a menu.
QString menuText(const QString& markdown, const QMenu& menu, int width) {
    QString text = markdown;
    text.remove(QLatin1Char('*')).remove(QLatin1Char('#')).remove(QLatin1Char('`'));
    text = menu.fontMetrics().elidedText(text.trimmed(), Qt::ElideRight, width);
    return text.replace(QLatin1Char('&'), QStringLiteral("&&"));
}

/// Letters and digits: what Markdown and its picture have in common.
QString lettersOf(const QString& text) {
    QString letters;
    for (const QChar letter : text) {
        if (letter.isLetterOrNumber()) {
            letters += letter;
        }
    }
    return letters;
}

} // namespace

SummaryPanel::SummaryPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_template(new QComboBox(this))
    , m_language(languageBox(tr("Language of the summary"), this))
    , m_own(new QLineEdit(this))
    , m_controls(new QWidget(this))
    , m_make(makeTextButton(tr("Summarize"), "primary", this))
    , m_cancel(makeTextButton(tr("Cancel"), "outlined", this))
    , m_edit(makeTextButton(tr("Edit"), "outlined", this))
    , m_more(makeIconButton(theme, "more", tr("More about this summary"), this))
    , m_note(noteOf(theme, this))
    , m_text(new TimedText(theme, tr("Summary"), this))
    , m_editing(new QWidget(this))
    , m_editor(new SummaryEditor(m_editing)) {
    buildControls();
    connectParts();
    m_editing->hide();
    refresh();
}

void SummaryPanel::buildControls() {
    m_template->setAccessibleName(tr("Kind of summary"));
    m_template->setToolTip(tr("Kind of summary"));
    for (const auto& [name, title] : summaryKinds()) {
        m_template->addItem(title, name);
    }
    m_template->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_template->setMinimumContentsLength(10);
    m_language->insertItem(0, tr("As spoken"), QString());
    m_language->setCurrentIndex(0);
    m_own->setAccessibleName(tr("Own instruction"));
    m_own->setPlaceholderText(tr("What should the summary be about?"));
    m_cancel->setAccessibleName(tr("Cancel the summary"));
    m_cancel->setToolTip(tr("Cancel the summary; what is there stays"));
    m_edit->setAccessibleName(tr("Edit the summary"));
    m_edit->setToolTip(tr("Edit the summary (F2)"));
    m_more->setPopupMode(QToolButton::InstantPopup);
    m_more->setMenu(new QMenu(this));
    m_text->setTextInteractionFlags(m_text->textInteractionFlags() | Qt::TextSelectableByKeyboard);
    m_text->setContextMenuPolicy(Qt::CustomContextMenu);

    auto* choices = new QHBoxLayout;
    choices->addWidget(m_template, 1);
    choices->addWidget(m_language, 1);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_make);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_edit);
    buttons->addStretch(1);
    buttons->addWidget(m_more);
    auto* controls = new QVBoxLayout(m_controls);
    controls->setContentsMargins(0, 0, 0, 0);
    controls->setSpacing(8);
    controls->addLayout(choices);
    controls->addWidget(m_own);
    controls->addLayout(buttons);

    QPushButton* save = makeTextButton(tr("Save"), "primary", m_editing);
    save->setAccessibleName(tr("Save the summary"));
    save->setToolTip(tr("Save the summary (Ctrl+Enter)"));
    QPushButton* giveUp = makeTextButton(tr("Cancel"), "outlined", m_editing);
    giveUp->setAccessibleName(tr("Give up the changes"));
    giveUp->setToolTip(tr("Give up the changes (Esc)"));
    QLabel* hint = noteOf(m_theme, m_editing);
    hint->setText(tr("A line each; # begins a heading, - a bullet. Lines keep their times while "
                     "their words agree."));
    auto* ends = new QHBoxLayout;
    ends->addWidget(save);
    ends->addWidget(giveUp);
    ends->addStretch(1);
    auto* editing = new QVBoxLayout(m_editing);
    editing->setContentsMargins(0, 0, 0, 0);
    editing->setSpacing(8);
    editing->addWidget(m_editor, 1);
    editing->addWidget(hint);
    editing->addLayout(ends);
    connect(save, &QPushButton::clicked, this, &SummaryPanel::keep);
    connect(giveUp, &QPushButton::clicked, this, &SummaryPanel::giveUp);

    QVBoxLayout* column = columnOf(this);
    column->addWidget(m_controls);
    column->addWidget(m_note);
    column->addWidget(m_text, 100);
    column->addWidget(m_editing, 100);
    column->addStretch(1); // without a text, the rest stays at the top
}

void SummaryPanel::connectParts() {
    connect(m_template, &QComboBox::currentIndexChanged, this, [this] {
        m_problem.clear();
        refresh();
    });
    connect(m_own, &QLineEdit::textChanged, this, &SummaryPanel::refresh);
    connect(m_own, &QLineEdit::returnPressed, m_make, &QPushButton::click);
    connect(m_make, &QPushButton::clicked, this, &SummaryPanel::request);
    connect(m_cancel, &QPushButton::clicked, this, &SummaryPanel::cancelRequested);
    connect(m_edit, &QPushButton::clicked, this, [this] { edit(); });
    connect(m_more->menu(), &QMenu::aboutToShow, this, [this] {
        m_more->menu()->clear();
        fillMenu(*m_more->menu());
    });
    connect(m_text, &TimedText::timeActivated, this, &SummaryPanel::timeActivated);
    connect(m_text, &QWidget::customContextMenuRequested, this, &SummaryPanel::openTextMenu);
    connect(m_editor, &SummaryEditor::kept, this, &SummaryPanel::keep);
    connect(m_editor, &SummaryEditor::givenUp, this, &SummaryPanel::giveUp);
}

void SummaryPanel::request() {
    const QString name = m_template->currentData().toString();
    const bool own = name == QStringLiteral("own");
    m_problem.clear();
    Q_EMIT summaryRequested({.name = own ? QString() : name,
                             .own = own ? m_own->text() : QString(),
                             .language = m_language->currentData().toString()});
}

void SummaryPanel::setMeeting(const MeetingView& meeting) {
    if (meeting.id != m_meeting.id) {
        keep();
        m_problem.clear();
    }
    m_meeting = meeting;
    refresh();
}

void SummaryPanel::setDefaults(const QString& name, const QString& language) {
    choose(m_template, name.isEmpty() ? QStringLiteral("minutes") : name);
    choose(m_language, language);
}

void SummaryPanel::setStatus(const QString& text) {
    if (!text.isEmpty() && m_status.isEmpty()) {
        m_problem.clear();
    }
    m_status = text;
    refresh();
}

void SummaryPanel::setProblem(const QString& sentence) {
    m_problem = sentence;
    refresh();
}

const SummaryView* SummaryPanel::shown() const {
    const QString name = m_template->currentData().toString();
    const auto found =
        std::find_if(m_meeting.summaries.begin(), m_meeting.summaries.end(),
                     [&name](const SummaryView& summary) { return summary.name == name; });
    return found == m_meeting.summaries.end() ? nullptr : &*found;
}

void SummaryPanel::refresh() {
    const bool own = m_template->currentData().toString() == QStringLiteral("own");
    m_own->setVisible(own);
    const SummaryView* summary = shown();
    const bool there = summary != nullptr;
    const bool written = m_meeting.state != TranscriptState::None;
    const bool sound = m_meeting.hasSound && !m_meeting.beingRecorded;
    const bool busy = !m_status.isEmpty();
    m_make->setText(there               ? tr("Summarize Again")
                    : !written && sound ? tr("Transcribe and Summarize")
                                        : tr("Summarize"));
    m_make->setEnabled((written || sound) && (!own || !m_own->text().isEmpty()));
    const bool focused = m_make->hasFocus() || m_cancel->hasFocus();
    m_make->setVisible(!busy);
    m_cancel->setVisible(busy);
    if (focused && isVisible()) {
        (busy ? m_cancel : m_make)->setFocus(); // what had the focus goes away
    }
    m_edit->setVisible(there);
    m_edit->setEnabled(there && !summary->text.isEmpty());
    m_more->setVisible(there);
    m_controls->setVisible(!editing());
    m_text->setVisible(there && !editing());
    m_text->setText(there ? summary->markdown : QString());
    refreshNote(summary);
}

void SummaryPanel::refreshNote(const SummaryView* summary) {
    const bool written = m_meeting.state != TranscriptState::None;
    const bool sound = m_meeting.hasSound && !m_meeting.beingRecorded;
    const bool failed = m_status.isEmpty() && !m_problem.isEmpty();
    m_note->setText(!m_status.isEmpty()  ? m_status
                    : failed             ? m_problem
                    : !written && sound  ? tr("A summary is made from the transcript: the meeting "
                                               "is written down first.")
                    : !written           ? tr("There is nothing yet that could be summarized.")
                    : summary == nullptr ? tr("No summary of this kind yet.")
                    : summary->edited
                        ? tr("Changed by you. When it is made again, this one can be brought back "
                             "under More.")
                        : QString());
    setStyleProperty(*m_note, "tone", failed ? QStringLiteral("danger") : QStringLiteral("muted"));
    m_note->setVisible(!editing() && !m_note->text().isEmpty());
}

bool SummaryPanel::editing() const {
    return !m_edited.isEmpty();
}

void SummaryPanel::edit() {
    const SummaryView* summary = shown();
    if (summary == nullptr || summary->text.isEmpty() || editing()) {
        return;
    }
    const QString line = textOfLine();
    m_edited = summary->name;
    m_before = summary->text;
    m_editing->show();
    refresh();
    m_editor->begin(m_before, line);
    m_editor->setFocus();
}

void SummaryPanel::editAgain(const QString& name, const QString& text) {
    if (editing()) {
        return; // of something newer
    }
    choose(m_template, name);
    edit();
    if (editing()) {
        m_editor->begin(text, {});
    }
}

/// Ends the editor; what was written is told when it is something else.
void SummaryPanel::keep() {
    if (!editing()) {
        return;
    }
    const QString name = m_edited;
    const QString text = m_editor->toPlainText();
    const bool other = text != m_before;
    closeEditor();
    if (other) {
        Q_EMIT edited(m_meeting.id, name, text);
    }
}

bool SummaryPanel::giveUp() {
    if (!editing()) {
        return false;
    }
    closeEditor();
    return true;
}

void SummaryPanel::closeEditor() {
    const bool focused = m_editing->isAncestorOf(QApplication::focusWidget());
    m_edited.clear();
    m_editing->hide();
    refresh();
    if (focused) {
        m_text->setFocus();
    }
}

void SummaryPanel::undo() {
    const SummaryView* summary = shown();
    if (summary != nullptr && !summary->versions.isEmpty() && !editing()) {
        Q_EMIT versionChosen(m_meeting.id, summary->name, summary->versions.first().number);
    }
}

void SummaryPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_F2 && event->modifiers() == Qt::NoModifier) {
        edit();
    } else {
        QWidget::keyPressEvent(event);
    }
}

/// Who goes elsewhere, or closes the window, does not lose what he wrote.
void SummaryPanel::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    if (!event->spontaneous()) {
        keep();
    }
}

void SummaryPanel::fillMenu(QMenu& menu) {
    const SummaryView* summary = shown();
    if (summary == nullptr) {
        return;
    }
    menu.addAction(tr("Edit\tF2"), this, [this] { edit(); })->setEnabled(m_edit->isEnabled());
    menu.addAction(tr("Copy as Text"), this,
                   [this] { QApplication::clipboard()->setText(m_text->toPlainText()); });
    menu.addAction(tr("Export…"), this,
                   [this, name = summary->name] { Q_EMIT exportRequested(name); });
    QMenu* parts = menu.addMenu(tr("Make a Part Again"));
    addParts(*parts, *summary);
    parts->setEnabled(!parts->isEmpty() && m_status.isEmpty());
    QMenu* versions = menu.addMenu(tr("Bring Back"));
    for (const SummaryVersionView& version : summary->versions) {
        versions->addAction(version.label, this,
                            [this, name = summary->name, number = version.number] {
                                Q_EMIT versionChosen(m_meeting.id, name, number);
                            });
    }
    versions->setEnabled(!versions->isEmpty());
}

void SummaryPanel::addParts(QMenu& menu, const SummaryView& summary) {
    for (const SummaryPartView& part : summary.parts) {
        const QString text = menuText(part.text, menu, m_theme.scaled(kMenuWidth));
        QAction* entry = menu.addAction(part.heading ? text : QStringLiteral("   ") + text, this,
                                        [this, name = summary.name, part] {
                                            Q_EMIT partRequested({.name = name, .part = part});
                                        });
        QFont font = entry->font();
        font.setBold(part.heading);
        entry->setFont(font);
    }
}

/// The part whose line is drawn as that paragraph; null where Markdown made something else of it.
const SummaryPartView* SummaryPanel::partAt(int block) const {
    const SummaryView* summary = shown();
    if (summary == nullptr) {
        return nullptr;
    }
    // Above the lines are the title and what is missing; below them is nothing.
    const qsizetype above = m_text->document()->blockCount() - summary->parts.size();
    const qsizetype line = block - above;
    if (line < 0 || line >= summary->parts.size()) {
        return nullptr;
    }
    constexpr qsizetype kEnough = 12;
    const QString drawn = lettersOf(m_text->document()->findBlockByNumber(block).text());
    const SummaryPartView& part = summary->parts[line];
    return drawn.startsWith(lettersOf(part.text).left(kEnough)) ? &part : nullptr;
}

QString SummaryPanel::textOfLine() const {
    const SummaryPartView* part = partAt(m_text->textCursor().blockNumber());
    return part == nullptr ? QString() : part->text;
}

void SummaryPanel::openTextMenu(const QPoint& at) {
    const QTextCursor place = m_text->cursorForPosition(at); // the cursor's own, by keyboard
    if (!m_text->textCursor().hasSelection()) {
        m_text->setTextCursor(place); // where the editor begins
    }
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), m_text, &QTextBrowser::copy)
        ->setEnabled(m_text->textCursor().hasSelection());
    if (const SummaryPartView* part = partAt(place.blockNumber())) {
        menu->addAction(part->heading ? tr("Make This Part Again") : tr("Make This Line Again"),
                        this,
                        [this, name = shown()->name, part = *part] {
                            Q_EMIT partRequested({.name = name, .part = part});
                        })
            ->setEnabled(m_status.isEmpty());
    }
    menu->addSeparator();
    fillMenu(*menu);
    menu->popup(m_text->viewport()->mapToGlobal(at));
}

} // namespace phial::ui
