// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::meetings {

struct JobProgress {
    double done = 0;
    double total = 0;        ///< in the same unit: seconds of sound, or segments; 0 = not known
    double speed = 0;        ///< times real time; 0 = not known yet
    double secondsLeft = -1; ///< negative = not known yet
    std::string detail;      ///< "part 3 of 9", or empty
};

enum class StepResult {
    More, ///< call again
    Done,
    Stopped, ///< a stop was requested; what is done is kept, and a new job goes on from there
};

/// A long piece of work in small steps, between which a dictation or a chat may have the engine.
/// One thread at a time.
class Job {
public:
    virtual ~Job() = default;

    /// Does a little: at most one call of the engine and its retry. Throws Error; the job cannot go
    /// on then, but what was done is kept.
    virtual StepResult step(Engine& engine, std::stop_token stop) = 0;

    virtual JobProgress progress() const = 0;
};

/// The steady clock, or a test's.
using Now = std::function<std::chrono::steady_clock::time_point()>;

} // namespace phial::meetings
