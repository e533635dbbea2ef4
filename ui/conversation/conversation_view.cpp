// SPDX-License-Identifier: MIT
// Layout, following the model, and painting; input is in conversation_input.cpp.
#include "ui/conversation/conversation_view.h"

#include "ui/conversation/conversation_accessible.h"
#include "ui/conversation/message_tools.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModel>
#include <QAccessible>
#include <QElapsedTimer>
#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kColumn = 760; // about 90 characters: longer lines are hard to read
constexpr int kFlushMs = 33;
constexpr int kWaitMs = 400;
constexpr int kIdleBudgetMs = 5;
constexpr double kTopMargin = 8;
constexpr double kBottomMargin = 18;
constexpr int kJumpSize = 34;

} // namespace

ConversationView::ConversationView(const Theme& theme, QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_theme(theme)
    , m_tools(new MessageTools(theme, viewport()))
    , m_jump(new QToolButton(viewport())) {
    installConversationAccessibility();
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Conversation"));
    viewport()->setMouseTracking(true);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAutoFillBackground(false);

    m_jump->setObjectName(QStringLiteral("jump"));
    m_jump->setIcon(icon(theme, "arrow-down"));
    m_jump->setIconSize(QSize(18, 18));
    m_jump->setFixedSize(kJumpSize, kJumpSize);
    m_jump->setCursor(Qt::ArrowCursor);
    m_jump->setToolTip(tr("Go to the end"));
    m_jump->setAccessibleName(tr("Go to the end"));
    m_jump->hide();
    m_tools->hide();

    m_flushTimer.setSingleShot(true);
    m_flushTimer.setInterval(kFlushMs);
    m_idleTimer.setInterval(0);
    m_waitTimer.setInterval(kWaitMs);
    connect(&m_flushTimer, &QTimer::timeout, this, &ConversationView::flush);
    connect(&m_idleTimer, &QTimer::timeout, this, &ConversationView::measureIdle);
    connect(&m_waitTimer, &QTimer::timeout, this, [this] {
        ++m_phase;
        viewport()->update();
    });
    connect(m_jump, &QToolButton::clicked, this, &ConversationView::scrollToEnd);
    connect(m_tools, &MessageTools::copyRequested, this, [this] {
        if (const int row = toolsRow(); row >= 0) {
            copyText(item(row).text(), tr("Message copied"));
        }
    });
    const auto command = [this](MessageCommand what) {
        return [this, what] {
            if (const int row = toolsRow(); row >= 0) {
                Q_EMIT commandRequested(what, item(row).view().id);
            }
        };
    };
    connect(m_tools, &MessageTools::regenerateRequested, this, command(MessageCommand::Regenerate));
    connect(m_tools, &MessageTools::editRequested, this, command(MessageCommand::Edit));
    connect(m_tools, &MessageTools::previousRequested, this,
            command(MessageCommand::PreviousVariant));
    connect(m_tools, &MessageTools::nextRequested, this, command(MessageCommand::NextVariant));
    connect(&theme, &Theme::changed, this, [this] {
        const Anchor kept = anchor();
        for (Row& row : m_rows) {
            row.item->invalidate();
        }
        updateLayout(kept);
    });
}

ConversationView::~ConversationView() = default;

void ConversationView::setModel(QAbstractItemModel* model) {
    if (m_model) {
        m_model->disconnect(this);
    }
    m_model = model;
    if (model != nullptr) {
        connect(model, &QAbstractItemModel::modelReset, this, &ConversationView::reload);
        connect(model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex&, int first, int last) { insertRows(first, last); });
        connect(model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex&, int first, int last) { removeRows(first, last); });
        connect(model, &QAbstractItemModel::dataChanged, this, &ConversationView::onDataChanged);
    }
    reload();
}

void ConversationView::reload() {
    m_rows.clear();
    m_selection = {};
    m_current = m_hover = -1;
    m_stick = true;
    if (m_model && m_model->rowCount() > 0) {
        insertRows(0, m_model->rowCount() - 1);
    } else {
        updateLayout();
    }
}

