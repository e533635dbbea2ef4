// SPDX-License-Identifier: MIT
#include "ui/meeting/side_panels.h"

#include "ui/contracts/languages.h"
#include "ui/meeting/clock.h"
#include "ui/meeting/timed_text.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QClipboard>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {
namespace {

QVBoxLayout* columnOf(QWidget* panel) {
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(12, 10, 12, 10);
    column->setSpacing(8);
    return column;
}

QLabel* noteOf(const Theme& theme, QWidget* parent) {
    QLabel* note = makeLabel(theme, QString(), 0.9, parent);
    note->setWordWrap(true);
    setStyleProperty(*note, "tone", QStringLiteral("muted"));
    return note;
}

QComboBox* languageBox(const QString& name, QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setAccessibleName(name);
    box->setToolTip(name); // what screen readers on X11 get besides the chosen entry
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    box->setMinimumContentsLength(9);
    const QList<Language> languages = textLanguages();
    for (const Language& language : languages) {
        box->addItem(language.name, language.englishName);
    }
    return box;
}

void choose(QComboBox* box, const QString& data) {
    if (const int index = box->findData(data); index >= 0) {
        box->setCurrentIndex(index);
    }
}

} // namespace

SummaryPanel::SummaryPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_template(new QComboBox(this))
    , m_language(languageBox(tr("Language of the summary"), this))
    , m_own(new QLineEdit(this))
    , m_make(makeTextButton(tr("Summarize"), "primary", this))
    , m_copy(makeTextButton(tr("Copy"), "outlined", this))
    , m_note(noteOf(theme, this))
    , m_text(new TimedText(theme, tr("Summary"), this)) {
    m_template->setAccessibleName(tr("Kind of summary"));
    m_template->setToolTip(tr("Kind of summary"));
    m_template->addItem(tr("Minutes"), QStringLiteral("minutes"));
    m_template->addItem(tr("Decisions"), QStringLiteral("decisions"));
    m_template->addItem(tr("Action items"), QStringLiteral("actions"));
    m_template->addItem(tr("Questions and answers"), QStringLiteral("questions"));
    m_template->addItem(tr("One paragraph"), QStringLiteral("paragraph"));
    m_template->addItem(tr("Own instruction"), QStringLiteral("own"));
    m_template->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_template->setMinimumContentsLength(10);
    m_language->insertItem(0, tr("As spoken"), QString());
    m_language->setCurrentIndex(0);
    m_own->setAccessibleName(tr("Own instruction"));
    m_own->setPlaceholderText(tr("What should the summary be about?"));
    QVBoxLayout* column = columnOf(this);
    auto* row = new QHBoxLayout;
    row->addWidget(m_template, 1);
    row->addWidget(m_language, 1);
    column->addLayout(row);
    column->addWidget(m_own);
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_make);
    buttons->addWidget(m_copy);
    buttons->addStretch(1);
    column->addLayout(buttons);
    column->addWidget(m_note);
    column->addWidget(m_text, 100);
    column->addStretch(1); // without a text, the rest stays at the top
    m_copy->setAccessibleName(tr("Copy the summary"));
    m_copy->setToolTip(tr("Copy the summary as text"));
    connect(m_copy, &QPushButton::clicked, this,
            [this] { QApplication::clipboard()->setText(m_text->toPlainText()); });
    connect(m_template, &QComboBox::currentIndexChanged, this, &SummaryPanel::refresh);
    connect(m_own, &QLineEdit::textChanged, this, &SummaryPanel::refresh);
    connect(m_own, &QLineEdit::returnPressed, m_make, &QPushButton::click);
    connect(m_make, &QPushButton::clicked, this, [this] {
        const QString name = m_template->currentData().toString();
        const bool own = name == QStringLiteral("own");
        Q_EMIT summaryRequested({.name = own ? QString() : name,
                                 .own = own ? m_own->text() : QString(),
                                 .language = m_language->currentData().toString()});
    });
    connect(m_text, &TimedText::timeActivated, this, &SummaryPanel::timeActivated);
    refresh();
}

void SummaryPanel::setMeeting(const MeetingView& meeting) {
    m_meeting = meeting;
    refresh();
}

void SummaryPanel::setDefaults(const QString& name, const QString& language) {
    choose(m_template, name.isEmpty() ? QStringLiteral("minutes") : name);
    choose(m_language, language);
}

void SummaryPanel::setStatus(const QString& text) {
    m_status = text;
    refresh();
}

