// SPDX-License-Identifier: MIT
#include "ui/conversation/rendered_block.h"

#include "ui/markdown/block_document.h"
#include "ui/theme/icons.h"
#include "ui/theme/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QCoreApplication>
#include <QPainter>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextDocumentFragment>

#include <atomic>
#include <cmath>

namespace phial::ui {
namespace {

constexpr int kCodePadding = 12;
constexpr int kCodeHeader = 30;
constexpr int kRuleHeight = 17;

std::atomic<long long> documentCount{0}; // a counter for tests, written in the GUI thread only

} // namespace

RenderedBlock::RenderedBlock(const Theme& theme, Kind kind, QString source)
    : m_theme(&theme)
    , m_kind(kind)
    , m_source(std::move(source)) {}

RenderedBlock::~RenderedBlock() = default;
RenderedBlock::RenderedBlock(RenderedBlock&&) noexcept = default;
RenderedBlock& RenderedBlock::operator=(RenderedBlock&&) noexcept = default;

void RenderedBlock::setSource(Kind kind, const QString& source) {
    if (kind == m_kind && source == m_source) {
        return;
    }
    bool keep = false;
    if (m_document && kind == Kind::Code && m_kind == Kind::Code) {
        const markdown::Code before = markdown::readCode(m_source);
        const markdown::Code after = markdown::readCode(source);
        if (before.language == after.language && after.text.startsWith(before.text)) {
            QTextCursor cursor(m_document.get());
            cursor.movePosition(QTextCursor::End);
            cursor.insertText(after.text.mid(before.text.size()));
            keep = true;
        }
    }
    m_kind = kind;
    m_source = source;
    m_measured = false;
    m_fitted = 0;
    if (!keep) {
        m_document.reset();
    }
    m_height = std::max(m_height, estimate());
}

void RenderedBlock::setWidth(double width) {
    if (width != m_width) {
        m_width = width;
        m_measured = false;
        m_fitted = 0;
        m_height = estimate();
        if (m_document) {
            m_document->setTextWidth(textWidth());
        }
    }
}

double RenderedBlock::textWidth() const {
    return std::max(20.0, m_kind == Kind::Code ? m_width - 2 * kCodePadding : m_width);
}

double RenderedBlock::estimate() const {
    if (m_kind == Kind::Rule) {
        return kRuleHeight;
    }
    const QFontMetricsF metrics(m_kind == Kind::Code ? m_theme->monospace() : m_theme->font());
    const double perLine = std::max(1.0, textWidth() / metrics.averageCharWidth());
    const double wrapped = std::ceil(static_cast<double>(m_source.size()) / perLine);
    const double lines = std::max(wrapped, static_cast<double>(m_source.count(u'\n') + 1));
    const double frame = m_kind == Kind::Code ? kCodeHeader + 2 * kCodePadding : 0;
    return lines * metrics.lineSpacing() * 1.3 + frame;
}

QTextDocument& RenderedBlock::document() const {
    if (!m_document) {
        ++documentCount;
        switch (m_kind) {
        case Kind::Code:
            m_document = markdown::makeCodeDocument(*m_theme, markdown::readCode(m_source));
            break;
        case Kind::Plain:
            m_document = markdown::makePlainDocument(*m_theme, m_source);
            break;
        case Kind::Markdown:
        case Kind::Rule:
            m_document = markdown::makeTextDocument(*m_theme, m_source);
            break;
        }
        m_document->setTextWidth(m_fitted > 0 ? m_fitted : textWidth());
    }
    return *m_document;
}

void RenderedBlock::measure() {
    if (m_kind == Kind::Rule) {
        m_height = kRuleHeight;
    } else {
        if (m_kind == Kind::Plain) {
            // Laid out again at that width, so that right-to-left text begins at the bubble's edge.
            m_fitted = std::min(textWidth(), std::ceil(document().idealWidth()) + 1);
            document().setTextWidth(m_fitted);
        }
        m_height = std::ceil(document().size().height());
        if (m_kind == Kind::Code) {
            m_height += m_theme->scaled(kCodeHeader) + kCodePadding;
        }
    }
    m_measured = true;
}

void RenderedBlock::release() {
    m_document.reset();
}

void RenderedBlock::invalidate() {
    m_document.reset();
    m_measured = false;
    m_fitted = 0;
    m_height = estimate();
}

QPointF RenderedBlock::textOrigin() const {
    return m_kind == Kind::Code ? QPointF(kCodePadding, m_theme->scaled(kCodeHeader)) : QPointF();
}

QRectF RenderedBlock::copyButton() const {
    if (m_kind != Kind::Code) {
        return {};
    }
    const QFontMetricsF metrics(m_theme->font(0.85));
    const QString label = QCoreApplication::translate("ConversationView", "Copy");
    const double width = metrics.horizontalAdvance(label) + m_theme->scaled(16) + 20;
    return {m_width - width - 4, 3, width, m_theme->scaled(kCodeHeader) - 6.0};
}

QString RenderedBlock::codeText() const {
    return m_kind == Kind::Code ? markdown::readCode(m_source).text : QString();
}

void RenderedBlock::paint(QPainter& painter, BlockRange selected) const {
    const Colors& colors = m_theme->colors();
    if (m_kind == Kind::Rule) {
        painter.fillRect(QRectF(0, std::floor(kRuleHeight / 2.0), m_width, 1), colors.border);
        return;
    }
    if (m_kind == Kind::Code) {
        painter.setPen(QPen(colors.border, 1));
        painter.setBrush(colors.code);
        painter.drawRoundedRect(QRectF(0.5, 0.5, m_width - 1, m_height - 1), 9, 9);
        const double header = m_theme->scaled(kCodeHeader);
        painter.setFont(m_theme->font(0.85));
        painter.setPen(colors.muted);
        painter.drawText(QRectF(kCodePadding, 0, m_width / 2, header),
                         Qt::AlignAbsolute | Qt::AlignLeft | Qt::AlignVCenter, markdown::readCode(m_source).language);
        const QRectF button = copyButton();
        const double size = m_theme->scaled(16);
        paintIcon(painter, "copy",
                  QRectF(button.left() + 6, button.center().y() - size / 2, size, size),
                  colors.muted);
        painter.drawText(button.adjusted(size + 10, 0, 0, 0), Qt::AlignAbsolute | Qt::AlignLeft | Qt::AlignVCenter,
                         QCoreApplication::translate("ConversationView", "Copy"));
    }
    QTextDocument& doc = document();
    QAbstractTextDocumentLayout::PaintContext context;
    context.palette.setColor(QPalette::Text, colors.text);
    if (selected.begin < selected.end) {
        QAbstractTextDocumentLayout::Selection selection;
        selection.cursor = QTextCursor(&doc);
        selection.cursor.setPosition(selected.begin);
        selection.cursor.setPosition(std::min(selected.end, length()), QTextCursor::KeepAnchor);
        selection.format.setBackground(colors.selection);
        context.selections.append(selection);
    }
    painter.save();
    painter.translate(textOrigin());
    doc.documentLayout()->draw(&painter, context);
    painter.restore();
}

int RenderedBlock::characterAt(const QPointF& point) const {
    if (m_kind == Kind::Rule) {
        return 0;
    }
    return std::max(0, document().documentLayout()->hitTest(point - textOrigin(), Qt::FuzzyHit));
}

QString RenderedBlock::linkAt(const QPointF& point) const {
    return m_kind == Kind::Markdown ? document().documentLayout()->anchorAt(point) : QString();
}

QString RenderedBlock::text(BlockRange range) const {
    if (m_kind == Kind::Rule || range.begin >= range.end) {
        return {};
    }
    QTextCursor cursor(&document());
    cursor.setPosition(range.begin);
    cursor.setPosition(std::min(range.end, length()), QTextCursor::KeepAnchor);
    return cursor.selection().toPlainText();
}

int RenderedBlock::length() const {
    return m_kind == Kind::Rule ? 0 : document().characterCount() - 1;
}

long long RenderedBlock::documentsBuilt() {
    return documentCount;
}

} // namespace phial::ui
