// SPDX-License-Identifier: MIT
// What a single line can be. Source: CommonMark 0.30, sections 4 and 5.
#include "ui/markdown/line_syntax.h"

#include <algorithm>

namespace phial::ui::markdown {
namespace {

bool isSpace(QChar c) {
    return c == u' ' || c == u'\t' || c == u'\r';
}

QStringView withoutIndent(QStringView line) {
    qsizetype at = 0;
    while (at < line.size() && isSpace(line[at])) {
        ++at;
    }
    return line.mid(at);
}

qsizetype runLength(QStringView text, QChar c) {
    const auto end = std::find_if(text.begin(), text.end(), [c](QChar x) { return x != c; });
    return end - text.begin();
}

bool shallow(QStringView line) {
    return indentOf(line) < 4;
}

} // namespace

qsizetype indentOf(QStringView line) {
    qsizetype columns = 0;
    for (const QChar c : line) {
        if (c == u' ') {
            ++columns;
        } else if (c == u'\t') {
            columns += 4 - columns % 4;
        } else {
            break;
        }
    }
    return columns;
}

bool isBlank(QStringView line) {
    return std::all_of(line.begin(), line.end(), isSpace);
}

bool isRule(QStringView line) {
    const QStringView text = withoutIndent(line);
    if (!shallow(line) || text.isEmpty()) {
        return false;
    }
    const QChar mark = text.front();
    if (mark != u'*' && mark != u'-' && mark != u'_') {
        return false;
    }
    const bool pure =
        std::all_of(text.begin(), text.end(), [mark](QChar c) { return c == mark || isSpace(c); });
    return pure && text.count(mark) >= 3;
}

bool isHeading(QStringView line) {
    const QStringView text = withoutIndent(line);
    const qsizetype level = runLength(text, u'#');
    return shallow(line) && level >= 1 && level <= 6 &&
           (level == text.size() || isSpace(text[level]));
}

bool isUnderline(QStringView line) {
    const QStringView text = withoutIndent(line).trimmed();
    return shallow(line) && !text.isEmpty() && (text.front() == u'=' || text.front() == u'-') &&
           runLength(text, text.front()) == text.size();
}

bool isQuote(QStringView line) {
    return shallow(line) && withoutIndent(line).startsWith(u'>');
}

bool isOnlyMarks(QStringView line) {
    static constexpr QStringView kMarks = u"-=*+#`~>|:_";
    return std::all_of(line.begin(), line.end(),
                       [](QChar c) { return isSpace(c) || kMarks.contains(c); });
}

std::optional<FenceMark> fenceOf(QStringView line) {
    const QStringView text = withoutIndent(line);
    if (!shallow(line) || text.isEmpty() || (text.front() != u'`' && text.front() != u'~')) {
        return std::nullopt;
    }
    const QChar mark = text.front();
    const qsizetype length = runLength(text, mark);
    const QStringView info = text.mid(length).trimmed();
    if (length < 3 || (mark == u'`' && info.contains(u'`'))) {
        return std::nullopt;
    }
    return FenceMark{mark, length, info};
}

std::optional<ItemMark> itemOf(QStringView line) {
    const QStringView text = withoutIndent(line);
    qsizetype width = 0;
    bool first = true; // an ordered list interrupts a paragraph only when it begins with 1
    if (!text.isEmpty() && (text[0] == u'-' || text[0] == u'+' || text[0] == u'*')) {
        width = 1;
    } else {
        while (width < text.size() && width < 9 && text[width] >= u'0' && text[width] <= u'9') {
            ++width;
        }
        if (width == 0 || width >= text.size() || (text[width] != u'.' && text[width] != u')')) {
            return std::nullopt;
        }
        first = text.left(width) == u"1";
        ++width;
    }
    const QStringView rest = text.mid(width);
    if (!rest.isEmpty() && !isSpace(rest.front())) {
        return std::nullopt;
    }
    const bool empty = isBlank(rest);
    const qsizetype spaces = indentOf(rest);
    const qsizetype gap = empty || spaces > 4 ? 1 : spaces;
    return ItemMark{text[width - 1], indentOf(line) + width + gap, first && !empty};
}

} // namespace phial::ui::markdown
