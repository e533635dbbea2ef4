// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QString>
#include <QStringView>

namespace phial::ui::markdown {

enum class BlockKind {
    Text, ///< anything a Markdown renderer lays out: paragraph, heading, list, quote, table
    Code, ///< fenced or indented code
    Rule, ///< thematic break
};

/// One top-level block: characters [begin, end) of the text, without the blank lines around it.
struct Block {
    BlockKind kind = BlockKind::Text;
    qsizetype begin = 0;
    qsizetype end = 0;

    bool operator==(const Block&) const = default;
};

/// Cuts Markdown that arrives in pieces into top-level blocks, so that a view renders each block once
/// instead of the whole answer with every token. However the text is cut into pieces, the blocks are
/// the same; a closed block never changes again. Where CommonMark is ambiguous to a line-by-line
/// reader, blocks are kept together: a renderer then still sees all it needs. A value type.
class Splitter {
public:
    void append(QStringView piece);

    /// No more text will come: the open blocks become closed.
    void finish();

    const QString& text() const { return m_text; }

    /// Blocks that will not change.
    const QList<Block>& closed() const { return m_closed; }

    /// What follows them, as it would be if the text ended here. A last line of nothing but marks
    /// ("-", "``", "|") is left out until it says what it is.
    QList<Block> open() const;

private:
    enum class Mode { None, Paragraph, List, Quote, Fence, Indented };

    struct State {
        Mode mode = Mode::None;
        qsizetype begin = 0;
        qsizetype end = 0;      // behind the last line that is not blank
        bool blankSeen = false; // List: a blank line since `end`
        QChar mark;             // Fence: ` or ~; List: bullet or delimiter
        qsizetype markLength = 0;
        qsizetype contentIndent = 0; // List: where an item's text begins
        QChar innerMark;             // List: an open fence inside an item
        qsizetype innerLength = 0;
    };

    struct Line {
        qsizetype begin;
        qsizetype end; // without the line feed
    };

    void takeLine(State& state, Line line, QList<Block>& out) const;
    bool continues(State& state, QStringView text, Line line, QList<Block>& out) const;
    bool continuesList(State& state, QStringView text, Line line) const;
    void begin(State& state, QStringView text, Line line, QList<Block>& out) const;
    static void close(State& state, QList<Block>& out);

    QString m_text;
    qsizetype m_lineBegin = 0;
    State m_state;
    QList<Block> m_closed;
};

/// Blocks of a complete text.
QList<Block> split(const QString& text);

/// Content and language of a Code block's source.
struct Code {
    QString language;
    QString text; ///< without a final line feed
};

Code readCode(QStringView source);

} // namespace phial::ui::markdown
