// SPDX-License-Identifier: MIT
// The judge of the scanner is ICU's backtracking regular expression engine.
#include "inference/text/character_class.h"
#include "inference/text/word_scanner.h"
#include "tests/text/text_fixtures.h"

#include <gtest/gtest.h>
#include <unicode/regex.h>
#include <unicode/unistr.h>

#include <memory>

namespace phial::text {
namespace {

using Words = std::vector<std::string>;

std::string replaceAll(std::string text, const std::string& what, const std::string& with) {
    for (std::size_t at = text.find(what); at != std::string::npos;
         at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

/// Finds words with the regular expression itself.
class Judge {
public:
    explicit Judge(WordPattern pattern) {
        // ICU's own \s leaves out some white space; the property is what is meant. Inside a class
        // and outside of it the same spelling works.
        std::string regex(patternText(pattern));
        regex = replaceAll(regex, "\\s", "\\p{White_Space}");
        regex = replaceAll(regex, "\\S", "\\P{White_Space}");
        UErrorCode status = U_ZERO_ERROR;
        m_pattern.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(regex), 0, status));
        if (U_FAILURE(status) != 0) {
            throw std::runtime_error(u_errorName(status));
        }
    }

    Words words(const std::string& text) const {
        const icu::UnicodeString input = icu::UnicodeString::fromUTF8(text);
        UErrorCode status = U_ZERO_ERROR;
        const std::unique_ptr<icu::RegexMatcher> matcher(m_pattern->matcher(input, status));
        Words words;
        while (matcher->find(status) != 0) {
            std::string word;
            matcher->group(status).toUTF8String(word);
            words.push_back(word);
        }
        EXPECT_TRUE(U_SUCCESS(status)) << u_errorName(status);
        return words;
    }

private:
    std::unique_ptr<icu::RegexPattern> m_pattern;
};

Words scan(WordPattern pattern, std::string_view text) {
    Words words;
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = wordEnd(pattern, text, begin);
        EXPECT_GT(end, begin);
        words.emplace_back(text.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

class WordScanner : public testing::TestWithParam<WordPattern> {};

TEST_P(WordScanner, AgreesWithABacktrackingEngineOnRandomText) {
    const Judge judge(GetParam());
    std::mt19937 random(4);
    for (int round = 0; round < 40000; ++round) {
        const std::string text = randomText(random, 3 + round % 20);
        ASSERT_EQ(scan(GetParam(), text), judge.words(text)) << "round " << round << ": " << text;
    }
}

TEST_P(WordScanner, AgreesOnEveryShortSequenceOfCharacterClasses) {
    const Judge judge(GetParam());
    const std::vector<std::string> alphabet = {"a",  "S",  "日", "\u0301", "1", "'",     " ",
                                               "\t", "\n", "/",  "!",      "s", "\u2003"};
    constexpr std::size_t kLength = 4;
    std::size_t count = 1;
    for (std::size_t i = 0; i < kLength; ++i) {
        count *= alphabet.size();
    }
    for (std::size_t code = 0; code < count; ++code) {
        std::string text;
        for (std::size_t rest = code, i = 0; i < kLength; ++i, rest /= alphabet.size()) {
            text += alphabet[rest % alphabet.size()];
        }
        ASSERT_EQ(scan(GetParam(), text), judge.words(text)) << text;
    }
}

TEST_P(WordScanner, AgreesOnEveryCharacterThereIs) {
    const Judge judge(GetParam());
    for (char32_t value = 1; value < 0x110000; value += value < 0x30000 ? 1 : 97) {
        if (value >= 0xD800 && value < 0xE000) {
            continue;
        }
        std::string text = "a";
        appendUtf8(value, text);
        text += "b ";
        appendUtf8(value, text);
        ASSERT_EQ(scan(GetParam(), text), judge.words(text)) << std::hex << std::size_t{value};
    }
}

TEST_P(WordScanner, TakesBrokenBytesAsSymbolsAndEndsAtTheEnd) {
    std::mt19937 random(8);
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (std::size_t i = pick(random, 12); i > 0; --i) {
            text.push_back(static_cast<char>(pick(random, 256)));
        }
        std::string joined;
        for (const std::string& word : scan(GetParam(), text)) {
            joined += word;
        }
        ASSERT_EQ(joined, text);
    }
    EXPECT_EQ(scan(GetParam(), "a\xFF\xC3"), (Words{"a", "\xFF\xC3"}));
}

TEST_P(WordScanner, IsFoundByItsRegularExpression) {
    EXPECT_EQ(findPattern(patternText(GetParam())), GetParam());
}

INSTANTIATE_TEST_SUITE_P(Patterns, WordScanner,
                         testing::Values(WordPattern::O200k, WordPattern::LetterRuns),
                         [](const auto& param) {
                             return param.param == WordPattern::O200k ? "O200k" : "LetterRuns";
                         });

TEST(WordScannerExamples, O200kSplitsWhereTheRulesSay) {
    const auto scanned = [](std::string_view text) { return scan(WordPattern::O200k, text); };
    EXPECT_EQ(scanned("CamelCase iPhone"), (Words{"Camel", "Case", " i", "Phone"}));
    EXPECT_EQ(scanned("we'LL they'\u017F"), (Words{"we'LL", " they'\u017F"}));
    EXPECT_EQ(scanned("12345"), (Words{"123", "45"}));
    EXPECT_EQ(scanned("a  \n  b"), (Words{"a", "  \n", " ", " b"}));
    // The mark alone satisfies the lower-case part of the first alternative.
    EXPECT_EQ(scanned("\u0301AB"), (Words{"\u0301", "AB"}));
    EXPECT_FALSE(findPattern("\\w+"));
}

TEST(CharacterClass, LeadingSpaceIsUnicodeWhiteSpace) {
    EXPECT_EQ(leadingSpaceBytes(" \t\r\n\u00A0\u3000x "), 9U);
    EXPECT_EQ(leadingSpaceBytes("\u200B "), 0U);
    EXPECT_EQ(leadingSpaceBytes(""), 0U);
}

} // namespace
} // namespace phial::text
