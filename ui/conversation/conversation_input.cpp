// SPDX-License-Identifier: MIT
// Pointer, keyboard, selection and clipboard of the conversation view.
#include "ui/conversation/conversation_view.h"
#include "ui/conversation/message_tools.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>
#include <QStyle>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QToolTip>

#include <cmath>

namespace phial::ui {

QPointF ConversationView::toItem(const QPointF& point, int row) const {
    return point - QPointF(columnLeft(), m_rows[static_cast<std::size_t>(row)].top -
                                             verticalScrollBar()->value());
}

TextPosition ConversationView::positionAt(const QPointF& point) const {
    if (m_rows.empty()) {
        return {};
    }
    const int row = std::max(0, rowAt(point.y() + verticalScrollBar()->value()));
    const MessageHit hit = item(row).hitTest(toItem(point, row));
    return {row, hit.block, hit.character};
}

void ConversationView::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || m_rows.empty()) {
        return;
    }
    const TextPosition place = positionAt(event->position());
    if (!(event->modifiers() & Qt::ShiftModifier) || m_selection.anchor.row < 0) {
        m_selection.anchor = place;
    }
    m_selection.caret = place;
    m_selecting = true;
    m_pressed = event->position();
    viewport()->update();
}

void ConversationView::mouseMoveEvent(QMouseEvent* event) {
    if (m_rows.empty()) {
        return;
    }
    const QPointF point = event->position();
    if (m_selecting) {
        m_selection.caret = positionAt(point);
        const double beyond = point.y() < 0                      ? point.y()
                              : point.y() > viewport()->height() ? point.y() - viewport()->height()
                                                                 : 0;
        if (beyond != 0) {
            verticalScrollBar()->setValue(verticalScrollBar()->value() + int(beyond / 2));
        }
        viewport()->update();
        return;
    }
    const int row = rowAt(point.y() + verticalScrollBar()->value());
    if (row != m_hover) {
        m_hover = row;
        updateTools();
    }
    Qt::CursorShape shape = Qt::ArrowCursor;
    if (row >= 0) {
        switch (item(row).hitTest(toItem(point, row)).kind) {
        case MessageHit::Kind::Text:
            shape = Qt::IBeamCursor;
            break;
        case MessageHit::Kind::None:
            break;
        default:
            shape = Qt::PointingHandCursor;
        }
    }
    viewport()->setCursor(shape);
}

void ConversationView::mouseReleaseEvent(QMouseEvent* event) {
    m_selecting = false;
    const bool click = (event->position() - m_pressed).manhattanLength() < 4;
    if (event->button() != Qt::LeftButton || !click || m_rows.empty()) {
        return;
    }
    const int row = rowAt(event->position().y() + verticalScrollBar()->value());
    if (row < 0) {
        return;
    }
    const MessageItem& message = item(row);
    const MessageHit hit = message.hitTest(toItem(event->position(), row));
    switch (hit.kind) {
    case MessageHit::Kind::CopyCode:
        copyText(message.block(hit.block).codeText(), tr("Code copied"));
        break;
    case MessageHit::Kind::Link:
        // Phial opens no connection, not even through a browser it starts.
        copyText(hit.link, tr("Link copied; Phial opens no web pages"));
        break;
    case MessageHit::Kind::Attachment:
        Q_EMIT attachmentActivated(message.view().attachments.value(hit.attachment));
        break;
    case MessageHit::Kind::Text:
    case MessageHit::Kind::None:
    case MessageHit::Kind::Retry:
        break;
    }
}

void ConversationView::mouseDoubleClickEvent(QMouseEvent* event) {
    const TextPosition place = positionAt(event->position());
    if (place.row < 0 || item(place.row).blockCount() <= place.block ||
        item(place.row).block(place.block).kind() == RenderedBlock::Kind::Rule) {
        return;
    }
    QTextCursor cursor(&item(place.row).block(place.block).document());
    cursor.setPosition(place.character);
    cursor.select(QTextCursor::WordUnderCursor);
    m_selection.anchor = {place.row, place.block, cursor.selectionStart()};
    m_selection.caret = {place.row, place.block, cursor.selectionEnd()};
    m_pressed = QPointF(-100, -100); // the release that follows is no click
    viewport()->update();
}

bool ConversationView::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::Leave && m_hover >= 0 && !m_tools->underMouse()) {
        m_hover = -1;
        updateTools();
    }
    return QAbstractScrollArea::viewportEvent(event);
}

