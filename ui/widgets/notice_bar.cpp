// SPDX-License-Identifier: MIT
#include "ui/widgets/notice_bar.h"

#include "ui/theme/style.h"
#include "ui/theme/theme.h"
#include "ui/widgets/flow_layout.h"

#include <QAccessible>
#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace phial::ui {
namespace {

struct Look {
    const char* icon;
    IconTone tone;
    QString property;
};

Look lookOf(Severity severity) {
    switch (severity) {
    case Severity::Warning:
        return {"warning", IconTone::Amber, QStringLiteral("warning")};
    case Severity::Error:
        return {"error", IconTone::Danger, QStringLiteral("danger")};
    case Severity::Info:
        break;
    }
    return {"info", IconTone::Accent, QString()};
}

QLabel* wrapped(const Theme& theme, const QString& text, QWidget* parent) {
    QLabel* label = makeLabel(theme, text, 0.95, parent);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

/// Something is wrong, or waits until one of the buttons is pressed; other notices only tell.
bool isPressing(const NoticeView& notice) {
    if (notice.severity != Severity::Info) {
        return true;
    }
    return std::any_of(notice.actions.begin(), notice.actions.end(), [](NoticeAction action) {
        switch (action) {
        case NoticeAction::StopCapture: // these lead somewhere or take something back
        case NoticeAction::Undo:
        case NoticeAction::OpenMeeting:
        case NoticeAction::TranscribeMeeting:
        case NoticeAction::ShowModels:
        case NoticeAction::ShowQueue:
        case NoticeAction::Acknowledge:
            return false;
        case NoticeAction::AddModel: // these are waited for
        case NoticeAction::RetryLoad:
        case NoticeAction::UseSoftwareDevice:
        case NoticeAction::ChooseDevice:
        case NoticeAction::RecheckDevices:
        case NoticeAction::ChooseMicrophone:
        case NoticeAction::RetryCapture:
        case NoticeAction::NewConversation:
        case NoticeAction::DropOldest:
        case NoticeAction::RemoveAttachments:
        case NoticeAction::RetryAnswer:
        case NoticeAction::Continue:
        case NoticeAction::ChooseLanguage:
            break;
        }
        return true;
    });
}

} // namespace

NoticeBar::NoticeBar(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_column(new QVBoxLayout(this))
    , m_others(makeTextButton(QString(), "link", this)) {
    m_column->setContentsMargins(0, 6, 0, 4);
    m_column->setSpacing(6);
    m_column->addWidget(m_others, 0, Qt::AlignRight);
    connect(m_others, &QPushButton::clicked, this, [this] {
        m_all = !m_all;
        arrange();
    });
    hide();
}

void NoticeBar::showNotice(const NoticeView& notice) {
    clearNotice(notice.key);
    QWidget* banner = build(notice);
    const bool pressing = isPressing(notice);
    const int place = pressing ? 0 : m_pressing;
    m_pressing += pressing ? 1 : 0;
    m_column->insertWidget(place, banner);
    m_notices.insert(notice.key, banner);
    m_order.insert(place, notice.key);
    arrange();
    QAccessibleEvent event(banner, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

void NoticeBar::clearNotice(const QString& key) {
    if (QWidget* old = m_notices.take(key)) {
        old->hide();
        old->deleteLater();
        m_pressing -= m_order.indexOf(key) < m_pressing ? 1 : 0;
        m_order.removeOne(key);
        arrange();
    }
}

void NoticeBar::arrange() {
    const int behind = int(m_order.size()) - 1;
    m_all = m_all && behind > 0;
    for (const QString& key : std::as_const(m_order)) {
        m_notices[key]->setVisible(m_all || key == m_order.first());
    }
    m_others->setVisible(behind > 0);
    m_others->setText(m_all ? tr("Show only the first")
                            : tr("Show other messages (%1)").arg(behind));
    setVisible(!m_order.isEmpty());
}

QWidget* NoticeBar::build(const NoticeView& notice) {
    const Look look = lookOf(notice.severity);
    auto* banner = new QFrame(this);
    banner->setObjectName(QStringLiteral("notice"));
    banner->setAccessibleName(QStringLiteral("%1 %2").arg(notice.title, notice.text));
    setStyleProperty(*banner, "tone", look.property);

    auto* symbol = new QLabel(banner);
    symbol->setPixmap(
        icon(m_theme, look.icon, look.tone).pixmap(QSize(20, 20), devicePixelRatioF()));
    connect(&m_theme, &Theme::changed, symbol, [this, symbol, look] {
        symbol->setPixmap(
            icon(m_theme, look.icon, look.tone).pixmap(QSize(20, 20), devicePixelRatioF()));
    });

    auto* texts = new QVBoxLayout;
    texts->setSpacing(2);
    QLabel* title = wrapped(m_theme, notice.title, banner);
    title->setFont(m_theme.font(0.95, QFont::DemiBold));
    texts->addWidget(title);
    if (!notice.text.isEmpty()) {
        texts->addWidget(wrapped(m_theme, notice.text, banner));
    }
    auto* buttons = new QWidget(banner);
    auto* flow = new FlowLayout(buttons, 6);
    bool first = true;
    for (const NoticeAction action : notice.actions) {
        QPushButton* button =
            makeTextButton(noticeActionText(action), first ? "primary" : "outlined", buttons);
        first = false;
        connect(button, &QPushButton::clicked, this,
                [this, key = notice.key, action] { Q_EMIT actionRequested(key, action); });
        flow->addWidget(button);
    }
    if (!notice.detail.isEmpty()) {
        QPushButton* details = makeTextButton(tr("Copy Details"), "outlined", buttons);
        details->setToolTip(notice.detail);
        connect(details, &QPushButton::clicked, this,
                [detail = notice.detail] { QApplication::clipboard()->setText(detail); });
        flow->addWidget(details);
    }
    if (flow->count() > 0) {
        texts->addSpacing(5);
        texts->addWidget(buttons);
    } else {
        buttons->hide();
    }

    auto* row = new QHBoxLayout(banner);
    row->setContentsMargins(14, 11, 8, 11);
    row->setSpacing(11);
    row->addWidget(symbol, 0, Qt::AlignTop);
    row->addLayout(texts, 1);
    if (notice.dismissable) {
        QToolButton* close =
            makeIconButton(m_theme, "close", tr("Dismiss"), banner, IconTone::Muted);
        close->setIconSize(QSize(14, 14));
        connect(close, &QToolButton::clicked, this, [this, key = notice.key] { clearNotice(key); });
        row->addWidget(close, 0, Qt::AlignTop);
    }
    return banner;
}

QString noticeActionText(NoticeAction action) {
    switch (action) {
    case NoticeAction::AddModel:
        return NoticeBar::tr("Add a Model…");
    case NoticeAction::ShowModels:
        return NoticeBar::tr("Show Models");
    case NoticeAction::RetryLoad:
        return NoticeBar::tr("Load Again");
    case NoticeAction::UseSoftwareDevice:
        return NoticeBar::tr("Use Anyway");
    case NoticeAction::ChooseDevice:
        return NoticeBar::tr("Choose Device…");
    case NoticeAction::RecheckDevices:
        return NoticeBar::tr("Check Again");
    case NoticeAction::ChooseMicrophone:
        return NoticeBar::tr("Choose Microphone…");
    case NoticeAction::RetryCapture:
        return NoticeBar::tr("Try Again");
    case NoticeAction::StopCapture:
        return NoticeBar::tr("Stop Recording");
    case NoticeAction::NewConversation:
        return NoticeBar::tr("New Chat");
    case NoticeAction::DropOldest:
        return NoticeBar::tr("Leave Out the Oldest Turns");
    case NoticeAction::RemoveAttachments:
        return NoticeBar::tr("Remove Attachments");
    case NoticeAction::RetryAnswer:
        return NoticeBar::tr("Answer Again");
    case NoticeAction::Undo:
        return NoticeBar::tr("Undo");
    case NoticeAction::OpenMeeting:
        return NoticeBar::tr("Open");
    case NoticeAction::TranscribeMeeting:
        return NoticeBar::tr("Transcribe Now");
    case NoticeAction::ShowQueue:
        return NoticeBar::tr("Show Queue");
    case NoticeAction::Acknowledge:
        return NoticeBar::tr("OK");
    case NoticeAction::Continue:
        return NoticeBar::tr("Continue");
    case NoticeAction::ChooseLanguage:
        return NoticeBar::tr("Choose Language…");
    }
    return {};
}

} // namespace phial::ui
