// SPDX-License-Identifier: MIT
#include "ui/meeting/long_import_dialog.h"

#include "ui/meeting/clock.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/size_text.h"

#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <optional>

namespace phial::ui {
namespace {

/// "50 min", "3 h 10 min": no seconds, as it is an estimate.
QString roughly(double seconds) {
    const auto minutes = static_cast<int>(std::ceil(seconds / 60));
    return minutes < 90 ? LongImportDialog::tr("%1 min").arg(minutes)
                        : LongImportDialog::tr("%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString lengthText(const LongImportView& recordings) {
    const QString length = clockText(recordings.seconds);
    return recordings.files.size() == 1
               ? LongImportDialog::tr("“%1” is %2 long.")
                     .arg(QFileInfo(recordings.files.first()).fileName(), length)
               : LongImportDialog::tr("%1 recordings are %2 long in all.")
                     .arg(recordings.files.size())
                     .arg(length);
}

QString workText(const LongImportView& recordings) {
    const QString work =
        recordings.workSeconds < 0
            ? LongImportDialog::tr("How long writing it down takes is told once it has begun.")
            : LongImportDialog::tr("Writing it down takes about %1 at the speed of the last time.")
                  .arg(roughly(recordings.workSeconds));
    const QString sound =
        recordings.copyBytes > 0
            ? LongImportDialog::tr("A copy of the sound is kept with the meeting (%1).")
                  .arg(sizeText(recordings.copyBytes))
            : LongImportDialog::tr("The sound stays where it is; what is kept beside it is small.");
    return work + u' ' +
           LongImportDialog::tr("Lines appear as they are written. The work can be paused, and it "
                                "goes on after a restart.") +
           u' ' + sound;
}

} // namespace

LongImportDialog::LongImportDialog(const Theme& theme, const LongImportView& recordings,
                                   QWidget* parent)
    : QDialog(parent)
    , m_recordings(recordings)
    , m_fields(new QWidget(this))
    , m_from(new QLineEdit(clockText(0), m_fields))
    , m_to(new QLineEdit(clockText(recordings.seconds), m_fields))
    , m_note(makeLabel(theme, QString(), 0.9, m_fields))
    , m_part(makeTextButton(tr("Only a Part…"), "outlined", this))
    , m_start(makeTextButton(tr("Start"), "primary", this)) {
    setWindowTitle(tr("Import a Long Recording"));
    QLabel* length = makeLabel(theme, lengthText(recordings), 1.0, this);
    QLabel* work = makeLabel(theme, workText(recordings), 0.9, this);
    for (QLabel* label : {length, work, m_note}) {
        label->setWordWrap(true);
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(theme.scaled(400));
    }
    setStyleProperty(*work, "tone", QStringLiteral("muted"));
    m_from->setAccessibleName(tr("From"));
    m_to->setAccessibleName(tr("To"));
    auto* form = new QFormLayout(m_fields);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("From"), m_from);
    form->addRow(tr("To"), m_to);
    form->addRow(m_note);
    m_fields->hide();
    m_part->setVisible(recordings.files.size() == 1);
    auto* buttons = new QHBoxLayout;
    QPushButton* cancel = makeTextButton(tr("Cancel"), "outlined", this);
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_part);
    buttons->addWidget(m_start);
    setTabOrder(m_to, cancel);
    setTabOrder(cancel, m_part);
    setTabOrder(m_part, m_start);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(18, 16, 18, 14);
    column->setSpacing(12);
    column->addWidget(length);
    column->addWidget(work);
    column->addWidget(m_fields);
    column->addLayout(buttons);
    m_start->setDefault(true);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_part, &QPushButton::clicked, this, &LongImportDialog::showPart);
    connect(m_start, &QPushButton::clicked, this, [this] {
        Q_EMIT importRequested(m_wish);
        accept();
    });
    for (QLineEdit* field : {m_from, m_to}) {
        connect(field, &QLineEdit::textChanged, this, &LongImportDialog::refresh);
    }
    refresh();
}

bool LongImportDialog::partShown() const {
    return !m_fields->isHidden();
}

void LongImportDialog::showPart() {
    m_fields->show();
    m_part->hide();
    m_from->setFocus();
    m_from->selectAll();
    refresh();
    adjustSize();
}

void LongImportDialog::refresh() {
    m_wish = {.files = m_recordings.files};
    if (!partShown()) {
        return;
    }
    const std::optional<double> from = secondsOf(m_from->text());
    const std::optional<double> to = secondsOf(m_to->text());
    const bool good = from && to && *from < *to && *from < m_recordings.seconds;
    if (good) {
        m_wish.from = *from;
        m_wish.to = *to;
    }
    m_note->setText(!from || !to ? tr("Times as 1:06:40, hours, minutes, seconds.")
                    : good
                        ? tr("%1 of %2.")
                              .arg(clockText(std::min(*to, m_recordings.seconds) - *from),
                                   clockText(m_recordings.seconds))
                        : tr("The end lies behind the beginning, and both within the recording."));
    m_start->setEnabled(good);
}

} // namespace phial::ui
