// SPDX-License-Identifier: MIT
#include "ui/markdown/block_document.h"
#include "ui/markdown/splitter.h"
#include "ui/theme/theme.h"

#include "tests/ui/fixtures.h"

#include <QTextBlock>
#include <QTextDocument>

#include <gtest/gtest.h>

#include <random>

namespace phial::ui::markdown {
namespace {

QStringList sources(const QString& text, const QList<Block>& blocks) {
    QStringList list;
    for (const Block& block : blocks) {
        list.append(text.mid(block.begin, block.end - block.begin));
    }
    return list;
}

QStringList cut(const char* text) {
    const QString source = QString::fromUtf8(text);
    return sources(source, split(source));
}

/// Lines that begin, continue or end every kind of block, put together at random.
QString randomMarkdown(std::mt19937& random, int lines) {
    static const QStringList kLines = {
        QStringLiteral("a plain line of text"), QStringLiteral("another **bold** one with `code`"),
        QString(),                              QString(),
        QStringLiteral("# heading"),            QStringLiteral("### deeper"),
        QStringLiteral("- item"),               QStringLiteral("- "),
        QStringLiteral("* star"),               QStringLiteral("  - nested"),
        QStringLiteral("  continued"),          QStringLiteral("1. first"),
        QStringLiteral("2. second"),            QStringLiteral("7) odd"),
        QStringLiteral("```"),                  QStringLiteral("```python"),
        QStringLiteral("~~~"),                  QStringLiteral("    indented code"),
        QStringLiteral("> quote"),              QStringLiteral(">"),
        QStringLiteral("---"),                  QStringLiteral("***"),
        QStringLiteral("==="),                  QStringLiteral("| a | b |"),
        QStringLiteral("|---|---|"),            QStringLiteral("| 1 | 2 |"),
        QStringLiteral("\ttab"),                QStringLiteral("日本語のテキスト")};
    QString text;
    for (int i = 0; i < lines; ++i) {
        text += kLines[static_cast<qsizetype>(random() % static_cast<unsigned>(kLines.size()))];
        text += u'\n';
    }
    return text;
}

TEST(Splitter, CutsAtTopLevelBlocks) {
    EXPECT_EQ(cut("one\ntwo\n\nthree"), QStringList({QStringLiteral("one\ntwo"), QStringLiteral("three")}));
    EXPECT_EQ(cut("# a\ntext"), QStringList({QStringLiteral("# a"), QStringLiteral("text")}));
    EXPECT_EQ(cut("text\n# a"), QStringList({QStringLiteral("text"), QStringLiteral("# a")}));
    EXPECT_EQ(cut("title\n---\ntext"), QStringList({QStringLiteral("title\n---"), QStringLiteral("text")}));
    EXPECT_EQ(cut("text\n\n---\n\nmore").size(), 3);
    EXPECT_EQ(cut("> a\nlazy\n\n> b").size(), 2);
}

TEST(Splitter, KeepsBlankLinesInsideAFence) {
    EXPECT_EQ(cut("```\na\n\n# no heading\n\nb\n```\ntext"),
              QStringList({QStringLiteral("```\na\n\n# no heading\n\nb\n```"), QStringLiteral("text")}));
    EXPECT_EQ(cut("````\n```\n````").size(), 1);
    EXPECT_EQ(cut("~~~\n```\n~~~\nx").size(), 2);
}

TEST(Splitter, KeepsAListTogetherAcrossBlankLines) {
    EXPECT_EQ(cut("- a\n\n- b\n\n  more of b\n\nend").size(), 2);
    EXPECT_EQ(cut("1. a\n\n   ```\n   x\n\n   y\n   ```\n2. b\n\nend").size(), 2);
    EXPECT_EQ(cut("- a\n\n1. b").size(), 2);
}

TEST(Splitter, KeepsATableTogether) {
    EXPECT_EQ(cut("| a | b |\n|---|---|\n| 1 | 2 |\n\ntext").size(), 2);
}

TEST(Splitter, ReadsCodeWithLanguageAndIndent) {
    const Code fenced = readCode(u"```cpp title\nint a;\n\n  b\n```");
    EXPECT_EQ(fenced.language, QStringLiteral("cpp"));
    EXPECT_EQ(fenced.text, QStringLiteral("int a;\n\n  b"));
    EXPECT_EQ(readCode(u"    a\n      b").text, QStringLiteral("a\n  b"));
    EXPECT_EQ(readCode(u"```\nopen").text, QStringLiteral("open"));
}

// However the stream is cut, the blocks at the end are those of the whole text.
TEST(Splitter, AnyCutOfTheStreamGivesTheSameBlocks) {
    std::mt19937 random(20261121);
    for (int round = 0; round < 400; ++round) {
        const QString text = randomMarkdown(random, 1 + static_cast<int>(random() % 14));
        const QList<Block> whole = split(text);
        Splitter pieces;
        qsizetype at = 0;
        while (at < text.size()) {
            const auto size = static_cast<qsizetype>(1 + random() % 7);
            pieces.append(QStringView(text).mid(at, size));
            at += size;
        }
        pieces.finish();
        ASSERT_EQ(pieces.text(), text);
        ASSERT_EQ(pieces.closed(), whole) << text.toStdString();
    }
}

// A closed block is final: every later state begins with it. And what is closed, plus what is open,
// covers everything that is not blank, in order.
TEST(Splitter, ClosedBlocksNeverChange) {
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        const QString text = randomMarkdown(random, 12);
        Splitter splitter;
        QList<Block> before;
        for (const QChar c : text) {
            splitter.append(QStringView(&c, 1));
            const QList<Block> now = splitter.closed();
            ASSERT_GE(now.size(), before.size());
            ASSERT_EQ(now.mid(0, before.size()), before) << text.toStdString();
            qsizetype end = 0;
            QList<Block> all = now;
            all.append(splitter.open());
            for (const Block& block : std::as_const(all)) {
                ASSERT_GE(block.begin, end);
                ASSERT_GT(block.end, block.begin);
                ASSERT_TRUE(QStringView(text).mid(end, block.begin - end).trimmed().isEmpty());
                end = block.end;
            }
            before = now;
        }
    }
}

// The judge is Qt's own Markdown reader: block by block it must read the same words as from the
// whole text, in the same order, for texts as models write them.
TEST(Splitter, BlocksReadLikeTheWhole) {
    std::mt19937 random(99);
    const auto words = [](const QTextDocument& document) {
        QString text;
        for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
            text += block.text() + u' ';
        }
        return text.simplified();
    };
    const auto read = [&words](const QString& source) {
        QTextDocument document;
        document.setMarkdown(source, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) |
                                         QTextDocument::MarkdownNoHTML);
        return words(document);
    };
    QStringList texts = {test::richAnswer()};
    for (unsigned seed = 1; seed <= 20; ++seed) {
        texts.append(test::longAnswer(12, seed));
    }
    for (const QString& text : std::as_const(texts)) {
        QStringList parts;
        const QStringList blocks = sources(text, split(text));
        for (const QString& block : blocks) {
            parts.append(read(block));
        }
        EXPECT_EQ(parts.join(u' ').simplified(), read(text)) << text.toStdString();
    }
}

TEST(BlockDocument, LoadsNothingThatATextNames) {
    const Theme theme;
    const auto document = makeTextDocument(
        theme, QStringLiteral("![picture](file:///etc/hostname) ![other](http://example.org/x.png) <img src='/etc/passwd'>"));
    EXPECT_FALSE(document->resource(QTextDocument::ImageResource, QUrl(QStringLiteral("file:///etc/hostname"))).isValid());
    EXPECT_FALSE(document->resource(QTextDocument::ImageResource, QUrl(QStringLiteral("http://example.org/x.png"))).isValid());
    EXPECT_TRUE(document->toPlainText().contains(QStringLiteral("<img")));
}

} // namespace
} // namespace phial::ui::markdown
