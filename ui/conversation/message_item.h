// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/message_view.h"
#include "ui/conversation/media_strip.h"
#include "ui/conversation/rendered_block.h"
#include "ui/markdown/splitter.h"

#include <QRectF>

#include <vector>

class QPainter;

namespace phial::ui {

class Theme;

/// What lies under a point of a message.
struct MessageHit {
    enum class Kind { None, Text, Link, CopyCode, Attachment, Retry };

    Kind kind = Kind::None;
    int block = 0;
    int character = 0;
    int attachment = 0;
    QString link;
};

/// Layout and painting of one message; not a widget, so that a conversation of a thousand turns costs
/// what is on the screen. Coordinates are relative to the message's top left corner. GUI thread.
class MessageItem {
public:
    explicit MessageItem(const Theme& theme);

    /// Everything but the text.
    void setView(const MessageView& view);

    const MessageView& view() const { return m_view; }

    /// While an answer streams the text only grows and closed blocks stay as they are.
    void setText(const QString& text);

    const QString& text() const { return m_text; }

    void setGeometry(double width, Qt::LayoutDirection direction);
    double height() const;

    /// Measures what lies between two heights. True when the message's height or layout changed.
    bool measure(double top, double bottom);
    /// Measures one block that nobody has seen yet; false when all are measured.
    bool measureNext();
    void releaseOutside(double top, double bottom);
    void invalidate();

    /// `phase` counts up while the message waits (the moving dots).
    void paint(QPainter& painter, const QRectF& visible, const TextRange& selection, int row,
               int phase) const;

    MessageHit hitTest(const QPointF& point) const;
    QRectF copyButton(int block) const;
    QRectF attachmentRect(int index) const { return m_media.rect(index); }

    /// Line below the text where the action buttons go.
    QRectF footer() const;

    int blockCount() const { return static_cast<int>(m_blocks.size()); }

    const RenderedBlock& block(int index) const {
        return m_blocks[static_cast<std::size_t>(index)];
    }

    double blockTop(int index) const { return m_tops[static_cast<std::size_t>(index)]; }

    QString selectedText(const TextRange& range, int row) const;
    QStringList codeBlocks() const;

private:
    void rebuildBlocks();
    void layout();
    void layoutUser();
    void layoutAssistant();
    QRectF mirrored(const QRectF& rect) const;
    double bodyLeft() const;
    void paintUserFrame(QPainter& painter) const;
    void paintAssistantFrame(QPainter& painter, int phase) const;
    void paintNote(QPainter& painter) const;
    QString heading() const;
    QString noteText() const;

    const Theme& m_theme;
    MessageView m_view;
    QString m_text;
    markdown::Splitter m_splitter;
    bool m_splitFinished = false;
    std::size_t m_frozen = 0; // blocks that are closed and shown as such
    std::vector<RenderedBlock> m_blocks;
    std::vector<double> m_tops;
    MediaStrip m_media;
    double m_width = 0;
    Qt::LayoutDirection m_direction = Qt::LeftToRight;
    QRectF m_caption;
    QRectF m_body;
    QRectF m_note;
    double m_height = 0;
};

} // namespace phial::ui
