// SPDX-License-Identifier: MIT
#pragma once

#include <QStringView>

#include <optional>

namespace phial::ui::markdown {

/// Columns of white space a line begins with; a tab goes to the next multiple of four.
qsizetype indentOf(QStringView line);

bool isBlank(QStringView line);

/// A thematic break: three or more of one of * - _ with only white space between.
bool isRule(QStringView line);

bool isHeading(QStringView line);

/// The line under a heading of the second form: only = or only -.
bool isUnderline(QStringView line);

bool isQuote(QStringView line);

/// A line of nothing but the marks that begin blocks; it may still become anything.
bool isOnlyMarks(QStringView line);

struct FenceMark {
    QChar mark;
    qsizetype length = 0;
    QStringView info; ///< trimmed
};

/// A line that can open a fence (indent below four columns).
std::optional<FenceMark> fenceOf(QStringView line);

struct ItemMark {
    QChar mark; ///< - + * . )
    qsizetype contentIndent = 0;
    bool canInterrupt = false; ///< may end a paragraph: not empty, and not a number other than 1
};

/// A line that begins a list item, at any indent.
std::optional<ItemMark> itemOf(QStringView line);

} // namespace phial::ui::markdown