void ConversationView::insertRows(int first, int last) {
    for (int row = first; row <= last; ++row) {
        Row fresh;
        fresh.item = std::make_unique<MessageItem>(m_theme);
        m_rows.insert(m_rows.begin() + row, std::move(fresh));
        refresh(row);
    }
    m_selection = {};
    // A question that was just sent is what its writer wants to see.
    m_stick = m_stick || item(last).view().author == Author::User;
    updateLayout();
}

void ConversationView::removeRows(int first, int last) {
    m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
    m_selection = {};
    m_current = std::min(m_current, rowCount() - 1);
    m_hover = -1;
    updateLayout();
}

void ConversationView::onDataChanged(const QModelIndex& first, const QModelIndex& last) {
    for (int row = first.row(); row <= last.row() && row < rowCount(); ++row) {
        m_rows[static_cast<std::size_t>(row)].stale = true;
    }
    if (!m_flushTimer.isActive()) {
        m_flushTimer.start();
    }
}

void ConversationView::flush() {
    m_flushTimer.stop();
    bool any = false;
    const Anchor kept = anchor();
    for (int row = 0; row < rowCount(); ++row) {
        if (m_rows[static_cast<std::size_t>(row)].stale) {
            refresh(row);
            any = true;
        }
    }
    if (any) {
        updateLayout(kept);
    }
}

void ConversationView::refresh(int row) {
    Row& entry = m_rows[static_cast<std::size_t>(row)];
    entry.stale = false;
    const QModelIndex index = m_model->index(row, 0);
    const MessageState before = entry.item->view().state;
    const auto view = index.data(ViewRole).value<MessageView>();
    entry.item->setView(view);
    entry.item->setText(index.data(TextRole).toString());
    const bool ended = view.state != MessageState::Waiting && view.state != MessageState::Streaming;
    if (before == MessageState::Streaming && ended) {
        announce(row);
    }
}

void ConversationView::announce(int row) {
    QAccessibleEvent event(this, QAccessible::Alert);
    event.setChild(row);
    QAccessible::updateAccessibility(&event);
}

double ConversationView::columnLeft() const {
    return std::floor((viewport()->width() - m_columnWidth) / 2);
}

void ConversationView::place() {
    const double margin = viewport()->width() < 600 ? 14 : 28;
    m_columnWidth =
        std::max(120.0, std::min(double(m_theme.scaled(kColumn)), viewport()->width() - 2 * margin));
    double y = kTopMargin;
    for (Row& row : m_rows) {
        row.item->setGeometry(m_columnWidth, layoutDirection());
        row.top = y;
        y += row.item->height();
    }
    m_contentHeight = y + kBottomMargin;
    const int range = std::max(0, int(std::ceil(m_contentHeight)) - viewport()->height());
    verticalScrollBar()->setRange(0, range);
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(m_theme.scaled(22));
}

ConversationView::Anchor ConversationView::anchor() const {
    const double top = verticalScrollBar()->value();
    const double bottom = top + viewport()->height();
    const int first = std::max(0, rowAt(top));
    Anchor covering; // a block that begins above the viewport; used when it fills all of it
    for (int row = first; row < rowCount(); ++row) {
        const MessageItem& message = item(row);
        const double rowTop = m_rows[static_cast<std::size_t>(row)].top;
        if (rowTop > bottom) {
            break;
        }
        if (rowTop >= top) {
            return {row, -1, top - rowTop};
        }
        for (int i = 0; i < message.blockCount(); ++i) {
            const double blockTop = rowTop + message.blockTop(i);
            if (blockTop >= top && blockTop < bottom) {
                return {row, i, top - blockTop};
            }
            if (blockTop < top) {
                covering = {row, i, top - blockTop};
            }
        }
    }
    return covering;
}

