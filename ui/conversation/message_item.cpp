// SPDX-License-Identifier: MIT
#include "ui/conversation/message_item.h"

#include "ui/contracts/languages.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QStyle>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

constexpr double kTop = 14;
constexpr double kBlockGap = 11;
constexpr double kBubbleX = 14;
constexpr double kBubbleY = 9;
constexpr double kLineSlack = 2.5; // a tall line has its spare room below the letters
constexpr double kFooter = 32;
constexpr double kQuoteBar = 16; // indent of transcripts and translations

QString tr(const char* text) {
    return QCoreApplication::translate("ConversationView", text);
}

RenderedBlock::Kind renderedKind(markdown::BlockKind kind) {
    switch (kind) {
    case markdown::BlockKind::Code:
        return RenderedBlock::Kind::Code;
    case markdown::BlockKind::Rule:
        return RenderedBlock::Kind::Rule;
    case markdown::BlockKind::Text:
        break;
    }
    return RenderedBlock::Kind::Markdown;
}

bool isRunning(MessageState state) {
    return state == MessageState::Waiting || state == MessageState::Streaming;
}

} // namespace

MessageItem::MessageItem(const Theme& theme)
    : m_theme(theme)
    , m_media(theme) {}

void MessageItem::setView(const MessageView& view) {
    m_view = view;
    m_view.text.clear(); // the text is kept once, by setText()
    m_media.setAttachments(view.attachments);
    if (!isRunning(view.state) && !m_splitFinished && view.author == Author::Assistant) {
        m_splitter.finish();
        m_splitFinished = true;
        rebuildBlocks();
    }
    layout();
}

void MessageItem::setText(const QString& text) {
    if (text == m_text && !(m_blocks.empty() && !text.isEmpty())) {
        return;
    }
    const bool grew = !m_splitFinished && text.startsWith(m_text);
    const QString added = grew ? text.mid(m_text.size()) : text;
    m_text = text;
    if (m_view.author == Author::User) {
        m_blocks.clear();
        if (!text.isEmpty()) {
            m_blocks.emplace_back(m_theme, RenderedBlock::Kind::Plain, text);
        }
    } else {
        if (!grew) {
            m_splitter = {};
            m_splitFinished = false;
            m_frozen = 0;
            m_blocks.clear();
        }
        m_splitter.append(added);
        if (!isRunning(m_view.state)) {
            m_splitter.finish();
            m_splitFinished = true;
        }
        rebuildBlocks();
    }
    layout();
}

void MessageItem::rebuildBlocks() {
    const QString& text = m_splitter.text();
    const QList<markdown::Block>& closed = m_splitter.closed();
    const QList<markdown::Block> open = m_splitFinished ? QList<markdown::Block>() : m_splitter.open();
    const auto total = static_cast<std::size_t>(closed.size() + open.size());
    for (std::size_t i = m_frozen; i < total; ++i) { // what was closed before is as it was
        const auto at = static_cast<qsizetype>(i);
        const markdown::Block& block =
            at < closed.size() ? closed[at] : open[at - closed.size()];
        const QString source = text.mid(block.begin, block.end - block.begin);
        if (i < m_blocks.size()) {
            m_blocks[i].setSource(renderedKind(block.kind), source);
        } else {
            m_blocks.emplace_back(m_theme, renderedKind(block.kind), source);
        }
    }
    m_blocks.erase(m_blocks.begin() + static_cast<std::ptrdiff_t>(total), m_blocks.end());
    m_frozen = static_cast<std::size_t>(closed.size());
}

void MessageItem::setGeometry(double width, Qt::LayoutDirection direction) {
    if (width != m_width || direction != m_direction) {
        m_width = width;
        m_direction = direction;
        layout();
    }
}

double MessageItem::height() const {
    return m_height;
}

void MessageItem::layout() {
    m_tops.assign(m_blocks.size(), 0);
    if (m_width <= 0) {
        return;
    }
    if (m_view.author == Author::User) {
        layoutUser();
    } else {
        layoutAssistant();
    }
}

