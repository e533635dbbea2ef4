// SPDX-License-Identifier: MIT
#include "ui/meeting/timed_text.h"

#include "ui/theme/theme.h"

#include <QScrollBar>
#include <QUrl>

namespace phial::ui {

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
    m_markdown = markdown;
    refresh();
}

void TimedText::refresh() {
    const int place = verticalScrollBar()->value();
    QPalette colors = palette();
    colors.setColor(QPalette::Link, m_theme.colors().accent);
    setPalette(colors);
    document()->setDefaultFont(m_theme.font(0.95));
    document()->setMarkdown(m_markdown, QTextDocument::MarkdownNoHTML);
    verticalScrollBar()->setValue(place);
}

} // namespace phial::ui
