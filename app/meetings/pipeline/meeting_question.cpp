// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/meeting_question.h"

#include "app/meetings/pipeline/summary_text.h"
#include "app/meetings/unicode_text.h"
#include "inference/base/clock_text.h"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

namespace phial::meetings {
namespace {

constexpr std::string_view kSpace = " \t\r";

std::string instructionsWith(std::string_view question) {
    return "Answer this question about the meeting: " + std::string(question) +
           "\nEnd every sentence with the numbers of the lines it comes from, like [12]. Use only "
           "what the text says; when it does not say, answer that the meeting does not say.";
}

std::string promptOfLines(const std::vector<const TranscriptSegment*>& lines,
                          std::string_view question) {
    return promptOf(instructionsWith(question), numberedText(lines));
}

/// Lines in the order of their worth for the question: rare common words count most, and a line
/// next to a good one is worth half of it.
std::vector<std::size_t> byWorth(const std::vector<const TranscriptSegment*>& lines,
                                 std::string_view question) {
    const std::set<std::u32string> asked = contentWords(question);
    std::vector<std::set<std::u32string>> words;
    std::map<std::u32string, double> found;
    for (const TranscriptSegment* line : lines) {
        words.push_back(contentWords(line->text));
        for (const std::u32string& word : asked) {
            found[word] += hasWordLike(words.back(), word) ? 1 : 0;
        }
    }
    std::vector<double> own(lines.size());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (const std::u32string& word : asked) {
            own[i] += hasWordLike(words[i], word) ? 1 / found[word] : 0;
        }
    }
    std::vector<double> worth = own;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        worth[i] += (i > 0 ? own[i - 1] / 2 : 0) + (i + 1 < lines.size() ? own[i + 1] / 2 : 0);
    }
    std::vector<std::size_t> order(lines.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return worth[a] > worth[b]; });
    return order;
}

/// The lines of an answer without what is blank at their ends; numbers that stand in a line of
/// their own belong to the one before.
std::vector<std::string> linesOf(std::string_view answer) {
    std::vector<std::string> lines;
    while (!answer.empty()) {
        const std::size_t end = answer.find('\n');
        std::string line(answer.substr(0, end));
        answer.remove_prefix(end == std::string_view::npos ? answer.size() : end + 1);
        line.erase(line.find_last_not_of(kSpace) + 1);
        std::string words = line;
        const bool cites = !takeSources(words).empty();
        if (cites && words.empty() && !lines.empty() && !lines.back().empty()) {
            lines.back() += ' ' + line;
        } else {
            lines.push_back(std::move(line));
        }
    }
    return lines;
}

} // namespace

std::string questionPrompt(const Transcript& transcript, std::string_view question,
                           const std::function<bool(const std::string&)>& fits) {
    std::vector<const TranscriptSegment*> lines;
    for (const TranscriptSegment& line : transcript.segments) {
        if (!line.text.empty()) {
            lines.push_back(&line);
        }
    }
    std::string prompt = promptOfLines(lines, question);
    if (fits(prompt)) {
        return prompt;
    }
    const std::vector<std::size_t> order = byWorth(lines, question);
    const auto best = [&](std::size_t count) {
        std::vector<std::size_t> chosen(order.begin(),
                                        order.begin() + static_cast<std::ptrdiff_t>(count));
        std::sort(chosen.begin(), chosen.end());
        std::vector<const TranscriptSegment*> some;
        for (const std::size_t i : chosen) {
            some.push_back(lines[i]);
        }
        return promptOfLines(some, question);
    };
    std::size_t low = 0; // so many fit
    std::size_t high = lines.size();
    while (low + 1 < high) {
        const std::size_t middle = (low + high) / 2;
        (fits(best(middle)) ? low : high) = middle;
    }
    return best(low);
}

std::string answerMarkdown(std::string_view answer, const Transcript& transcript) {
    SourceLinks links(transcript, SameLanguage::NotKnown);
    std::string text;
    bool judged = false;
    for (const std::string& line : linesOf(plainText(answer))) {
        std::string words = line.substr(std::min(line.find_first_not_of(kSpace), line.size()));
        std::string uncited = words;
        const bool cites = !takeSources(uncited).empty();
        const bool heading = !words.empty() && takeKind(words) == LineKind::Heading;
        text += text.empty() ? "" : "\n";
        if (cites || (!heading && !contentWords(words).empty())) {
            const std::string mark = line.substr(0, line.size() - words.size()); // of a bullet
            text += mark + linkedMarkdown(links.link(words));
            judged = true;
        } else {
            text += line;
        }
    }
    if (!judged && !text.empty()) {
        text.append(" ").append(kNoSource);
    }
    return text;
}

} // namespace phial::meetings
