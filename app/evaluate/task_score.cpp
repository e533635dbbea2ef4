// SPDX-License-Identifier: MIT
#include "app/evaluate/task_score.h"

#include <map>

namespace phial::evaluate {
namespace {

/// What stands before each statement of a summary (training/grammar.py).
const std::vector<std::string>& summaryMarks() {
    static const std::vector<std::string> marks = {"Decision:", "Action:"};
    return marks;
}

double percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

} // namespace

Measure measureOf(const std::string& task) {
    static const std::map<std::string, Measure> measures = {
        {"translate", Measure::ExactAnswers},
        {"summarize", Measure::Statements},
        {"chart", Measure::Conclusions},
        {"spoken_chart", Measure::Conclusions},
        {"text_line", Measure::CharacterErrors},
        {"wordless", Measure::InventedWords},
        {"typed_translate", Measure::ExactAnswers},
        {"chat", Measure::ExactAnswers},
        {"refuse", Measure::ExactAnswers},
        {"tool", Measure::ExactAnswers},
    };
    const auto found = measures.find(task);
    return found == measures.end() ? Measure::WordErrors : found->second;
}

std::string conclusionOf(const std::string& answer) {
    std::string text = answer;
    while (!text.empty() && (text.back() == '.' || text.back() == ' ' || text.back() == '\n')) {
        text.pop_back();
    }
    const std::size_t before = text.rfind(". ");
    return before == std::string::npos ? text : text.substr(before + 2);
}

void TaskScore::add(const SuiteCase& asked, const std::string& given) {
    ++m_cases;
    switch (m_measure) {
    case Measure::WordErrors:
    case Measure::ExactAnswers:
        m_exact += isExact(asked.answer, given) ? 1 : 0;
        m_edits += wordEdits(asked.answer, given);
        break;
    case Measure::Statements:
        m_facts +=
            countFacts(statements(asked.answer, summaryMarks()), statements(given, summaryMarks()));
        break;
    case Measure::Conclusions:
        m_exact += conclusionOf(asked.answer) == conclusionOf(given) ? 1 : 0;
        break;
    case Measure::CharacterErrors:
        m_exact += isExact(asked.answer, given) ? 1 : 0;
        m_edits += characterEdits(asked.answer, given);
        break;
    case Measure::InventedWords:
        m_edits += wordEdits("", given);
        break;
    }
}

double TaskScore::percentOfCases(int count) const {
    return percent(static_cast<std::size_t>(count), static_cast<std::size_t>(m_cases));
}

std::vector<Figure> TaskScore::figures() const {
    if (m_cases == 0) {
        return {};
    }
    const Figure exact{
        .name = "exact %", .value = percentOfCases(m_exact), .better = Better::Higher};
    const Figure words{.name = "WER %", .value = 100.0 * m_edits.rate()};
    switch (m_measure) {
    case Measure::WordErrors:
        return {words, exact};
    case Measure::ExactAnswers:
        return {exact, words};
    case Measure::Statements:
        return {{.name = "facts found %",
                 .value = percent(m_facts.found, m_facts.wanted),
                 .better = Better::Higher},
                {.name = "facts invented %", .value = percent(m_facts.invented, m_facts.said)}};
    case Measure::Conclusions:
        return {exact};
    case Measure::CharacterErrors:
        return {{.name = "CER %", .value = 100.0 * m_edits.rate()}, exact};
    case Measure::InventedWords:
        return {{.name = "words invented", .value = static_cast<double>(m_edits.edits)}};
    }
    return {};
}

bool meets(const Figure& figure, double floor) {
    constexpr double kRounding = 1e-9;
    return figure.better == Better::Lower ? figure.value <= floor + kRounding
                                          : figure.value >= floor - kRounding;
}

} // namespace phial::evaluate
