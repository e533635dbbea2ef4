// SPDX-License-Identifier: MIT
#include "app/evaluate/suite_run.h"

#include "app/tasks/spoken_answer.h"

#include <algorithm>

namespace phial::evaluate {
namespace {

constexpr int kLongestAnswer = 320; ///< tokens; the longest right answers take a third of it

std::string answerTo(Engine& engine, const SuiteCase& asked, const MediaReaders& readers,
                     const std::stop_token& stop) {
    if (asked.task == "meeting") {
        return readers.transcript(asked.audio);
    }
    Message message{.role = Role::User, .text = asked.prompt};
    if (!asked.image.empty()) {
        message.images.push_back(readers.picture(asked.image));
    }
    if (!asked.audio.empty()) {
        message.clips.push_back(readers.clip(asked.audio));
    }
    Request request;
    request.messages.push_back(std::move(message));
    request.sampling.maxTokens = kLongestAnswer;
    // As the program itself does: what is said is written down without going round in circles.
    return asked.audio.empty() || !asked.image.empty()
               ? engine.generate(request, {}, stop).text
               : tasks::answerSpoken(engine, request, {}, stop).generation.text;
}

TaskScore& scoreOf(SuiteScores& scores, const std::string& task) {
    const auto found = std::find_if(scores.begin(), scores.end(),
                                    [&](const auto& entry) { return entry.first == task; });
    return found != scores.end() ? found->second
                                 : scores.emplace_back(task, TaskScore(measureOf(task))).second;
}

} // namespace

SuiteScores runSuite(Engine& engine, const Suite& suite, const MediaReaders& readers,
                     const std::function<void(const AnsweredCase&)>& onAnswer,
                     const std::stop_token& stop) {
    SuiteScores scores;
    int done = 0;
    for (const SuiteCase& asked : suite.cases) {
        if (stop.stop_requested()) {
            break;
        }
        const std::string given = answerTo(engine, asked, readers, stop);
        if (stop.stop_requested()) {
            break; // the last answer may be half of one
        }
        scoreOf(scores, asked.task).add(asked, given);
        onAnswer({.asked = asked, .given = given, .done = ++done});
    }
    return scores;
}

} // namespace phial::evaluate
