// SPDX-License-Identifier: MIT
#include "ui/markdown/splitter.h"

#include "ui/markdown/line_syntax.h"

#include <algorithm>

namespace phial::ui::markdown {
namespace {

bool closesFence(QStringView line, QChar mark, qsizetype length) {
    const auto fence = fenceOf(line);
    return fence && fence->mark == mark && fence->length >= length && fence->info.isEmpty();
}

/// Lines that end a paragraph without a blank line between.
bool interrupts(QStringView line) {
    const auto item = itemOf(line);
    return isHeading(line) || isRule(line) || isQuote(line) || fenceOf(line) ||
           (item && item->canInterrupt && indentOf(line) < 4);
}

QStringView withoutColumns(QStringView line, qsizetype columns) {
    qsizetype at = 0;
    while (at < line.size() && at < columns && line[at] == u' ') {
        ++at;
    }
    return line.mid(at);
}

} // namespace

void Splitter::append(QStringView piece) {
    m_text += piece;
    for (;;) {
        const qsizetype feed = m_text.indexOf(u'\n', m_lineBegin);
        if (feed < 0) {
            return;
        }
        takeLine(m_state, {m_lineBegin, feed}, m_closed);
        m_lineBegin = feed + 1;
    }
}

void Splitter::finish() {
    if (m_lineBegin < m_text.size()) {
        takeLine(m_state, {m_lineBegin, m_text.size()}, m_closed);
        m_lineBegin = m_text.size();
    }
    close(m_state, m_closed);
}

QList<Block> Splitter::open() const {
    QList<Block> blocks;
    State state = m_state;
    const QStringView rest = QStringView(m_text).mid(m_lineBegin);
    // Inside a fence marks are code, not the beginning of a block.
    if (!isBlank(rest) && (state.mode == Mode::Fence || !isOnlyMarks(rest))) {
        takeLine(state, {m_lineBegin, m_text.size()}, blocks);
    }
    close(state, blocks);
    return blocks;
}

void Splitter::takeLine(State& state, Line line, QList<Block>& out) const {
    const QStringView text = QStringView(m_text).mid(line.begin, line.end - line.begin);
    if (state.mode != Mode::None && continues(state, text, line, out)) {
        return;
    }
    close(state, out);
    if (!isBlank(text)) {
        begin(state, text, line, out);
    }
}

bool Splitter::continues(State& state, QStringView text, Line line, QList<Block>& out) const {
    const bool blank = isBlank(text);
    switch (state.mode) {
    case Mode::Fence:
        state.end = line.end;
        if (closesFence(text, state.mark, state.markLength)) {
            close(state, out);
        }
        return true;
    case Mode::Indented:
        if (!blank && indentOf(text) < 4) {
            return false;
        }
        if (!blank) {
            state.end = line.end;
        }
        return true;
    case Mode::List:
        return continuesList(state, text, line);
    case Mode::Quote:
        if (blank || (!isQuote(text) && interrupts(text))) {
            return false;
        }
        state.end = line.end;
        return true;
    case Mode::Paragraph:
        if (!blank && isUnderline(text)) {
            state.end = line.end;
            close(state, out);
            return true;
        }
        if (blank || interrupts(text)) {
            return false;
        }
        state.end = line.end;
        return true;
    case Mode::None:
        break;
    }
    return false;
}

bool Splitter::continuesList(State& state, QStringView text, Line line) const {
    if (isBlank(text)) {
        state.blankSeen = true;
        return true;
    }
    const qsizetype indent = indentOf(text);
    const bool inside = indent >= state.contentIndent;
    const auto item = itemOf(text);
    if (inside) {
        const QStringView inner = withoutColumns(text, state.contentIndent);
        if (!state.innerMark.isNull()) {
            if (closesFence(inner, state.innerMark, state.innerLength)) {
                state.innerMark = {};
            }
        } else if (const auto fence = fenceOf(inner)) {
            state.innerMark = fence->mark;
            state.innerLength = fence->length;
        }
    } else if (isRule(text) || (item && item->mark != state.mark)) {
        return false;
    } else if (item) {
        state.contentIndent = item->contentIndent;
        state.innerMark = {};
    } else if (state.blankSeen || !state.innerMark.isNull() || interrupts(text)) {
        return false;
    }
    state.blankSeen = false;
    state.end = line.end;
    return true;
}

void Splitter::begin(State& state, QStringView text, Line line, QList<Block>& out) const {
    state = State{.begin = line.begin, .end = line.end};
    if (indentOf(text) >= 4) {
        state.mode = Mode::Indented;
    } else if (isRule(text)) {
        out.append({BlockKind::Rule, line.begin, line.end});
    } else if (isHeading(text)) {
        out.append({BlockKind::Text, line.begin, line.end});
    } else if (const auto fence = fenceOf(text)) {
        state.mode = Mode::Fence;
        state.mark = fence->mark;
        state.markLength = fence->length;
    } else if (isQuote(text)) {
        state.mode = Mode::Quote;
    } else if (const auto item = itemOf(text)) {
        state.mode = Mode::List;
        state.mark = item->mark;
        state.contentIndent = item->contentIndent;
        // "- ```" opens a fence on the item's own line.
        const auto inner = fenceOf(text.mid(std::min(item->contentIndent, text.size())));
        if (inner) {
            state.innerMark = inner->mark;
            state.innerLength = inner->length;
        }
    } else {
        state.mode = Mode::Paragraph;
    }
}

void Splitter::close(State& state, QList<Block>& out) {
    if (state.mode != Mode::None) {
        const bool code = state.mode == Mode::Fence || state.mode == Mode::Indented;
        out.append({code ? BlockKind::Code : BlockKind::Text, state.begin, state.end});
        state = State{};
    }
}

QList<Block> split(const QString& text) {
    Splitter splitter;
    splitter.append(text);
    splitter.finish();
    return splitter.closed();
}

Code readCode(QStringView source) {
    QList<QStringView> lines = source.split(u'\n');
    Code code;
    qsizetype indent = 4;
    if (const auto fence = fenceOf(lines.first())) {
        indent = indentOf(lines.first());
        code.language = fence->info.split(u' ').first().toString();
        lines.removeFirst();
        if (!lines.isEmpty() && closesFence(lines.last(), fence->mark, fence->length)) {
            lines.removeLast();
        }
    }
    for (qsizetype i = 0; i < lines.size(); ++i) {
        code.text += withoutColumns(lines[i], indent);
        if (i + 1 < lines.size()) {
            code.text += u'\n';
        }
    }
    return code;
}

} // namespace phial::ui::markdown