QRectF MessageItem::mirrored(const QRectF& rect) const {
    QRectF result = rect;
    if (m_direction == Qt::RightToLeft) {
        result.moveLeft(m_width - rect.right());
    }
    return result;
}

double MessageItem::bodyLeft() const {
    return m_body.left() + (m_view.author == Author::User ? kBubbleX : 0);
}

void MessageItem::layoutUser() {
    double y = kTop;
    m_caption = {};
    if (m_view.action != Action::Ask) {
        const double line = QFontMetricsF(m_theme.font(0.88)).height() + 6;
        m_caption = mirrored({0, y, m_width, line});
        y += line;
    }
    y += m_media.layout(y, m_width);
    if (m_direction == Qt::RightToLeft) {
        m_media.mirror(m_width);
    }
    m_body = QRectF(m_width, y, 0, 0);
    if (!m_blocks.empty()) {
        RenderedBlock& block = m_blocks.front();
        const double most = std::min(m_width * 0.86, m_width - 24.0) - 2 * kBubbleX;
        block.setWidth(most);
        const double ideal = block.fittedWidth();
        m_body = mirrored({m_width - ideal - 2 * kBubbleX, y, ideal + 2 * kBubbleX,
                           block.height() + 2 * kBubbleY});
        m_tops.front() = y + kBubbleY + kLineSlack;
        y += m_body.height();
    }
    m_note = {};
    m_height = y + kFooter;
}

void MessageItem::layoutAssistant() {
    const double line = QFontMetricsF(m_theme.font(0.92)).height() + 10;
    m_caption = QRectF(0, kTop, m_width, line);
    double y = kTop + line;
    const bool quoted = m_view.action != Action::Ask;
    const double left = quoted ? kQuoteBar : 0;
    m_body = mirrored({left, y, m_width - left, 0});
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        m_blocks[i].setWidth(m_width - left);
        m_tops[i] = y;
        y += m_blocks[i].height() + (i + 1 < m_blocks.size() ? kBlockGap : 0);
    }
    if (m_blocks.empty() && isRunning(m_view.state)) {
        y += m_theme.scaled(22); // the waiting dots
    }
    m_body.setBottom(y);
    m_note = {};
    const QString note = noteText();
    if (!note.isEmpty()) {
        const double icon = m_theme.scaled(18) + 24;
        const QFontMetricsF metrics(m_theme.font(0.92));
        const QRectF text = metrics.boundingRect(QRectF(0, 0, m_width - icon - 14, 4000),
                                                 Qt::TextWordWrap, note);
        const double gap = m_blocks.empty() ? 2 : 10;
        m_note = QRectF(0, y + gap, m_width, text.height() + 18);
        y = m_note.bottom();
    }
    m_height = y + kFooter;
}

bool MessageItem::measure(double top, double bottom) {
    bool changed = false;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        RenderedBlock& block = m_blocks[i];
        if (!block.measured() && m_tops[i] <= bottom && m_tops[i] + block.height() >= top) {
            block.measure();
            changed = true;
            layout(); // what follows moves, so the range is compared with exact places
        }
    }
    return changed;
}

bool MessageItem::measureNext() {
    for (RenderedBlock& block : m_blocks) {
        if (!block.measured()) {
            block.measure();
            block.release();
            layout();
            return true;
        }
    }
    return false;
}

void MessageItem::releaseOutside(double top, double bottom) {
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        if (m_blocks[i].measured() && (m_tops[i] > bottom || m_tops[i] + m_blocks[i].height() < top)) {
            m_blocks[i].release();
        }
    }
}

void MessageItem::invalidate() {
    for (RenderedBlock& block : m_blocks) {
        block.invalidate();
    }
    layout();
}

QRectF MessageItem::footer() const {
    return {0, m_height - kFooter + 2, m_width, kFooter - 2};
}