void SummaryPanel::refresh() {
    const QString name = m_template->currentData().toString();
    const bool own = name == QStringLiteral("own");
    m_own->setVisible(own);
    const auto found =
        std::find_if(m_meeting.summaries.begin(), m_meeting.summaries.end(),
                     [&name](const SummaryView& summary) { return summary.name == name; });
    const bool there = found != m_meeting.summaries.end();
    const bool written = m_meeting.state != TranscriptState::None;
    const bool sound = m_meeting.hasSound && !m_meeting.beingRecorded;
    m_make->setText(there               ? tr("Summarize Again")
                    : !written && sound ? tr("Transcribe and Summarize")
                                        : tr("Summarize"));
    m_make->setEnabled((written || sound) && m_status.isEmpty() &&
                       (!own || !m_own->text().isEmpty()));
    m_note->setText(!m_status.isEmpty() ? m_status
                    : !written && sound ? tr("A summary is made from the transcript: the meeting "
                                             "is written down first.")
                    : !written          ? tr("There is nothing yet that could be summarized.")
                    : !there            ? tr("No summary of this kind yet.")
                                        : QString());
    m_note->setVisible(!m_note->text().isEmpty());
    m_copy->setVisible(there);
    m_text->setVisible(there);
    m_text->setText(there ? found->markdown : QString());
}

TranslationPanel::TranslationPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_language(languageBox(tr("Language of the translation"), this))
    , m_translate(makeTextButton(tr("Translate"), "primary", this))
    , m_again(makeTextButton(tr("Translate Selected Lines Again"), "outlined", this))
    , m_shown(new QCheckBox(tr("Show beside the transcript"), this))
    , m_note(noteOf(theme, this)) {
    m_shown->setChecked(true);
    QVBoxLayout* column = columnOf(this);
    column->addWidget(m_language);
    column->addWidget(m_translate, 0, Qt::AlignLeft);
    column->addWidget(m_shown);
    column->addWidget(m_again, 0, Qt::AlignLeft);
    column->addWidget(m_note);
    column->addStretch(1);
    connect(m_translate, &QPushButton::clicked, this,
            [this] { Q_EMIT translationRequested(chosen()); });
    connect(m_again, &QPushButton::clicked, this, [this] { Q_EMIT linesRequested(chosen()); });
    connect(m_shown, &QCheckBox::toggled, this, &TranslationPanel::shownChanged);
    connect(m_language, &QComboBox::currentIndexChanged, this, &TranslationPanel::refresh);
    refresh();
}

bool TranslationPanel::shown() const {
    return m_shown->isChecked();
}

QString TranslationPanel::chosen() const {
    return m_language->currentData().toString();
}

void TranslationPanel::setMeeting(const MeetingView& meeting) {
    const bool other = meeting.id != m_meeting.id;
    m_meeting = meeting;
    if (other) {
        choose(m_language,
               meeting.translationLanguage.isEmpty() ? m_default : meeting.translationLanguage);
    }
    refresh();
}

void TranslationPanel::setDefault(const QString& language) {
    m_default = language;
    if (m_meeting.translationLanguage.isEmpty()) {
        choose(m_language, language);
    }
}

void TranslationPanel::setStatus(const QString& text) {
    m_status = text;
    refresh();
}

void TranslationPanel::setSelection(int lines) {
    m_lines = lines;
    refresh();
}

void TranslationPanel::refresh() {
    const bool written = m_meeting.state != TranscriptState::None;
    const bool same = chosen() == m_meeting.translationLanguage;
    m_translate->setEnabled(written && m_status.isEmpty());
    m_again->setEnabled(written && same && m_lines > 0);
    m_note->setText(!m_status.isEmpty() ? m_status
                    : !written ? tr("A translation is made from the transcript. Transcribe "
                                    "the meeting first.")
                    : m_meeting.translationLanguage.isEmpty()
                        ? tr("Not translated yet.")
                        : tr("Translated into %1. Lines that have no translation yet are done "
                             "with Translate; another language replaces this one.")
                              .arg(m_meeting.translationLanguage));
}

AskPanel::AskPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_text(new TimedText(theme, tr("Questions and answers"), this))
    , m_question(new QLineEdit(this))
    , m_send(makeTextButton(tr("Ask"), "primary", this)) {
    m_question->setAccessibleName(tr("Question about the meeting"));
    QVBoxLayout* column = columnOf(this);
    auto* row = new QHBoxLayout;
    row->addWidget(m_question, 1);
    row->addWidget(m_send);
    column->addWidget(m_text, 1);
    column->addLayout(row);
    connect(m_send, &QPushButton::clicked, this, &AskPanel::send);
    connect(m_question, &QLineEdit::returnPressed, this, &AskPanel::send);
    connect(m_question, &QLineEdit::textChanged, this, &AskPanel::refresh);
    connect(m_text, &TimedText::timeActivated, this, &AskPanel::timeActivated);
    setTurns({});
    refresh();
}

void AskPanel::send() {
    if (m_answering) {
        Q_EMIT stopRequested();
    } else if (!m_question->text().trimmed().isEmpty() && m_ready) {
        Q_EMIT asked(m_question->text().trimmed());
        m_question->clear();
    }
}