double ConversationView::anchorTop(const Anchor& anchor) const {
    if (anchor.row < 0 || anchor.row >= rowCount()) {
        return verticalScrollBar()->value();
    }
    const MessageItem& message = item(anchor.row);
    const bool known = anchor.block >= 0 && anchor.block < message.blockCount();
    return m_rows[static_cast<std::size_t>(anchor.row)].top +
           (known ? message.blockTop(anchor.block) : 0) + anchor.offset;
}

bool ConversationView::measureVisible() {
    const double top = verticalScrollBar()->value() - 200.0;
    const double bottom = verticalScrollBar()->value() + viewport()->height() + 200.0;
    const double keep = 3.0 * viewport()->height();
    bool changed = false;
    for (Row& row : m_rows) {
        if (row.top <= bottom && row.top + row.item->height() >= top) {
            changed = row.item->measure(top - row.top, bottom - row.top) || changed;
        }
        row.item->releaseOutside(top - keep - row.top, bottom + keep - row.top);
    }
    return changed;
}

void ConversationView::updateLayout() {
    updateLayout(anchor());
}

void ConversationView::updateLayout(const Anchor& kept) {
    if (m_updating) {
        return;
    }
    m_updating = true;
    for (int round = 0; round < 8; ++round) {
        place();
        verticalScrollBar()->setValue(m_stick ? verticalScrollBar()->maximum()
                                              : int(std::lround(anchorTop(kept))));
        if (!measureVisible()) {
            break;
        }
    }
    m_updating = false;
    m_idleTimer.start();
    updateTools();
    updateAnimation();
    viewport()->update();
}

void ConversationView::measureIdle() {
    // Heights of what nobody has seen yet, in slices short enough never to be felt.
    QElapsedTimer clock;
    clock.start();
    bool more = false;
    bool changed = false;
    for (Row& row : m_rows) {
        while ((more = row.item->measureNext())) {
            changed = true;
            if (clock.elapsed() >= kIdleBudgetMs) {
                break;
            }
        }
        if (more) {
            break;
        }
    }
    if (!more) {
        m_idleTimer.stop();
    }
    if (changed) {
        m_updating = true;
        const Anchor kept = anchor();
        place();
        verticalScrollBar()->setValue(m_stick ? verticalScrollBar()->maximum()
                                              : int(std::lround(anchorTop(kept))));
        m_updating = false;
        updateTools();
        viewport()->update();
    }
}

void ConversationView::updateAnimation() {
    const bool waiting = std::any_of(m_rows.begin(), m_rows.end(), [](const Row& row) {
        return row.item->view().state == MessageState::Waiting;
    });
    if (waiting != m_waitTimer.isActive()) {
        waiting ? m_waitTimer.start() : m_waitTimer.stop();
    }
}

int ConversationView::rowAt(double y) const {
    const auto found = std::upper_bound(m_rows.begin(), m_rows.end(), y,
                                        [](double value, const Row& row) { return value < row.top; });
    return static_cast<int>(found - m_rows.begin()) - 1;
}

int ConversationView::toolsRow() const {
    if (m_hover >= 0 && m_hover < rowCount()) {
        return m_hover;
    }
    if (m_current >= 0 && m_current < rowCount()) {
        return m_current;
    }
    return rowCount() - 1;
}

void ConversationView::updateTools() {
    const int row = toolsRow();
    const bool shown = row >= 0 && item(row).view().state != MessageState::Waiting &&
                       item(row).view().state != MessageState::Streaming;
    if (shown) {
        const MessageItem& message = item(row);
        const bool last = row == rowCount() - 1;
        m_tools->setMessage(message.view(), last ? MessageTools::Regenerable::Yes
                                                 : MessageTools::Regenerable::No);
        const bool user = message.view().author == Author::User;
        const bool right = user != (layoutDirection() == Qt::RightToLeft);
        const QRectF footer = message.footer();
        const double y = m_rows[static_cast<std::size_t>(row)].top + footer.top() -
                         verticalScrollBar()->value();
        const double x = columnLeft() + (right ? m_columnWidth - m_tools->width() + 5 : -5);
        m_tools->move(int(x), int(y));
    }
    m_tools->setVisible(shown);
    m_jump->setVisible(!m_stick && verticalScrollBar()->maximum() > 0);
    m_jump->move((viewport()->width() - kJumpSize) / 2, viewport()->height() - kJumpSize - 10);
    m_jump->raise();
}

