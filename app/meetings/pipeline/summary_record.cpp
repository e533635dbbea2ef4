// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summary_record.h"

#include "app/meetings/sentences.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/trimmed.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

/// Puts what is there among the versions.
void keepVersion(SummaryRecord& record) {
    if (record.summary.lines.empty()) {
        return;
    }
    record.versions.push_back({.number = ++record.lastVersion,
                               .changedUtc = record.changedUtc,
                               .summary = std::move(record.summary)});
    record.summary = {};
    if (record.versions.size() > kMostVersions) {
        const auto byModel =
            std::find_if(record.versions.begin(), record.versions.end(),
                         [](const SummaryVersion& one) { return !one.summary.editedByUser; });
        record.versions.erase(byModel == record.versions.end() ? record.versions.begin() : byModel);
    }
}

/// What was written before, to find again what the user left as it was.
class Before {
public:
    explicit Before(const SummaryRecord& record) {
        add(record.summary);
        for (auto one = record.versions.rbegin(); one != record.versions.rend(); ++one) {
            add(one->summary);
        }
    }

    /// The same line, or null.
    const SummaryLine* line(LineKind kind, const std::string& text) const {
        const auto found =
            std::find_if(m_lines.begin(), m_lines.end(), [&](const SummaryLine* one) {
                return one->kind == kind && one->text() == text;
            });
        return found == m_lines.end() ? nullptr : *found;
    }

    /// With the sources of the sentence that it was, if its words still agree with that.
    LinkedSentence linked(const std::string& text) const {
        const std::set<std::u32string> words = contentWords(text);
        const LinkedSentence* best = nullptr;
        std::size_t most = std::max<std::size_t>(1, (words.size() + 1) / 2);
        for (const auto& [sentence, said] : m_sentences) {
            if (sentence->text == text) {
                return *sentence;
            }
            const auto shared = static_cast<std::size_t>(
                std::count_if(words.begin(), words.end(),
                              [&, &said = said](const auto& word) { return said.contains(word); }));
            if (shared > most || (shared == most && best == nullptr)) {
                best = sentence;
                most = shared;
            }
        }
        LinkedSentence own{.text = text};
        if (best != nullptr && !best->isDoubtful()) {
            own.sources = best->sources;
            own.support = best->support;
        }
        return own;
    }

private:
    void add(const Summary& summary) {
        for (const SummaryLine& line : summary.lines) {
            m_lines.push_back(&line);
            for (const LinkedSentence& sentence : line.sentences) {
                if (line.kind != LineKind::Heading) {
                    m_sentences.emplace_back(&sentence, contentWords(sentence.text));
                }
            }
        }
    }

    std::vector<const SummaryLine*> m_lines; ///< newest first
    std::vector<std::pair<const LinkedSentence*, std::set<std::u32string>>> m_sentences;
};

/// A line of the editor; without sentences when it is blank.
SummaryLine lineOf(std::string text, const Before& before) {
    SummaryLine line;
    if (text.find_first_not_of("-*#_ ") == std::string::npos) {
        return line; // blank, or a bullet with nothing behind it
    }
    line.kind = takeKind(text);
    if (text.empty()) {
        return line;
    }
    if (const SummaryLine* same = before.line(line.kind, text)) {
        return *same;
    }
    line.editedByUser = true;
    if (line.kind == LineKind::Heading) {
        line.sentences = {{.text = std::move(text)}};
        return line;
    }
    for (const std::string_view sentence : sentencesOf(text)) {
        line.sentences.push_back(before.linked(std::string(trimmed(sentence))));
    }
    return line;
}

/// Lines [first, last).
struct LineRange {
    std::size_t first = 0;
    std::size_t last = 0;
};

LineRange rangeOf(const Summary& summary, const SummaryPart& part) {
    const std::vector<SummaryLine>& lines = summary.lines;
    const auto isIt = [&part](const SummaryLine& line) { return line.text() == part.text; };
    std::size_t first = part.line;
    if (first >= lines.size() || !isIt(lines[first])) {
        first = static_cast<std::size_t>(std::find_if(lines.begin(), lines.end(), isIt) -
                                         lines.begin());
    }
    std::size_t last = std::min(first + 1, lines.size());
    if (first < lines.size() && lines[first].kind == LineKind::Heading) {
        while (last < lines.size() && lines[last].kind != LineKind::Heading) {
            ++last;
        }
    }
    return {.first = first, .last = last};
}

