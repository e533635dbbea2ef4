// SPDX-License-Identifier: MIT
#include "ui/meeting/side_panels.h"

#include "ui/meeting/clock.h"
#include "ui/meeting/panel_parts.h"
#include "ui/meeting/timed_text.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QCheckBox>
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
