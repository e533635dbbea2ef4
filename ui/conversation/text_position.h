// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <compare>
#include <limits>

namespace phial::ui {

/// A place in the text of a conversation.
struct TextPosition {
    int row = -1;
    int block = 0;
    int character = 0;

    auto operator<=>(const TextPosition&) const = default;
};

/// Selected text; `anchor` stays while `caret` follows the pointer.
struct TextRange {
    TextPosition anchor;
    TextPosition caret;

    bool empty() const { return anchor == caret || anchor.row < 0; }
    TextPosition first() const { return std::min(anchor, caret); }
    TextPosition last() const { return std::max(anchor, caret); }
};

/// The part of one block that a selection covers, in characters; begin == end for nothing.
struct BlockRange {
    int begin = 0;
    int end = 0;
};

/// `length` is the number of characters in the block.
inline BlockRange rangeInBlock(const TextRange& range, int row, int block, int length) {
    if (range.empty()) {
        return {};
    }
    const TextPosition begin{row, block, 0};
    const TextPosition end{row, block, length};
    const TextPosition first = std::max(range.first(), begin);
    const TextPosition last = std::min(range.last(), end);
    return first < last ? BlockRange{first.character, last.character} : BlockRange{};
}

} // namespace phial::ui
