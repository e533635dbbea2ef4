// SPDX-License-Identifier: MIT
#include "ui/pages/model_work_panel.h"

#include "ui/pages/model_words.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace phial::ui {
namespace {

constexpr int kBarSteps = 1000;

} // namespace

ModelWorkPanel::ModelWorkPanel(const Theme& theme, QWidget* parent)
    : QFrame(parent)
    , m_title(makeLabel(theme, QString(), 1.0, this))
    , m_problem(makeLabel(theme, QString(), 0.95, this))
    , m_bar(new QProgressBar(this))
    , m_numbers(makeLabel(theme, QString(), 0.95, this))
    , m_stop(makeTextButton(tr("Stop"), "outlined", this))
    , m_resume(makeTextButton(tr("Go On"), "primary", this))
    , m_discard(makeTextButton(tr("Remove What Was Made…"), "outlined", this))
    , m_close(makeTextButton(tr("Close"), "outlined", this)) {
    setObjectName(QStringLiteral("panel"));
    m_title->setFont(theme.font(1.0, QFont::DemiBold));
    m_title->setWordWrap(true);
    m_problem->setWordWrap(true);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_numbers->setWordWrap(true);
    setStyleProperty(*m_numbers, "tone", QStringLiteral("muted"));
    m_bar->setTextVisible(false);
    m_bar->setAccessibleName(tr("Progress"));
    m_stop->setAccessibleName(tr("Stop the work on the model"));
    m_close->setAccessibleName(tr("Close this report"));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    for (QPushButton* button : {m_stop, m_resume, m_discard, m_close}) {
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 13, 16, 14);
    column->setSpacing(7);
    column->addWidget(m_title);
    column->addWidget(m_problem);
    column->addWidget(m_bar);
    column->addWidget(m_numbers);
    column->addLayout(buttons);
    connect(m_stop, &QPushButton::clicked, this, &ModelWorkPanel::stopRequested);
    connect(m_resume, &QPushButton::clicked, this, [this] { Q_EMIT resumeRequested(m_work.id); });
    connect(m_discard, &QPushButton::clicked, this, [this] { Q_EMIT discardRequested(m_work.id); });
    connect(m_close, &QPushButton::clicked, this, &ModelWorkPanel::closed);
    setWork({});
}

void ModelWorkPanel::setWork(const ModelWorkView& work) {
    using State = ModelWorkView::State;
    m_work = work;
    QWidget* focus = QApplication::focusWidget();
    const bool held = focus != nullptr && isAncestorOf(focus);
    setVisible(work.state != State::None);
    m_title->setText(workTitle(work));
    m_problem->setText(work.problem);
    m_problem->setVisible(!work.problem.isEmpty());
    setStyleProperty(*m_problem, "tone", QStringLiteral("danger"));
    m_bar->setVisible(work.busy());
    m_bar->setRange(0, work.bytesTotal > 0 ? kBarSteps : 0);
    m_bar->setValue(work.bytesTotal > 0
                        ? static_cast<int>(static_cast<double>(work.bytesDone) /
                                           static_cast<double>(work.bytesTotal) * kBarSteps)
                        : 0);
    m_numbers->setText(workNumbers(work));
    m_numbers->setVisible(!m_numbers->text().isEmpty() &&
                          (work.busy() || work.state == State::Stopped));
    m_stop->setVisible(work.busy());
    m_stop->setEnabled(work.state == State::Running);
    m_resume->setVisible(!work.busy() && work.canGoOn);
    m_discard->setVisible(!work.busy() && work.canGoOn);
    m_close->setVisible(!work.busy());
    if (held && !focus->isVisibleTo(this)) { // what was pressed is gone
        (m_resume->isVisibleTo(this) ? m_resume : m_close)->setFocus();
    }
}

} // namespace phial::ui
