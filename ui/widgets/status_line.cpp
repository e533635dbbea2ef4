// SPDX-License-Identifier: MIT
#include "ui/widgets/status_line.h"

#include "ui/meeting/queue_dialog.h"
#include "ui/theme/style.h"
#include "ui/theme/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kBriefMs = 4000;
constexpr int kNarrow = 640;

} // namespace

StatusLine::StatusLine(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_symbol(new QLabel(this))
    , m_text(makeLabel(theme, QString(), 0.85, this))
    , m_progress(new QProgressBar(this))
    , m_cancel(makeIconButton(theme, "close", tr("Cancel"), this, IconTone::Muted))
    , m_queue(makeTextButton(QString(), "statusButton", this))
    , m_queueProgress(new QProgressBar(this))
    , m_queueCancel(makeIconButton(theme, "close", tr("Cancel this work"), this, IconTone::Muted)) {
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
    m_queue->setIcon(icon(theme, "queue", IconTone::Muted));
    m_queue->setIconSize(QSize(15, 15));
    m_queue->setToolTip(tr("Open the queue (Ctrl+J)"));
    m_queueProgress->setTextVisible(false);
    m_queueProgress->setFixedWidth(90);
    m_queueProgress->setAccessibleName(tr("Progress of the queue"));
    m_queueCancel->setIconSize(QSize(13, 13));
    row->addWidget(m_queue);
    row->addWidget(m_queueProgress);
    row->addWidget(m_queueCancel);
    connect(m_queue, &QPushButton::clicked, this, &StatusLine::queueOpened);
    connect(m_queueCancel, &QToolButton::clicked, this, [this] {
        for (const QueueItem& item : std::as_const(m_items)) {
            if (item.state == QueueItem::State::Running) {
                Q_EMIT queueCancelRequested(item.number);
                return;
            }
        }
    });
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
    refreshQueue();
}

void StatusLine::setJob(const JobView& job) {
    if (job != m_job) {
        m_job = job;
        refresh();
    }
}

void StatusLine::setQueue(const QList<QueueItem>& items) {
    if (items != m_items) {
        m_items = items;
        refreshQueue();
    }
}

void StatusLine::refreshQueue() {
    using State = QueueItem::State;
    const auto with = [this](State state) {
        return std::find_if(m_items.cbegin(), m_items.cend(),
                            [state](const QueueItem& item) { return item.state == state; });
    };
    const auto count = [this](State state) {
        return int(std::count_if(m_items.cbegin(), m_items.cend(),
                                 [state](const QueueItem& item) { return item.state == state; }));
    };
    const int waiting = count(State::Waiting);
    const int failed = count(State::Failed);
    const auto running = with(State::Running);
    QString text;
    if (running != m_items.cend()) {
        const bool narrow = width() < m_theme.scaled(kNarrow);
        text = narrow && !running->detail.isEmpty() ? running->detail : running->text;
        if (!narrow && !running->detail.isEmpty()) {
            text += QStringLiteral(" · ") + running->detail;
        }
        if (waiting > 0) {
            text += QStringLiteral(" · ") + tr("%n more", nullptr, waiting);
        }
    } else if (waiting > 0) {
        text = tr("Queue: %1 waiting").arg(waiting);
    } else if (failed > 0) {
        text = tr("Queue: %1 failed").arg(failed);
    } else if (count(State::Paused) > 0) {
        text = tr("Queue is paused");
    }
    const bool runs = running != m_items.cend();
    m_queue->setVisible(!text.isEmpty());
    m_queueProgress->setVisible(runs && width() > m_theme.scaled(kNarrow));
    m_queueCancel->setVisible(runs);
    m_queue->setText(fontMetrics().elidedText(
        text, Qt::ElideRight,
        std::max(160, width() - m_theme.scaled(width() < m_theme.scaled(kNarrow) ? 330 : 420))));
    m_queue->setAccessibleName(tr("Queue: %1").arg(text));
    if (runs && running->fraction >= 0) {
        m_queueProgress->setRange(0, 1000);
        m_queueProgress->setValue(int(std::lround(running->fraction * 1000)));
    } else {
        m_queueProgress->setRange(0, 0);
    }
}

void StatusLine::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    refreshQueue();
}

void StatusLine::showBriefly(const QString& text) {
    m_brief = text;
    m_briefTimer.start();
    refresh();
}

void StatusLine::refresh() {
    const bool job = !m_job.text.isEmpty();
    const char* symbol = !m_brief.isEmpty() ? "check" : job ? "device" : "lock";
    m_symbol->setPixmap(
        icon(m_theme, symbol, IconTone::Muted).pixmap(QSize(15, 15), devicePixelRatioF()));
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
