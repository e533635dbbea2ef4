// SPDX-License-Identifier: MIT
#pragma once

#include "app/evaluate/task_score.h"
#include "inference/engine/engine.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace phial::evaluate {

/// How the files of a suite are opened.
struct MediaReaders {
    std::function<std::shared_ptr<const AudioClip>(const std::filesystem::path&)> clip;
    std::function<std::shared_ptr<const Image>(const std::filesystem::path&)> picture;
    /// What is said in a recording of any length, as the program writes it down.
    std::function<std::string(const std::filesystem::path&)> transcript;
};

struct AnsweredCase {
    const SuiteCase& asked;
    std::string given;
    int done = 0; ///< cases so far, this one included
};

/// Scores by task, in the order in which the tasks first appear.
using SuiteScores = std::vector<std::pair<std::string, TaskScore>>;

/// Asks every case of the suite, greedily, each in a conversation of its own; a "meeting" is
/// transcribed by `readers`. Calls `onAnswer` after each. Stops early, with the scores so far,
/// after a stop request. Throws Error of the engine and of the readers.
SuiteScores runSuite(Engine& engine, const Suite& suite, const MediaReaders& readers,
                     const std::function<void(const AnsweredCase&)>& onAnswer,
                     const std::stop_token& stop);

} // namespace phial::evaluate
