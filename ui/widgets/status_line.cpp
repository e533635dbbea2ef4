// SPDX-License-Identifier: MIT
#include "ui/widgets/status_line.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QToolButton>

#include <cmath>

namespace phial::ui {
namespace {

constexpr int kBriefMs = 4000;

} // namespace

StatusLine::StatusLine(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_symbol(new QLabel(this))
    , m_text(makeLabel(theme, QString(), 0.85, this))
    , m_progress(new QProgressBar(this))
    , m_cancel(makeIconButton(theme, "close", tr("Cancel"), this, IconTone::Muted)) {
    setObjectName(QStringLiteral("statusLine"));
    setAttribute(Qt::WA_StyledBackground);
    setStyleProperty(*m_text, "tone", QStringLiteral("muted"));
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(140);
    m_progress->setAccessibleName(tr("Progress"));
    m_cancel->setIconSize(QSize(13, 13));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 2, 12, 4);
    row->setSpacing(8);
    row->addWidget(m_symbol);
    row->addWidget(m_text);
    row->addWidget(m_progress);
    row->addWidget(m_cancel);
    row->addStretch(1);
    setFixedHeight(30);
    m_briefTimer.setSingleShot(true);
    m_briefTimer.setInterval(kBriefMs);
    connect(&m_briefTimer, &QTimer::timeout, this, [this] {
        m_brief.clear();
        refresh();
    });
    connect(m_cancel, &QToolButton::clicked, this, &StatusLine::cancelRequested);
    connect(&theme, &Theme::changed, this, &StatusLine::refresh);
    refresh();
}

void StatusLine::setJob(const JobView& job) {
    if (job != m_job) {
        m_job = job;
        refresh();
    }
}

void StatusLine::showBriefly(const QString& text) {
    m_brief = text;
    m_briefTimer.start();
    refresh();
}

void StatusLine::refresh() {
    const bool job = !m_job.text.isEmpty();
    const char* symbol = !m_brief.isEmpty() ? "check" : job ? "device" : "lock";
    m_symbol->setPixmap(icon(m_theme, symbol, IconTone::Muted).pixmap(QSize(15, 15), devicePixelRatioF()));
    m_text->setText(!m_brief.isEmpty() ? m_brief
                    : job              ? m_job.text
                                       : tr("Everything stays on this computer"));
    m_progress->setVisible(job);
    m_cancel->setVisible(job && m_job.cancellable);
    if (m_job.fraction < 0) {
        m_progress->setRange(0, 0);
    } else {
        m_progress->setRange(0, 1000);
        m_progress->setValue(int(std::lround(m_job.fraction * 1000)));
    }
}

} // namespace phial::ui