void ConversationView::scrollToEnd() {
    m_stick = true;
    updateLayout();
}

void ConversationView::setCurrentRow(int row) {
    row = std::clamp(row, -1, rowCount() - 1);
    if (row == m_current) {
        return;
    }
    m_current = row;
    m_hover = -1;
    if (row >= 0) {
        const Row& entry = m_rows[static_cast<std::size_t>(row)];
        const double value = verticalScrollBar()->value();
        const double height = viewport()->height();
        if (entry.top < value || entry.top + entry.item->height() > value + height) {
            m_stick = false;
            verticalScrollBar()->setValue(int(entry.top) - 8);
        }
        QAccessibleEvent event(this, QAccessible::Focus);
        event.setChild(row);
        QAccessible::updateAccessibility(&event);
    }
    updateLayout();
}

QRect ConversationView::rowRect(int row) const {
    const Row& entry = m_rows[static_cast<std::size_t>(row)];
    return QRectF(columnLeft(), entry.top - verticalScrollBar()->value(), m_columnWidth,
                  entry.item->height())
        .toAlignedRect();
}

QString ConversationView::spokenText(int row) const {
    const MessageItem& message = item(row);
    const MessageView& view = message.view();
    QStringList parts;
    for (const AttachmentView& attachment : view.attachments) {
        parts.append(attachment.name);
    }
    parts.append(message.text());
    if (view.state == MessageState::Failed) {
        parts.append(view.note);
    }
    const QString who = view.author == Author::User            ? tr("You")
                        : view.action == Action::Transcribe    ? tr("Transcript")
                        : view.action == Action::Translate     ? tr("Translation")
                                                               : QStringLiteral("Phial");
    parts.removeAll(QString());
    return QStringLiteral("%1: %2").arg(who, parts.join(QStringLiteral(". ")));
}

void ConversationView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.fillRect(event->rect(), m_theme.colors().window);
    const double value = verticalScrollBar()->value();
    const QRectF area = event->rect();
    for (int i = std::max(0, rowAt(value + area.top())); i < rowCount(); ++i) {
        const Row& row = m_rows[static_cast<std::size_t>(i)];
        const double top = row.top - value;
        if (top > area.bottom()) {
            break;
        }
        painter.save();
        painter.translate(columnLeft(), top);
        const QRectF visible(0, area.top() - top, m_columnWidth, area.height());
        row.item->paint(painter, visible, m_selection, i, m_phase);
        painter.restore();
        if (i == m_current && hasFocus()) {
            painter.setPen(QPen(m_theme.colors().focus, 2));
            painter.setBrush(Qt::NoBrush);
            painter.drawRoundedRect(QRectF(rowRect(i)).adjusted(-9, 4, 9, -2), 10, 10);
        }
    }
    if (hasFocus() && m_current < 0) {
        painter.setPen(QPen(m_theme.colors().focus, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(viewport()->rect()).adjusted(2, 2, -2, -2), 8, 8);
    }
}

void ConversationView::resizeEvent(QResizeEvent*) {
    updateLayout();
}

void ConversationView::scrollContentsBy(int, int) {
    if (m_updating) {
        return;
    }
    m_stick = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 3;
    m_updating = true;
    // What comes into view is measured now; its true height must not move what is being read.
    for (int round = 0; round < 4; ++round) {
        const Anchor kept = anchor();
        if (!measureVisible()) {
            break;
        }
        place();
        verticalScrollBar()->setValue(m_stick ? verticalScrollBar()->maximum()
                                              : int(std::lround(anchorTop(kept))));
    }
    m_updating = false;
    updateTools();
    viewport()->update();
}

void ConversationView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LayoutDirectionChange) {
        updateLayout();
    }
    QAbstractScrollArea::changeEvent(event);
}

} // namespace phial::ui
