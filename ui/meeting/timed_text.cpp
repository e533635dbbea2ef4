// SPDX-License-Identifier: MIT
#include "ui/meeting/timed_text.h"

#include "ui/contracts/meeting_view.h"
#include "ui/theme/theme.h"

#include <QScrollBar>
#include <QTextBlock>
#include <QTextCursor>
#include <QUrl>

namespace phial::ui {
namespace {

constexpr int kIndent = 18;

} // namespace

TimedText::TimedText(const Theme& theme, const QString& name, QWidget* parent)
    : QTextBrowser(parent)
    , m_theme(theme) {
    setAccessibleName(name);
    setOpenLinks(false);
    setFrameShape(QFrame::NoFrame);
    setObjectName(QStringLiteral("timedText"));
    document()->setDocumentMargin(2);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& link) {
        const QString fragment = link.fragment();
        bool ok = false;
        const double seconds = fragment.mid(2).toDouble(&ok);
        if (fragment.startsWith(QStringLiteral("t=")) && ok) {
            Q_EMIT timeActivated(seconds); // other links lead nowhere: nothing is fetched
        }
    });
    connect(&theme, &Theme::changed, this, &TimedText::refresh);
}

void TimedText::setText(const QString& markdown) {
    if (markdown != m_markdown) { // the cursor stays where it is
        m_markdown = markdown;
        refresh();
    }
}

/// Qt makes the cursor visible, which scrolls a text that has no height yet.
void TimedText::showEvent(QShowEvent* event) {
    const int place = verticalScrollBar()->value();
    QTextBrowser::showEvent(event);
    verticalScrollBar()->setValue(place);
}

void TimedText::refresh() {
    const int place = verticalScrollBar()->value();
    QPalette colors = palette();
    colors.setColor(QPalette::Link, m_theme.colors().accent);
    setPalette(colors);
    document()->setDefaultFont(m_theme.font(0.95));
    document()->setMarkdown(m_markdown, QTextDocument::MarkdownNoHTML);
    document()->setIndentWidth(kIndent);
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().headingLevel();
        if (level == 0) {
            continue;
        }
        QTextCursor heading(block); // the panel is narrow: its headings are small
        heading.select(QTextCursor::BlockUnderCursor);
        QTextCharFormat letters;
        letters.setFont(m_theme.font(level == 1 ? 1.1 : 1.0, QFont::DemiBold));
        letters.setProperty(QTextFormat::FontSizeAdjustment, 0);
        heading.mergeCharFormat(letters);
        QTextBlockFormat margins;
        margins.setTopMargin(block.blockNumber() == 0 ? 0 : 10);
        margins.setBottomMargin(3);
        QTextCursor(block).mergeBlockFormat(margins);
    }
    for (QTextCursor mark(document());;) {
        mark = document()->find(QLatin1String(kNoSourceMark), mark);
        if (mark.isNull()) {
            break;
        }
        QTextCharFormat doubtful;
        doubtful.setForeground(m_theme.colors().amber);
        mark.mergeCharFormat(doubtful);
    }
    moveCursor(QTextCursor::Start); // it is put at the end, and the text scrolled to it
    verticalScrollBar()->setValue(place);
}

} // namespace phial::ui