void AskPanel::setTurns(const QList<AskTurn>& turns) {
    QString markdown;
    for (const AskTurn& turn : turns) {
        markdown += turn.byUser ? QStringLiteral("**%1**\n\n").arg(turn.markdown)
                                : turn.markdown + QStringLiteral("\n\n");
    }
    m_text->setText(turns.isEmpty() ? tr("Answers come from the transcript and name the times they "
                                         "come from.")
                                    : markdown);
}

void AskPanel::setAnswering(bool answering) {
    m_answering = answering;
    refresh();
}

void AskPanel::setReady(bool ready) {
    m_ready = ready;
    refresh();
}

void AskPanel::refresh() {
    m_question->setPlaceholderText(m_ready ? tr("Ask about this meeting")
                                           : tr("Transcribe the meeting first"));
    m_send->setText(m_answering ? tr("Stop") : tr("Ask"));
    m_send->setEnabled(m_answering || (m_ready && !m_question->text().trimmed().isEmpty()));
}

DetailsPanel::DetailsPanel(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_title(new QLineEdit(this))
    , m_rows(new QFormLayout)
    , m_notes(new QPlainTextEdit(this))
    , m_marks(new TimedText(theme, tr("Bookmarks"), this)) {
    m_title->setAccessibleName(tr("Title of the meeting"));
    m_notes->setAccessibleName(tr("Notes"));
    m_notes->setPlaceholderText(tr("Your notes. They are given to the summary."));
    m_notes->setTabChangesFocus(true);
    m_notes->setObjectName(QStringLiteral("notes"));
    m_rows->setRowWrapPolicy(QFormLayout::WrapLongRows);
    m_rows->setVerticalSpacing(4);
    QVBoxLayout* column = columnOf(this);
    column->addWidget(m_title);
    column->addLayout(m_rows);
    column->addWidget(m_marks);
    QLabel* notes = noteOf(theme, this);
    notes->setText(tr("Notes"));
    column->addWidget(notes);
    column->addWidget(m_notes, 1);
    connect(m_title, &QLineEdit::editingFinished, this, [this] {
        if (m_title->isModified() && !m_title->text().trimmed().isEmpty()) {
            m_title->setModified(false);
            Q_EMIT renamed(m_id, m_title->text().trimmed());
        }
    });
    auto* pause = new QTimer(this);
    pause->setSingleShot(true);
    pause->setInterval(800);
    connect(m_notes, &QPlainTextEdit::textChanged, pause, qOverload<>(&QTimer::start));
    connect(pause, &QTimer::timeout, this, &DetailsPanel::keepNotes);
    connect(m_marks, &TimedText::timeActivated, this, &DetailsPanel::timeActivated);
}

void DetailsPanel::keepNotes() {
    if (m_notes->toPlainText() != m_kept) {
        m_kept = m_notes->toPlainText();
        Q_EMIT notesChanged(m_id, m_kept);
    }
}

void DetailsPanel::setMeeting(const MeetingView& meeting) {
    const bool other = meeting.id != m_id;
    if (other && !m_id.isEmpty()) {
        keepNotes();
    }
    m_id = meeting.id;
    if (other || !m_title->hasFocus()) {
        m_title->setText(meeting.title);
        m_title->setCursorPosition(0);
    }
    if (other || !m_notes->hasFocus()) {
        m_kept = meeting.notes;
        if (m_notes->toPlainText() != meeting.notes) {
            m_notes->setPlainText(meeting.notes);
        }
    }
    while (m_rows->rowCount() > 0) {
        m_rows->removeRow(0);
    }
    for (const auto& [what, value] : meeting.details) {
        QLabel* label = makeLabel(m_theme, what, 0.9, this);
        setStyleProperty(*label, "tone", QStringLiteral("muted"));
        QLabel* text = makeLabel(m_theme, value, 0.9, this);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse);
        text->setTextFormat(Qt::PlainText);
        text->setWordWrap(true);
        m_rows->addRow(label, text);
    }
    QString marks;
    for (const BookmarkView& mark : meeting.bookmarks) {
        marks += QStringLiteral("- [%1](#t=%2) %3\n")
                     .arg(clockText(mark.seconds))
                     .arg(int(mark.seconds))
                     .arg(mark.text.isEmpty() ? tr("bookmark") : mark.text.toHtmlEscaped());
    }
    m_marks->setText(marks);
    m_marks->setVisible(!marks.isEmpty());
    const int line = QFontMetrics(m_theme.font(0.95)).height() + 6;
    m_marks->setFixedHeight(
        std::min(m_theme.scaled(110), int(meeting.bookmarks.size()) * line + 10));
}

} // namespace phial::ui
