// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/summary_text.h"

#include "inference/base/trimmed.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::string_view kCite =
    "End every sentence with the numbers of the lines it comes from, like [12] or [12][15]. "
    "Use only what the text says; invent nothing.";
constexpr std::string_view kOnlyWhatIsHeard = "Use only what is said; invent nothing.";

/// "Here are the decisions:" introduces and claims nothing; longer ones may hide a claim.
constexpr std::size_t kLongestIntroduction = 60;

} // namespace

std::string numberedText(const std::vector<const TranscriptSegment*>& segments) {
    std::string text;
    for (const TranscriptSegment* segment : segments) {
        text += '[' + std::to_string(segment->id) + "] ";
        if (!segment->speaker.empty()) {
            text += segment->speaker + ": ";
        }
        std::string line = segment->text;
        std::replace(line.begin(), line.end(), '\n', ' ');
        text += line + '\n';
    }
    return text;
}

namespace {

/// What a template asks for.
std::string taskOf(SummaryTemplate kind, std::string_view custom) {
    switch (kind) {
    case SummaryTemplate::Minutes:
        return "Write the minutes of this meeting: a heading for each topic, and under it bullets "
               "with what was said and decided. ";
    case SummaryTemplate::Decisions:
        return "List the decisions that were made in this meeting, one bullet each. ";
    case SummaryTemplate::ActionItems:
        return "List the action items of this meeting, one bullet each: what is to be done, by "
               "whom, and until when. Write \"nobody named\" or \"no date\" where none was said. ";
    case SummaryTemplate::Questions:
        return "List the questions that were asked in this meeting, one bullet each, with the "
               "answer if there was one. ";
    case SummaryTemplate::OneParagraph:
        return "Summarize this meeting in one paragraph of at most five sentences, as a single "
               "bullet. ";
    case SummaryTemplate::Custom:
        break;
    }
    return custom.empty() ? std::string() : std::string(custom) + ' ';
}

/// How everything is to be written.
std::string rulesFor(std::string_view language, Citing citing) {
    std::string text(citing == Citing::Lines ? kCite : kOnlyWhatIsHeard);
    if (!language.empty()) {
        text += " Write in " + std::string(language) + '.';
    }
    return text;
}

} // namespace

std::string instructionsFor(SummaryTemplate kind, std::string_view custom,
                            std::string_view language, Citing citing) {
    return taskOf(kind, custom) + rulesFor(language, citing);
}

std::string partInstructions(std::string_view part, SummaryTemplate kind, std::string_view custom,
                             std::string_view language, Citing citing) {
    const std::string task = taskOf(kind, custom);
    return "A summary of this meeting was asked for" +
           (task.empty() ? std::string(". ") : ": \"" + task + "\" ") +
           "One part of it is to be written again, better and nothing else. This is the part:\n" +
           std::string(part) + "\n" + rulesFor(language, citing);
}

std::string_view notesInstructions() {
    return "This is a part of a meeting, with numbered lines. Write short notes of it: topics, "
           "facts, decisions, action items with owner and date, open questions, one bullet each. "
           "End every bullet with the numbers of the lines it comes from, like [12] or [12][15]. "
           "Use only what the text says; invent nothing.";
}

std::string_view mergeInstructions() {
    return "These are notes of two parts of the same meeting, one after the other. Join them into "
           "one list of bullets, shorter than both; keep decisions, action items, names, dates "
           "and numbers. Keep the numbers in brackets at the end of every bullet. Invent nothing.";
}

std::string promptOf(std::string_view instructions, std::string_view text) {
    return std::string(instructions) + "\n\n---\n" + std::string(text) + "---\n\n" +
           std::string(instructions);
}

namespace {

bool isHeading(std::string_view text) {
    const bool bold = text.size() > 4 && text.substr(0, 2) == "**" &&
                      text.substr(text.size() - 2) == "**" &&
                      text.substr(2, text.size() - 4).find("**") == std::string_view::npos;
    const bool introduces = text.back() == ':' && text.size() <= kLongestIntroduction;
    return text.front() == '#' || bold || introduces;
}

/// Takes the mark of a bullet or a number off; false when there is none.
bool takeBullet(std::string& text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    const bool numbered =
        digits != 0 && digits != std::string::npos &&
        (text[digits] == '.' || text[digits] == ')') &&
        (digits + 1 == text.size() || text[digits + 1] == ' '); // no "3.5 percent"
    if (text.rfind("- ", 0) == 0 || text.rfind("* ", 0) == 0 || text.rfind("• ", 0) == 0) {
        text = std::string(trimmed(std::string_view(text).substr(text.find(' '))));
    } else if (numbered) {
        text = std::string(trimmed(std::string_view(text).substr(digits + 1)));
    } else {
        return false;
    }
    return true;
}

} // namespace

LineKind takeKind(std::string& line) {
    if (takeBullet(line)) {
        return LineKind::Bullet;
    }
    return isHeading(line) ? LineKind::Heading : LineKind::Paragraph;
}

Summary parseSummary(std::string_view answer, const Transcript& transcript, SameLanguage same) {
    Summary summary;
    SourceLinks links(transcript, same);
    while (!answer.empty()) {
        const std::size_t end = answer.find('\n');
        std::string text(trimmed(answer.substr(0, end)));
        answer.remove_prefix(end == std::string_view::npos ? answer.size() : end + 1);
        if (text.empty() || text.find_first_not_of("-*_ ") == std::string::npos) {
            continue;
        }
        SummaryLine line;
        const bool bullet = takeBullet(text);
        std::string words = text;
        const bool cites = !takeSources(words).empty();
        if (words.empty()) {
            continue; // nothing but marks
        }
        if (!bullet && !cites && isHeading(words)) {
            line.kind = LineKind::Heading;
            line.sentences = {{.text = std::move(words)}};
        } else {
            line.sentences = links.link(text);
            // Lines that name their sources are a list, whether they have marks or not.
            const bool item = bullet || (cites && line.sentences.size() == 1);
            line.kind = item ? LineKind::Bullet : LineKind::Paragraph;
        }
        summary.lines.push_back(std::move(line));
    }
    return summary;
}

std::string summaryMarkdown(const Summary& summary, const std::string& title,
                            std::string_view edited) {
    std::string text = "# " + title + "\n\n";
    for (const std::string& problem : summary.problems) {
        text += "> **Missing:** " + problem + "\n\n";
    }
    if (!summary.note.empty()) {
        text += "> " + summary.note + "\n\n";
    }
    bool list = false;
    for (const SummaryLine& line : summary.lines) {
        const bool bullet = line.kind == LineKind::Bullet;
        text += bullet ? "- " : list ? "\n" : "";
        text += linkedMarkdown(line.sentences);
        if (line.editedByUser && !edited.empty()) {
            text.append(" ").append(edited);
        }
        text += bullet ? "\n" : "\n\n";
        list = bullet;
    }
    return text;
}

} // namespace phial::meetings