void ConversationView::contextMenuEvent(QContextMenuEvent* event) {
    const bool byMouse = event->reason() == QContextMenuEvent::Mouse;
    const int row = byMouse ? rowAt(event->pos().y() + verticalScrollBar()->value())
                            : (m_current >= 0 ? m_current : rowCount() - 1);
    if (row < 0) {
        return;
    }
    const MessageView view = item(row).view();
    QMenu menu(this);
    if (!m_selection.empty()) {
        menu.addAction(tr("Copy Selection"), this, &ConversationView::copySelection);
    }
    menu.addAction(tr("Copy Message"), this,
                   [this, row] { copyText(item(row).text(), tr("Message copied")); });
    if (!view.tokenIds.isEmpty()) {
        menu.addAction(tr("Copy Token IDs"), this, [this, ids = view.tokenIds] {
            QStringList numbers;
            for (const int id : ids) {
                numbers.append(QString::number(id));
            }
            copyText(numbers.join(QStringLiteral(", ")),
                     tr("%n token ID(s) copied", nullptr, int(numbers.size())));
        });
    }
    const QStringList code = item(row).codeBlocks();
    for (int i = 0; i < code.size(); ++i) {
        const QString label =
            code.size() == 1 ? tr("Copy Code") : tr("Copy Code Block %1").arg(i + 1);
        menu.addAction(label, this, [this, text = code[i]] { copyText(text, tr("Code copied")); });
    }
    menu.addSeparator();
    const auto command = [&](const QString& label, MessageCommand what) {
        menu.addAction(label, this,
                       [this, what, id = view.id] { Q_EMIT commandRequested(what, id); });
    };
    if (view.author == Author::User) {
        command(tr("Edit and Send Again"), MessageCommand::Edit);
    } else if (row == rowCount() - 1) {
        command(tr("Answer Again"), MessageCommand::Regenerate);
    }
    if (view.variant > 0) {
        command(tr("Previous Variant"), MessageCommand::PreviousVariant);
    }
    if (view.variant + 1 < view.variants) {
        command(tr("Next Variant"), MessageCommand::NextVariant);
    }
    for (const AttachmentView& attachment : view.attachments) {
        menu.addAction(tr("Open “%1”").arg(attachment.name), this,
                       [this, attachment] { Q_EMIT attachmentActivated(attachment); });
    }
    menu.exec(byMouse ? event->globalPos() : viewport()->mapToGlobal(rowRect(row).topLeft()));
}

void ConversationView::keyPressEvent(QKeyEvent* event) {
    QScrollBar* bar = verticalScrollBar();
    const bool alt = event->modifiers().testFlag(Qt::AltModifier);
    if (event->matches(QKeySequence::Copy)) {
        copySelection();
    } else if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
    } else if (event->key() == Qt::Key_Down && !alt && m_current < 0) {
        bar->triggerAction(QAbstractSlider::SliderSingleStepAdd);
    } else if (event->key() == Qt::Key_Up && !alt && m_current < 0) {
        bar->triggerAction(QAbstractSlider::SliderSingleStepSub);
    } else if (event->key() == Qt::Key_Down) {
        setCurrentRow(m_current + 1);
    } else if (event->key() == Qt::Key_Up) {
        setCurrentRow(m_current < 0 ? rowCount() - 1 : std::max(0, m_current - 1));
    } else if (event->key() == Qt::Key_PageDown) {
        bar->triggerAction(QAbstractSlider::SliderPageStepAdd);
    } else if (event->key() == Qt::Key_PageUp) {
        bar->triggerAction(QAbstractSlider::SliderPageStepSub);
    } else if (event->key() == Qt::Key_Home) {
        bar->setValue(0);
    } else if (event->key() == Qt::Key_End) {
        scrollToEnd();
    } else {
        QAbstractScrollArea::keyPressEvent(event);
        return;
    }
    event->accept();
}

void ConversationView::focusInEvent(QFocusEvent* event) {
    // Arriving by Tab selects a message, so that its buttons are the next stop.
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason) {
        if (m_current < 0) {
            setCurrentRow(rowCount() - 1);
        }
    }
    viewport()->update();
    QAbstractScrollArea::focusInEvent(event);
}

void ConversationView::focusOutEvent(QFocusEvent* event) {
    viewport()->update();
    QAbstractScrollArea::focusOutEvent(event);
}

QString ConversationView::selectedText() const {
    QStringList parts;
    if (m_selection.empty()) {
        return {};
    }
    for (int row = m_selection.first().row; row <= m_selection.last().row && row < rowCount();
         ++row) {
        const QString text = item(row).selectedText(m_selection, row);
        if (!text.isEmpty()) {
            parts.append(text);
        }
    }
    return parts.join(QStringLiteral("\n\n"));
}

void ConversationView::selectAll() {
    if (m_rows.empty()) {
        return;
    }
    m_selection.anchor = {0, 0, 0};
    const int last = rowCount() - 1;
    const int block = std::max(0, item(last).blockCount() - 1);
    const int length = item(last).blockCount() > 0 ? item(last).block(block).length() : 0;
    m_selection.caret = {last, block, length};
    viewport()->update();
}

void ConversationView::copySelection() {
    const QString text = selectedText();
    if (!text.isEmpty()) {
        copyText(text, tr("Selection copied"));
    } else if (m_current >= 0) {
        copyText(item(m_current).text(), tr("Message copied"));
    }
}

void ConversationView::copyText(const QString& text, const QString& what) {
    QApplication::clipboard()->setText(text);
    Q_EMIT copied(what);
}

} // namespace phial::ui
