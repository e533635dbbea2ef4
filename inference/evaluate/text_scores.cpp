// SPDX-License-Identifier: MIT
#include "inference/evaluate/text_scores.h"

#include "inference/base/trimmed.h"
#include "inference/text/character_class.h"
#include "inference/text/utf8.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>

namespace phial::evaluate {
namespace {

void appendLower(std::string& word, std::string_view character) {
    const auto lower = u_tolower(static_cast<UChar32>(text::readUtf8(character).value));
    std::array<char, U8_MAX_LENGTH> bytes{};
    std::size_t size = 0;
    U8_APPEND_UNSAFE(bytes.data(), size, lower);
    word.append(bytes.data(), size);
}

bool belongsToWord(text::CharClass kind) {
    return text::isLetter(kind) || kind == text::CharClass::Mark || kind == text::CharClass::Number;
}

std::string joined(const std::vector<std::string>& words) {
    std::string line;
    for (const std::string& word : words) {
        line += (line.empty() ? "" : " ") + word;
    }
    return line;
}

} // namespace

EditCount& EditCount::operator+=(const EditCount& other) {
    edits += other.edits;
    length += other.length;
    return *this;
}

double EditCount::rate() const {
    if (length == 0) {
        return edits == 0 ? 0.0 : 1.0;
    }
    return static_cast<double>(edits) / static_cast<double>(length);
}

FactCount& FactCount::operator+=(const FactCount& other) {
    wanted += other.wanted;
    found += other.found;
    said += other.said;
    invented += other.invented;
    return *this;
}

std::vector<std::string> scoredWords(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (std::size_t at = 0; at < text.size();) {
        const text::ClassifiedChar next = text::classifyAt(text, at);
        if (belongsToWord(next.kind)) {
            appendLower(word, text.substr(at, next.end - at));
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
        at = next.end;
    }
    if (!word.empty()) {
        words.push_back(std::move(word));
    }
    return words;
}

std::vector<std::string> characters(std::string_view text) {
    std::vector<std::string> list;
    while (!text.empty()) {
        const text::Utf8Char next = text::readUtf8(text);
        const std::size_t size = next.status == text::Utf8Char::Status::Valid ? next.size : 1;
        list.emplace_back(text.substr(0, size));
        text.remove_prefix(size);
    }
    return list;
}

std::size_t editDistance(std::span<const std::string> right, std::span<const std::string> given) {
    // row[j]: distance of the words of `right` so far to the first j words of `given`.
    std::vector<std::size_t> row(given.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < right.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < given.size(); ++j) {
            const std::size_t replaced = diagonal + (right[i] == given[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

EditCount wordEdits(std::string_view right, std::string_view given) {
    const std::vector<std::string> wanted = scoredWords(right);
    return {.edits = editDistance(wanted, scoredWords(given)), .length = wanted.size()};
}

EditCount characterEdits(std::string_view right, std::string_view given) {
    const std::vector<std::string> wanted = characters(right);
    return {.edits = editDistance(wanted, characters(given)), .length = wanted.size()};
}

bool isExact(std::string_view right, std::string_view given) {
    return trimmed(right) == trimmed(given);
}

std::vector<std::string> statements(std::string_view summary, std::span<const std::string> marks) {
    std::string lines(summary);
    for (const std::string& mark : marks) {
        for (std::size_t at = lines.find(mark); at != std::string::npos; at = lines.find(mark)) {
            lines.replace(at, mark.size(), "\n");
        }
    }
    std::vector<std::string> found;
    for (std::string_view rest = lines; !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (std::string line = joined(scoredWords(rest.substr(0, end))); !line.empty()) {
            found.push_back(std::move(line));
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

FactCount countFacts(std::span<const std::string> wanted, std::span<const std::string> said) {
    std::vector<std::string> both;
    std::set_intersection(wanted.begin(), wanted.end(), said.begin(), said.end(),
                          std::back_inserter(both));
    return {.wanted = wanted.size(),
            .found = both.size(),
            .said = said.size(),
            .invented = said.size() - both.size()};
}

} // namespace phial::evaluate
