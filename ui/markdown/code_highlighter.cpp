// SPDX-License-Identifier: MIT
#include "ui/markdown/code_highlighter.h"

#include <QHash>
#include <QSet>

#include <array>

namespace phial::ui::markdown {

struct CodeHighlighter::Rules {
    QSet<QString> keywords;
    QString lineComment;
    bool blockComments = false; // slash-star
    QString quotes;
};

namespace {

constexpr int kInsideComment = 1;

QSet<QString> words(const char* list) {
    const QStringList split = QString::fromLatin1(list).split(QLatin1Char(' '));
    return {split.begin(), split.end()};
}

} // namespace

CodeHighlighter::CodeHighlighter(QTextDocument* document, const QString& language,
                                 const Colors& colors)
    : QSyntaxHighlighter(document)
    , m_rules(nullptr) {
    static const std::array<Rules, 5> kRules = {{
        {words("alignas auto bool break case catch char class const constexpr continue default "
               "delete do double else enum explicit export extends false final float for fn func "
               "function if impl implements import in inline int interface let long match mod mut "
               "namespace new null nullptr operator override package private protected pub public "
               "return self short signed sizeof static struct super switch template this throw "
               "true try type typedef typename union unsigned use using var virtual void volatile "
               "while async await yield go defer chan map range trait where string String u32 i32 "
               "u64 i64 usize"),
         QStringLiteral("//"), true, QStringLiteral("\"'`")},
        {words("and as assert async await break class continue def del elif else except False "
               "finally for from global if import in is lambda None nonlocal not or pass raise "
               "return True try while with yield self match case"),
         QStringLiteral("#"), false, QStringLiteral("\"'")},
        {words("case do done elif else esac export fi for function if in local read return set "
               "shift then until while echo cd exit source alias"),
         QStringLiteral("#"), false, QStringLiteral("\"'")},
        {words("select from where group by order insert into values update set delete create table "
               "index join left right inner outer on as and or not null primary key limit having "
               "distinct union SELECT FROM WHERE GROUP BY ORDER INSERT INTO VALUES UPDATE SET "
               "DELETE CREATE TABLE INDEX JOIN LEFT RIGHT INNER OUTER ON AS AND OR NOT NULL "
               "PRIMARY KEY LIMIT HAVING DISTINCT UNION"),
         QStringLiteral("--"), false, QStringLiteral("'\"")},
        {words("true false null yes no"), QStringLiteral("#"), false, QStringLiteral("\"'")},
    }};
    static const QHash<QString, int> kLanguages = [] {
        QHash<QString, int> map;
        const std::array<const char*, 5> names = {
            "c cpp c++ cxx h hpp java js javascript ts typescript jsx tsx rust rs go swift kotlin "
            "csharp cs php glsl dart scala",
            "python py python3", "bash sh shell zsh console", "sql", "json yaml yml toml ini"};
        for (int i = 0; i < 5; ++i) {
            for (const QString& name : words(names[static_cast<std::size_t>(i)])) {
                map.insert(name, i);
            }
        }
        return map;
    }();
    const auto found = kLanguages.constFind(language.toLower());
    if (found != kLanguages.cend()) {
        m_rules = &kRules[static_cast<std::size_t>(*found)];
    }
    m_keyword.setForeground(colors.keyword);
    m_literal.setForeground(colors.literal);
    m_comment.setForeground(colors.comment);
    m_number.setForeground(colors.number);
}

void CodeHighlighter::highlightBlock(const QString& line) {
    if (m_rules == nullptr) {
        return;
    }
    setCurrentBlockState(0);
    const auto size = static_cast<int>(line.size());
    int at = 0;
    const auto blockComment = [&](int from) {
        const auto end = static_cast<int>(line.indexOf(QLatin1String("*/"), from));
        const int stop = end < 0 ? size : end + 2;
        setFormat(at, stop - at, m_comment);
        setCurrentBlockState(end < 0 ? kInsideComment : 0);
        at = stop;
    };
    if (previousBlockState() == kInsideComment) {
        blockComment(0);
    }
    while (at < size) {
        const QChar c = line[at];
        const QStringView rest = QStringView(line).mid(at);
        if (rest.startsWith(m_rules->lineComment)) {
            setFormat(at, size - at, m_comment);
            return;
        }
        if (m_rules->blockComments && rest.startsWith(u"/*")) {
            blockComment(at + 2);
            continue;
        }
        int end = at + 1;
        if (m_rules->quotes.contains(c)) {
            while (end < size && line[end] != c) {
                end += line[end] == u'\\' ? 2 : 1;
            }
            end = std::min(end + 1, size);
            setFormat(at, end - at, m_literal);
        } else if (c.isLetter() || c == u'_') {
            while (end < size && (line[end].isLetterOrNumber() || line[end] == u'_')) {
                ++end;
            }
            if (m_rules->keywords.contains(line.mid(at, end - at))) {
                setFormat(at, end - at, m_keyword);
            }
        } else if (c.isDigit()) {
            while (end < size && (line[end].isLetterOrNumber() || line[end] == u'.')) {
                ++end;
            }
            setFormat(at, end - at, m_number);
        }
        at = end;
    }
}

} // namespace phial::ui::markdown
