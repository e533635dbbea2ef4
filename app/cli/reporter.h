// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/cli.h"
#include "app/cli/command_line.h"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace phial::cli {

/// Writes to standard output and error so that answers stay clean: progress is one moving line on a
/// terminal and a line now and then elsewhere, and it is wiped before anything else is written. One
/// thread.
class Reporter {
public:
    Reporter(const Streams& streams, Chatter chatter);
    ~Reporter();

    Reporter(const Reporter&) = delete;
    Reporter& operator=(const Reporter&) = delete;

    void progress(const Progress& progress);

    /// How far a long piece of work is, in words; shown as progress is.
    void work(const std::string& line);

    /// A piece of an answer, written at once.
    void answer(std::string_view text);

    void note(std::string_view sentence);
    void error(std::string_view sentence);

    /// False when nobody reads standard output any more.
    bool isRead() const;

private:
    using Clock = std::chrono::steady_clock;

    void wipe();

    const Streams& m_streams;
    Chatter m_chatter;
    std::optional<Progress::Stage> m_stage;
    Clock::time_point m_stageBegan;
    Clock::time_point m_lastWritten;
    Clock::time_point m_lastWork;
    std::size_t m_lineLength = 0; ///< of the progress line on the terminal
};

} // namespace phial::cli