QString MessageItem::heading() const {
    switch (m_view.action) {
    case Action::Transcribe:
        return tr("Transcript");
    case Action::Translate:
        return m_view.language.isEmpty() ? tr("Translation")
                                         : tr("Translation · %1").arg(languageName(m_view.language));
    case Action::Ask:
        break;
    }
    return QStringLiteral("Phial");
}

QString MessageItem::noteText() const {
    switch (m_view.state) {
    case MessageState::Failed:
        return m_view.note.isEmpty() ? tr("The answer could not be written.") : m_view.note;
    case MessageState::Stopped:
        return tr("Stopped. What was written so far is kept.");
    case MessageState::Shortened:
        return m_view.note.isEmpty() ? tr("Ended early: no room for more.") : m_view.note;
    case MessageState::Interrupted:
        return tr("Phial was closed before this answer was complete.");
    case MessageState::Waiting:
    case MessageState::Streaming:
    case MessageState::Done:
        break;
    }
    return {};
}

void MessageItem::paintUserFrame(QPainter& painter) const {
    const Colors& colors = m_theme.colors();
    if (!m_caption.isEmpty()) {
        const bool translate = m_view.action == Action::Translate;
        const QString label = !translate ? tr("Transcribe")
                              : m_view.language.isEmpty()
                                  ? tr("Translate")
                                  : tr("Translate to %1").arg(languageName(m_view.language));
        const QFont font = m_theme.font(0.88);
        painter.setFont(font);
        painter.setPen(colors.muted);
        const double size = m_theme.scaled(15);
        const double width = QFontMetricsF(font).horizontalAdvance(label);
        const QRectF text = mirrored({m_width - width - 2, kTop, width + 2, m_caption.height() - 6});
        painter.drawText(text, Qt::AlignCenter, label);
        const QRectF icon = mirrored({m_width - width - size - 9, kTop, size, m_caption.height() - 6});
        paintIcon(painter, translate ? "translate" : "transcript",
                  QRectF(icon.left(), icon.center().y() - size / 2, size, size), colors.muted);
    }
    m_media.paint(painter);
    if (!m_blocks.empty()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.bubble);
        painter.drawRoundedRect(m_body, 12, 12);
    }
}

void MessageItem::paintAssistantFrame(QPainter& painter, int phase) const {
    const Colors& colors = m_theme.colors();
    const char* name = m_view.action == Action::Transcribe  ? "transcript"
                       : m_view.action == Action::Translate ? "translate"
                                                            : "chat";
    const double size = m_theme.scaled(17);
    const double middle = m_caption.top() + (m_caption.height() - 10) / 2;
    paintIcon(painter, name, mirrored({0, middle - size / 2, size, size}), colors.accent);
    painter.setFont(m_theme.font(0.92, QFont::DemiBold));
    painter.setPen(colors.text);
    const QRectF text = mirrored({size + 7, m_caption.top(), m_width - size - 7, m_caption.height() - 10});
    painter.drawText(text,
                     int(QStyle::visualAlignment(m_direction, Qt::AlignLeft)) | Qt::AlignVCenter |
                         Qt::TextSingleLine,
                     heading());
    if (m_view.action != Action::Ask) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colors.accent);
        painter.drawRoundedRect(mirrored({0, m_caption.bottom(), 3, m_body.height()}), 1.5, 1.5);
    }
    if (m_view.state == MessageState::Waiting && m_blocks.empty()) {
        painter.setPen(Qt::NoPen);
        for (int dot = 0; dot < 3; ++dot) {
            QColor color = colors.muted;
            color.setAlphaF(phase % 3 == dot ? 1.0F : 0.4F);
            painter.setBrush(color);
            const double radius = m_theme.scaled(6) / 2.0;
            const QRectF place = mirrored({bodyLeft() + 2 + dot * radius * 3.4, m_body.top() + 6,
                                           radius * 2, radius * 2});
            painter.drawEllipse(place);
        }
    }
}

