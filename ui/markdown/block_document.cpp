// SPDX-License-Identifier: MIT
#include "ui/markdown/block_document.h"

#include "ui/markdown/code_highlighter.h"
#include "ui/theme/theme.h"

#include <QFontMetricsF>
#include <QTextBlock>
#include <QTextCursor>
#include <QTextFrame>
#include <QTextList>
#include <QTextOption>
#include <QTextTable>

#include <algorithm>
#include <array>

namespace phial::ui::markdown {
namespace {

constexpr int kLineHeightPercent = 135;
constexpr std::array<double, 6> kHeadingScale = {1.45, 1.25, 1.12, 1.0, 1.0, 1.0};

class ClosedDocument final : public QTextDocument {
public:
    using QTextDocument::QTextDocument;

protected:
    QVariant loadResource(int, const QUrl&) override { return {}; }
};

std::unique_ptr<QTextDocument> emptyDocument(const QFont& font) {
    auto document = std::make_unique<ClosedDocument>();
    document->setUndoRedoEnabled(false);
    document->setDocumentMargin(0);
    document->setDefaultFont(font);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    document->setDefaultTextOption(option);
    return document;
}

bool isCodeSpan(const QTextCharFormat& format) {
    return format.fontFixedPitch() || format.hasProperty(QTextFormat::FontFixedPitch);
}

void styleFragments(QTextDocument& document, const Theme& theme) {
    // Formats are collected first: changing them while walking would invalidate the walk.
    struct Change {
        int position;
        int length;
        QTextCharFormat format;
    };

    QList<Change> changes;
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().headingLevel();
        for (auto it = block.begin(); !it.atEnd(); ++it) {
            const QTextFragment fragment = it.fragment();
            QTextCharFormat format = fragment.charFormat();
            if (level > 0) {
                const double scale = kHeadingScale[static_cast<std::size_t>(std::min(level, 6) - 1)];
                format.clearProperty(QTextFormat::FontSizeAdjustment); // it would win over the size
                format.setFontPointSize(theme.font().pointSizeF() * scale);
                format.setFontWeight(QFont::DemiBold);
            }
            if (isCodeSpan(fragment.charFormat())) {
                const QFont mono = theme.monospace();
                format.setFontFamilies(mono.families());
                format.setBackground(theme.colors().code);
                format.setFontPointSize(mono.pointSizeF());
            }
            if (fragment.charFormat().isAnchor()) {
                format.setForeground(theme.colors().accent);
                format.setFontUnderline(true);
            }
            if (format != fragment.charFormat()) {
                changes.append({fragment.position(), fragment.length(), format});
            }
        }
    }
    QTextCursor cursor(&document);
    for (const Change& change : changes) {
        cursor.setPosition(change.position);
        cursor.setPosition(change.position + change.length, QTextCursor::KeepAnchor);
        cursor.setCharFormat(change.format);
    }
}

void styleBlocks(QTextDocument& document, const Theme& theme) {
    const double gap = theme.font().pointSizeF() * 0.75;
    QTextCursor cursor(&document);
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        cursor.setPosition(block.position());
        QTextBlockFormat format;
        const bool inTable = cursor.currentTable() != nullptr;
        if (!inTable) { // cells have room of their own
            format.setLineHeight(kLineHeightPercent, QTextBlockFormat::ProportionalHeight);
        }
        const bool inList = block.textList() != nullptr;
        format.setTopMargin(0);
        format.setBottomMargin(inTable || !block.next().isValid() ? 0
                               : inList                           ? gap * 0.4
                                                                  : gap);
        cursor.mergeBlockFormat(format);
    }
}

void styleTables(QTextDocument& document, const Theme& theme) {
    const QList<QTextFrame*> frames = document.rootFrame()->childFrames();
    for (QTextFrame* frame : frames) {
        auto* table = qobject_cast<QTextTable*>(frame);
        if (table == nullptr) {
            continue;
        }
        QTextTableFormat format = table->format();
        format.setBorderCollapse(true);
        format.setBorder(1);
        format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
        format.setBorderBrush(theme.colors().border);
        format.setCellPadding(theme.scaled(6));
        format.setCellSpacing(0);
        format.setMargin(0);
        table->setFormat(format);
        for (int column = 0; column < table->columns(); ++column) {
            QTextTableCell cell = table->cellAt(0, column);
            QTextCharFormat head = cell.format();
            head.setBackground(theme.colors().code);
            cell.setFormat(head);
            QTextCursor cursor = cell.firstCursorPosition();
            cursor.setPosition(cell.lastCursorPosition().position(), QTextCursor::KeepAnchor);
            QTextCharFormat bold;
            bold.setFontWeight(QFont::DemiBold);
            cursor.mergeCharFormat(bold);
        }
    }
}

void removeEmptyEnds(QTextDocument& document) {
    // The importer leaves an empty paragraph in front of and behind a table.
    const QTextBlock last = document.lastBlock();
    if (document.blockCount() > 1 && last.text().isEmpty() && last.textList() == nullptr) {
        QTextCursor cursor(&document);
        cursor.movePosition(QTextCursor::End);
        if (cursor.currentTable() == nullptr) {
            cursor.deletePreviousChar();
        }
    }
}

} // namespace

std::unique_ptr<QTextDocument> makeTextDocument(const Theme& theme, const QString& source) {
    auto document = emptyDocument(theme.font());
    document->setMarkdown(source, QTextDocument::MarkdownFeatures(
                                      QTextDocument::MarkdownDialectGitHub) |
                                      QTextDocument::MarkdownNoHTML);
    removeEmptyEnds(*document);
    styleBlocks(*document, theme);
    styleFragments(*document, theme);
    styleTables(*document, theme);
    return document;
}

std::unique_ptr<QTextDocument> makeCodeDocument(const Theme& theme, const Code& code) {
    auto document = emptyDocument(theme.monospace());
    QTextOption option = document->defaultTextOption();
    option.setWrapMode(QTextOption::WrapAnywhere);
    option.setTextDirection(Qt::LeftToRight); // code runs left to right in every language
    option.setTabStopDistance(QFontMetricsF(theme.monospace()).horizontalAdvance(u' ') * 4);
    document->setDefaultTextOption(option);
    document->setPlainText(code.text);
    auto* highlighter = new CodeHighlighter(document.get(), code.language, theme.colors());
    highlighter->rehighlight();
    return document;
}

std::unique_ptr<QTextDocument> makePlainDocument(const Theme& theme, const QString& text) {
    auto document = emptyDocument(theme.font());
    document->setPlainText(text);
    QTextCursor cursor(document.get());
    cursor.select(QTextCursor::Document);
    QTextBlockFormat format;
    format.setLineHeight(kLineHeightPercent, QTextBlockFormat::ProportionalHeight);
    cursor.mergeBlockFormat(format);
    return document;
}

} // namespace phial::ui::markdown
