// SPDX-License-Identifier: MIT
#include "ui/meeting/empty_transcript.h"

#include "ui/contracts/languages.h"
#include "ui/meeting/panel_parts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace phial::ui {

EmptyTranscript::EmptyTranscript(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_title(makeLabel(theme, QString(), 1.2, this))
    , m_text(makeLabel(theme, QString(), 0.95, this))
    , m_choices(new QWidget(this))
    , m_language(spokenLanguageBox(m_choices))
    , m_translation(new QComboBox(m_choices))
    , m_go(makeTextButton(tr("Transcribe"), "primary", this))
    , m_locate(makeTextButton(tr("Locate the Sound…"), "primary", this)) {
    m_title->setFont(theme.font(1.2, QFont::DemiBold));
    m_title->setAlignment(Qt::AlignHCenter);
    m_title->setWordWrap(true);
    m_text->setAlignment(Qt::AlignHCenter);
    m_text->setWordWrap(true);
    setStyleProperty(*m_text, "tone", QStringLiteral("muted"));
    m_translation->setAccessibleName(tr("Translate at the same time"));
    m_translation->addItem(tr("No"), QString());
    const QList<Language> written = textLanguages();
    for (const Language& language : written) {
        m_translation->addItem(language.name, language.englishName);
    }
    auto* form = new QFormLayout(m_choices);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Spoken language"), m_language);
    form->addRow(tr("Translate as well"), m_translation);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 16, 24, 16);
    column->setSpacing(12);
    column->addStretch(1);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addWidget(m_choices, 0, Qt::AlignHCenter);
    column->addWidget(m_go, 0, Qt::AlignHCenter);
    column->addWidget(m_locate, 0, Qt::AlignHCenter);
    column->addStretch(2);
    connect(m_go, &QPushButton::clicked, this, [this] {
        Q_EMIT transcriptionRequested({.language = m_language->currentData().toString(),
                                       .translateTo = m_translation->currentData().toString()});
    });
    connect(m_locate, &QPushButton::clicked, this, &EmptyTranscript::locateRequested);
    refresh();
}

void EmptyTranscript::setMeeting(const MeetingView& meeting) {
    m_meeting = meeting;
    choose(m_language, meeting.language.isEmpty() ? m_defaultLanguage : meeting.language);
    refresh();
}

void EmptyTranscript::setDefaultLanguage(const QString& language) {
    m_defaultLanguage = language;
    setMeeting(MeetingView(m_meeting));
}

void EmptyTranscript::focusMain() {
    QWidget* main = this;
    for (QPushButton* button : {m_go, m_locate}) {
        main = button->isVisibleTo(this) ? button : main;
    }
    main->setFocus();
}

void EmptyTranscript::setStatus(const QString& text) {
    m_status = text;
    refresh();
}

void EmptyTranscript::refresh() {
    const bool live = m_meeting.beingRecorded;
    const bool sound = m_meeting.hasSound && !live;
    const bool busy = !m_status.isEmpty();
    const bool silent = m_meeting.state == TranscriptState::Done;
    m_title->setText(live                  ? tr("This meeting is being recorded.")
                     : !m_meeting.hasSound ? tr("The sound of this meeting is missing.")
                     : busy                ? tr("The transcript appears here as it is made.")
                     : silent              ? tr("No speech was heard.")
                                           : tr("Not transcribed yet."));
    m_text->setText(
        live                  ? tr("It can be played and transcribed when the recording has ended.")
        : busy                ? m_status
        : !m_meeting.hasSound ? tr("Its file was moved or deleted. What is written down is kept.")
        : silent ? tr("Was the right microphone selected? Nothing was given to the model.")
                 : tr("The words are written down on this computer. The recording can be played "
                      "without it."));
    m_choices->setVisible(!busy && sound);
    m_go->setVisible(!busy && sound);
    m_locate->setVisible(!busy && !live && m_meeting.soundCanBeLocated);
    m_go->setText(silent ? tr("Transcribe Again") : tr("Transcribe"));
}

} // namespace phial::ui