std::string textOf(const Summary& summary, const LineRange& range) {
    std::string text;
    for (std::size_t i = range.first; i < range.last; ++i) {
        const SummaryLine& line = summary.lines[i];
        const bool apart = line.kind == LineKind::Heading && !text.empty();
        text += apart ? "\n" : "";
        text += line.kind == LineKind::Bullet ? "- " : "";
        text += line.text() + '\n';
    }
    return text;
}

} // namespace

std::string editableText(const Summary& summary) {
    return textOf(summary, {.first = 0, .last = summary.lines.size()});
}

std::vector<SummaryPart> partsOf(const Summary& summary) {
    std::vector<SummaryPart> parts;
    for (const SummaryLine& line : summary.lines) {
        parts.push_back({.line = parts.size(), .text = line.text()});
    }
    return parts;
}

std::string editableText(const Summary& summary, const SummaryPart& part) {
    return textOf(summary, rangeOf(summary, part));
}

bool editSummary(SummaryRecord& record, std::string_view text, const std::string& nowUtc) {
    if (text == editableText(record.summary)) {
        return false;
    }
    Summary edited{
        .note = record.summary.note, .problems = record.summary.problems, .editedByUser = true};
    const std::string valid = validUtf8(text);
    {
        const Before before(record);
        for (std::string_view rest = valid; !rest.empty();) {
            const std::size_t end = rest.find('\n');
            SummaryLine line = lineOf(std::string(trimmed(rest.substr(0, end))), before);
            rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
            if (!line.sentences.empty()) {
                edited.lines.push_back(std::move(line));
            }
        }
    }
    if (edited.lines == record.summary.lines) {
        return false;
    }
    keepVersion(record);
    record.summary = std::move(edited);
    record.changedUtc = nowUtc;
    return true;
}

void replaceByModel(SummaryRecord& record, Summary summary, const std::string& nowUtc) {
    keepVersion(record);
    record.summary = std::move(summary);
    record.changedUtc = nowUtc;
}

bool bringBack(SummaryRecord& record, std::int64_t version, const std::string& nowUtc) {
    const auto found =
        std::find_if(record.versions.begin(), record.versions.end(),
                     [version](const SummaryVersion& one) { return one.number == version; });
    if (found == record.versions.end()) {
        return false;
    }
    Summary wanted = std::move(found->summary);
    record.versions.erase(found);
    keepVersion(record);
    record.summary = std::move(wanted);
    record.changedUtc = nowUtc;
    return true;
}

bool replacePart(SummaryRecord& record, const SummaryPart& part, const Summary& made,
                 const std::string& nowUtc) {
    const LineRange range = rangeOf(record.summary, part);
    if (range.first == range.last) {
        return false;
    }
    const LineKind kind = record.summary.lines[range.first].kind;
    const bool heading = kind == LineKind::Heading;
    std::vector<SummaryLine> lines;
    for (const SummaryLine& line : made.lines) {
        if (line.kind != LineKind::Heading && (heading || lines.empty())) {
            lines.push_back(line); // the heading itself stays
            lines.back().kind = heading ? line.kind : kind;
        }
    }
    if (lines.empty()) {
        return false;
    }
    Summary after = record.summary;
    const auto begin = after.lines.begin();
    const auto at =
        after.lines.erase(begin + static_cast<std::ptrdiff_t>(range.first + (heading ? 1 : 0)),
                          begin + static_cast<std::ptrdiff_t>(range.last));
    after.lines.insert(at, lines.begin(), lines.end());
    for (const std::string& problem : made.problems) {
        if (std::find(after.problems.begin(), after.problems.end(), problem) ==
            after.problems.end()) {
            after.problems.push_back(problem);
        }
    }
    keepVersion(record);
    record.summary = std::move(after);
    record.changedUtc = nowUtc;
    return true;
}

} // namespace phial::meetings