void MessageItem::paintNote(QPainter& painter) const {
    const Colors& colors = m_theme.colors();
    const bool failed = m_view.state == MessageState::Failed;
    const double size = m_theme.scaled(18);
    painter.setPen(failed ? QPen(colors.danger, 1) : QPen(colors.border, 1));
    painter.setBrush(failed ? colors.dangerSoft : colors.code);
    painter.drawRoundedRect(m_note.adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    const QColor ink = failed ? colors.danger : colors.muted;
    const QRectF icon =
        mirrored({12, m_note.top() + 9 + (QFontMetricsF(m_theme.font(0.92)).height() - size) / 2, size, size});
    paintIcon(painter, failed ? "error" : "info", icon, ink);
    painter.setPen(failed ? colors.danger : colors.muted);
    painter.setFont(m_theme.font(0.92));
    painter.drawText(mirrored({size + 22, m_note.top() + 9, m_width - size - 36, m_note.height() - 18}),
                     Qt::TextWordWrap, noteText());
}

void MessageItem::paint(QPainter& painter, const QRectF& visible, const TextRange& selection,
                        int row, int phase) const {
    const Colors& colors = m_theme.colors();
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_view.author == Author::User) {
        paintUserFrame(painter);
    } else {
        paintAssistantFrame(painter, phase);
    }
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        const RenderedBlock& block = m_blocks[i];
        if (m_tops[i] > visible.bottom() || m_tops[i] + block.height() < visible.top()) {
            continue;
        }
        painter.save();
        painter.translate(bodyLeft(), m_tops[i]);
        block.paint(painter, rangeInBlock(selection, row, static_cast<int>(i), block.length()));
        painter.restore();
    }
    if (!m_note.isEmpty()) {
        paintNote(painter);
    }
    if (!m_view.stats.isEmpty() && m_view.author == Author::Assistant) {
        painter.setFont(m_theme.font(0.82));
        painter.setPen(colors.muted);
        painter.drawText(footer(),
                         int(QStyle::visualAlignment(m_direction, Qt::AlignRight)) | Qt::AlignVCenter,
                         m_view.stats);
    }
}

MessageHit MessageItem::hitTest(const QPointF& point) const {
    MessageHit hit;
    hit.attachment = m_media.at(point);
    if (hit.attachment >= 0) {
        hit.kind = MessageHit::Kind::Attachment;
        return hit;
    }
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        const RenderedBlock& block = m_blocks[i];
        const QPointF local = point - QPointF(bodyLeft(), m_tops[i]);
        if (local.y() >= block.height() + kBlockGap / 2 && i + 1 < m_blocks.size()) {
            continue;
        }
        hit.block = static_cast<int>(i);
        if (block.copyButton().contains(local)) {
            hit.kind = MessageHit::Kind::CopyCode;
            return hit;
        }
        hit.link = block.linkAt(local);
        hit.character = block.characterAt(local);
        const bool inside = local.y() >= -kBubbleY && local.y() <= block.height() + kBubbleY;
        hit.kind = !hit.link.isEmpty() ? MessageHit::Kind::Link
                   : inside            ? MessageHit::Kind::Text
                                       : MessageHit::Kind::None;
        return hit;
    }
    return hit;
}

QRectF MessageItem::copyButton(int block) const {
    return m_blocks[static_cast<std::size_t>(block)].copyButton().translated(
        bodyLeft(), m_tops[static_cast<std::size_t>(block)]);
}

QString MessageItem::selectedText(const TextRange& range, int row) const {
    QStringList parts;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        const RenderedBlock& block = m_blocks[i];
        const BlockRange part = rangeInBlock(range, row, static_cast<int>(i), block.length());
        if (part.begin < part.end) {
            parts.append(block.text(part));
        }
    }
    return parts.join(QStringLiteral("\n\n"));
}

QStringList MessageItem::codeBlocks() const {
    QStringList list;
    for (const RenderedBlock& block : m_blocks) {
        if (block.kind() == RenderedBlock::Kind::Code) {
            list.append(block.codeText());
        }
    }
    return list;
}

} // namespace phial::ui
