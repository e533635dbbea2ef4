// SPDX-License-Identifier: MIT
#include "ui/meeting/export_dialog.h"

#include "ui/meeting/clock.h"
#include "ui/meeting/panel_parts.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QRegularExpression>
#include <QSignalBlocker>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <algorithm>

namespace phial::ui {

QString suffixOf(ExportFormat format) {
    switch (format) {
    case ExportFormat::Text:
    case ExportFormat::TextWithTimes:
        return QStringLiteral("txt");
    case ExportFormat::Markdown:
        return QStringLiteral("md");
    case ExportFormat::Srt:
        return QStringLiteral("srt");
    case ExportFormat::Vtt:
        return QStringLiteral("vtt");
    case ExportFormat::Json:
        return QStringLiteral("json");
    case ExportFormat::Csv:
        return QStringLiteral("csv");
    case ExportFormat::Docx:
        return QStringLiteral("docx");
    case ExportFormat::Clip:
        return QStringLiteral("wav");
    }
    return {};
}

ExportDialog::ExportDialog(const Theme& theme, const MeetingView& meeting, bool hasTranscript,
                           QPair<double, double> selection, QWidget* parent)
    : QDialog(parent)
    , m_meeting(meeting)
    , m_selection(selection)
    , m_hasTranscript(hasTranscript)
    , m_what(new QComboBox(this))
    , m_format(new QComboBox(this))
    , m_languages(new QComboBox(this))
    , m_note(makeLabel(theme, QString(), 0.9, this))
    , m_copy(makeTextButton(tr("Copy"), "outlined", this))
    , m_save(makeTextButton(tr("Save As…"), "primary", this)) {
    setWindowTitle(tr("Export"));
    m_format->setAccessibleName(tr("Format"));
    m_languages->setAccessibleName(tr("Languages"));
    m_what->setAccessibleName(tr("What is exported"));
    m_what->addItem(hasTranscript ? tr("Transcript") : tr("Recording"), QString());
    for (const auto& [name, title] : summaryKinds()) {
        const bool there =
            std::any_of(meeting.summaries.begin(), meeting.summaries.end(),
                        [&name = name](const SummaryView& one) { return one.name == name; });
        if (there) {
            m_what->addItem(tr("Summary: %1").arg(title), name);
        }
    }
    fillFormats();
    m_languages->addItem(tr("As spoken"), int(ExportLanguages::Original));
    if (!meeting.translationLanguage.isEmpty()) {
        m_languages->addItem(meeting.translationLanguage, int(ExportLanguages::Translation));
        m_languages->addItem(tr("Both"), int(ExportLanguages::Both));
    }
    m_note->setWordWrap(true);
    m_note->setMinimumWidth(theme.scaled(360));
    setStyleProperty(*m_note, "tone", QStringLiteral("muted"));
    auto* form = new QFormLayout;
    if (m_what->count() > 1) {
        form->addRow(tr("What"), m_what);
    } else {
        m_what->hide();
    }
    form->addRow(tr("Format"), m_format);
    form->addRow(tr("Languages"), m_languages);
    auto* buttons = new QHBoxLayout;
    QPushButton* cancel = makeTextButton(tr("Cancel"), "outlined", this);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_copy);
    buttons->addWidget(m_save);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 16, 18, 14);
    column->setSpacing(12);
    column->addLayout(form);
    column->addWidget(m_note);
    column->addLayout(buttons);
    m_save->setDefault(true);
    connect(m_what, &QComboBox::currentIndexChanged, this, [this] {
        fillFormats();
        refresh();
    });
    connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::refresh);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        Q_EMIT exportRequested(wish());
        accept();
    });
    connect(m_save, &QPushButton::clicked, this, &ExportDialog::chooseFile);
    refresh();
    m_format->setFocus(); // what is exported is known already, how is not
}

/// A summary has neither lines in time nor languages of its own.
void ExportDialog::fillFormats() {
    const QSignalBlocker quiet(m_format);
    const bool summary = !wish().summary.isEmpty();
    const auto add = [this](const QString& name, ExportFormat format) {
        m_format->addItem(name, int(format));
    };
    m_format->clear();
    if (summary || m_hasTranscript) {
        add(tr("Text"), ExportFormat::Text);
        if (!summary) {
            add(tr("Text with times"), ExportFormat::TextWithTimes);
        }
        add(tr("Markdown"), ExportFormat::Markdown);
        add(tr("Word document (docx)"), ExportFormat::Docx);
        if (!summary) {
            add(tr("Subtitles (SRT)"), ExportFormat::Srt);
            add(tr("Subtitles (WebVTT)"), ExportFormat::Vtt);
            add(tr("Table (CSV)"), ExportFormat::Csv);
        }
        add(tr("JSON, everything"), ExportFormat::Json);
    }
    if (m_meeting.hasSound && !summary) {
        add(tr("Sound (WAV)"), ExportFormat::Clip);
    }
}

void ExportDialog::setSummary(const QString& name) {
    choose(m_what, name);
}

void ExportDialog::setFormat(ExportFormat format) {
    m_format->setCurrentIndex(m_format->findData(int(format)));
}

ExportWish ExportDialog::wish() const {
    return {.summary = m_what->currentData().toString(),
            .format = ExportFormat(m_format->currentData().toInt()),
            .languages = ExportLanguages(m_languages->currentData().toInt()),
            .path = {},
            .from = m_selection.first,
            .to = m_selection.second};
}

void ExportDialog::refresh() {
    const ExportFormat format = wish().format;
    const bool summary = !wish().summary.isEmpty();
    const bool clip = format == ExportFormat::Clip;
    const bool subtitles = format == ExportFormat::Srt || format == ExportFormat::Vtt;
    const bool everything = format == ExportFormat::Json || format == ExportFormat::Csv;
    m_languages->setEnabled(!clip && !everything && !summary && m_languages->count() > 1);
    m_copy->setEnabled(!clip && format != ExportFormat::Docx);
    m_note->setText(
        summary     ? everything ? tr("All sentences with their sources, and the earlier versions.")
                                 : tr("Behind each sentence its times; what has no source is marked.")
            : clip ? m_selection.second > m_selection.first
                         ? tr("The selected lines: %1 to %2.")
                           .arg(clockText(m_selection.first), clockText(m_selection.second))
                         : tr("All of the recording. Select lines for a part of it.")
            : subtitles ? tr("At most two lines of 42 letters, one to seven seconds each; “Both” "
                                 "shows one line of either language.")
        : everything ? tr("All texts, times, speakers and translations.")
                     : tr("Everything is written to a new file; the meeting stays as it is."));
}

void ExportDialog::chooseFile() {
    const ExportWish now = wish();
    QString name = m_meeting.title;
    name.replace(QRegularExpression(QStringLiteral("[/\\\\:*?\"<>|]")), QStringLiteral("-"));
    auto* dialog = new QFileDialog(this, tr("Export")); // open(), never exec()
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(suffixOf(now.format));
    dialog->setNameFilter(QStringLiteral("*.") + suffixOf(now.format));
    dialog->setDirectory(QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation));
    dialog->selectFile(name + u'.' + suffixOf(now.format));
    connect(dialog, &QFileDialog::fileSelected, this, [this, now](const QString& path) {
        ExportWish chosen = now;
        chosen.path = path;
        Q_EMIT exportRequested(chosen);
        accept();
    });
    dialog->open();
}

} // namespace phial::ui
