// SPDX-License-Identifier: MIT
#pragma once

#include "app/evaluate/suite.h"
#include "inference/evaluate/text_scores.h"

#include <string>
#include <vector>

namespace phial::evaluate {

/// How the answers of a task are judged.
enum class Measure {
    WordErrors,      ///< speech written down
    ExactAnswers,    ///< translations; with their word error rate beside
    Statements,      ///< summaries: statements found and invented
    Conclusions,     ///< questions about pictures: the answer's last sentence, exactly
    CharacterErrors, ///< printed text
    InventedWords,   ///< sound without words
};

/// By the task's name: "translate" and "summarize" and so on; everything else is speech written
/// down.
Measure measureOf(const std::string& task);

enum class Better { Lower, Higher };

/// One number of the result table.
struct Figure {
    std::string name; ///< with unit: "WER %"
    double value = 0;
    Better better = Better::Lower;
};

/// The last sentence of an answer that first reads everything and then concludes: "A 3, B 4. The
/// highest is B with 4." -> "The highest is B with 4".
std::string conclusionOf(const std::string& answer);

/// Adds up the answers to one task.
class TaskScore {
public:
    explicit TaskScore(Measure measure)
        : m_measure(measure) {}

    void add(const SuiteCase& asked, const std::string& given);

    int cases() const { return m_cases; }

    /// The first one is what floors are about. Empty without cases.
    std::vector<Figure> figures() const;

private:
    double percentOfCases(int count) const;

    Measure m_measure;
    int m_cases = 0;
    int m_exact = 0;
    EditCount m_edits;
    FactCount m_facts;
};

/// Whether a figure is as good as a floor, or better.
bool meets(const Figure& figure, double floor);

} // namespace phial::evaluate
