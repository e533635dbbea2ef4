// SPDX-License-Identifier: MIT
#pragma once

#include "ui/conversation/text_position.h"

#include <QRectF>
#include <QString>

#include <memory>

class QPainter;
class QTextDocument;

namespace phial::ui {

class Theme;

/// One block of a message: a small QTextDocument that exists only while it is near the screen, and
/// its height, which is remembered. Coordinates are relative to the block's top left corner.
class RenderedBlock {
public:
    enum class Kind { Markdown, Code, Rule, Plain };

    RenderedBlock(const Theme& theme, Kind kind, QString source);
    ~RenderedBlock();
    RenderedBlock(RenderedBlock&&) noexcept;
    RenderedBlock& operator=(RenderedBlock&&) noexcept;

    Kind kind() const { return m_kind; }

    const QString& source() const { return m_source; }

    /// Does nothing when nothing changes. Code that only grows keeps its document.
    void setSource(Kind kind, const QString& source);

    void setWidth(double width);

    /// Exact once measured, otherwise an estimate from the number of characters.
    double height() const { return m_height; }

    bool measured() const { return m_measured; }

    /// Builds and lays out the document when there is none.
    QTextDocument& document() const;
    void measure();

    /// Width that Plain text really takes, once measured (short questions get small bubbles).
    double fittedWidth() const { return m_fitted > 0 ? m_fitted : m_width; }

    /// Frees the document; the height stays.
    void release();
    /// Theme or font have changed: nothing measured holds.
    void invalidate();

    void paint(QPainter& painter, BlockRange selected) const;

    /// Where the document is drawn.
    QPointF textOrigin() const;
    /// Button that copies code; empty for other kinds.
    QRectF copyButton() const;
    QString codeText() const;

    int characterAt(const QPointF& point) const;
    QString linkAt(const QPointF& point) const;
    QString text(BlockRange range) const;
    int length() const;

    /// How often a document was built from its source, by all blocks together: the measure of how
    /// much work streaming makes.
    static long long documentsBuilt();

private:
    double textWidth() const;
    double estimate() const;

    const Theme* m_theme;
    Kind m_kind;
    QString m_source;
    double m_width = 0;
    double m_height = 0;
    bool m_measured = false;
    QString m_language;
    double m_fitted = 0; // Plain: width that the measured text needs
    mutable std::unique_ptr<QTextDocument> m_document; // built when first needed, also by a const reader
};

} // namespace phial::ui
