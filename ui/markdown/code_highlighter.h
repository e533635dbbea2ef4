// SPDX-License-Identifier: MIT
#pragma once

#include "ui/theme/colors.h"

#include <QSyntaxHighlighter>

namespace phial::ui::markdown {

/// Colours keywords, strings, comments and numbers of common languages. One small lexer for all of
/// them: it is there to make code readable, not to understand it. An unknown language stays plain.
class CodeHighlighter : public QSyntaxHighlighter {
    Q_OBJECT

public:
    CodeHighlighter(QTextDocument* document, const QString& language, const Colors& colors);

protected:
    void highlightBlock(const QString& line) override;

private:
    struct Rules;

    const Rules* m_rules;
    QTextCharFormat m_keyword;
    QTextCharFormat m_literal;
    QTextCharFormat m_comment;
    QTextCharFormat m_number;
};

} // namespace phial::ui::markdown
