// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/cli.h"
#include "app/cli/command_line.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace phial::cli {

/// Writes to standard output and error so that answers stay clean: progress is one moving line on a
/// terminal and a line now and then elsewhere, and it is wiped before anything else is written.
/// Where both streams end up in one place, no line of the one begins inside a line of the other.
/// One thread.
class Reporter {
public:
    Reporter(const Streams& streams, Chatter chatter);
    ~Reporter();

    Reporter(const Reporter&) = delete;
    Reporter& operator=(const Reporter&) = delete;

    void progress(const Progress& progress);

    /// How far a long piece of work is, in words; shown as progress is.
    void work(const std::string& line);

    /// Progress of work on files, told in GB with its speed: `what` is "quantizing" or the like.
    void progress(std::string_view what, std::uint64_t doneBytes, std::uint64_t totalBytes);

    /// Progress of work on a number of equal things.
    void progressOf(std::string_view what, int done, int total);

    /// A piece of an answer, written at once.
    void answer(std::string_view text);

    void note(std::string_view sentence);
    void error(std::string_view sentence);

    /// False when nobody reads standard output any more.
    bool isRead() const;

private:
    using Clock = std::chrono::steady_clock;

    enum class Unit { Parts, Bytes };

    void show(std::string_view stage, double done, double total, Unit unit);
    Clock::duration pause() const; ///< between two lines of progress
    void put(const std::string& line);
    void say(std::string_view sentence); ///< on standard error, on a line of its own
    void wipe();

    const Streams& m_streams;
    Chatter m_chatter;
    std::string m_stage;
    Clock::time_point m_stageBegan;
    double m_doneBefore = 0; ///< when the stage began: work that an earlier run had done
    Clock::time_point m_lastWritten;
    Clock::time_point m_lastWork;
    std::size_t m_lineLength = 0; ///< of the progress line on the terminal
    bool m_insideLine = false; ///< an answer's last line is not ended, and `err` would stand in it
};

} // namespace phial::cli
