// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace phial::meetings {

/// One measured number and the most that it may be.
struct Figure {
    std::string name;
    double found = 0;
    double most = 0;
    std::string unit;
    std::string how; ///< what was done

    bool holds() const { return found <= most; }
};

/// What a measurement may use.
struct Bench {
    std::filesystem::path folder; ///< empty; room for the files that a measurement says it needs
    std::filesystem::path model;  ///< folder of a model, for cancelling real work
    double share = 1;             ///< of the full length, for a quick look
    double speed = 60;            ///< of the capture beside a full processor, times real time

    std::function<void(const Figure&)> found;       ///< takes each figure as soon as it is known
    std::function<void(const std::string&)> begins; ///< is told what is measured next
};

/// Seconds of processor time of this process.
double processorSeconds();

/// Memory of this process that is resident, in MB.
double residentMegabytes();

// The measurements. Each may throw Error.
void measureReady(const Bench& bench);        ///< start to first sound, and on disk
void measureLoad(const Bench& bench);         ///< capture beside a full processor
void measureEngineFaults(const Bench& bench); ///< a recording beside an engine that fails
void measureLongMemory(const Bench& bench);   ///< of recording
void measureLines(const Bench& bench);        ///< memory while a day of lines is written down
void measureCancel(const Bench& bench);       ///< of loading, answering, importing
void measureDrift(const Bench& bench);        ///< of times after five hours
void measureInvented(const Bench& bench);     ///< speech heard where there is none
void measureExports(const Bench& bench);      ///< written and read back
void measureSearch(const Bench& bench);       ///< in a large library

} // namespace phial::meetings
