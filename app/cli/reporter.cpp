// SPDX-License-Identifier: MIT
#include "app/cli/reporter.h"

#include <cmath>
#include <ostream>

namespace phial::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kMoveEvery = 100ms;
constexpr auto kLineEvery = 10s;
constexpr auto kEstimateAfter = 2s; ///< earlier guesses are wild

std::string_view nameOf(Progress::Stage stage) {
    switch (stage) {
    case Progress::Stage::ReadingModel:
        return "reading the model";
    case Progress::Stage::UploadingWeights:
        return "loading weights";
    case Progress::Stage::PreparingKernels:
        return "preparing the device";
    case Progress::Stage::EncodingImage:
        return "looking at the picture";
    case Progress::Stage::EncodingAudio:
        return "listening";
    case Progress::Stage::ReadingPrompt:
        return "reading the prompt";
    case Progress::Stage::Writing:
        return "writing";
    }
    return "";
}

std::string duration(double seconds) {
    const auto all = static_cast<long>(std::ceil(seconds));
    return all < 90 ? std::to_string(all) + " s" : std::to_string((all + 59) / 60) + " min";
}

} // namespace

Reporter::Reporter(const Streams& streams, Chatter chatter)
    : m_streams(streams)
    , m_chatter(chatter) {}

Reporter::~Reporter() {
    wipe();
}

void Reporter::progress(const Progress& progress) {
    if (m_chatter == Chatter::Quiet || progress.stage == Progress::Stage::Writing) {
        return; // the text itself shows that it is written
    }
    const Clock::time_point now = Clock::now();
    const bool newStage = m_stage != progress.stage;
    if (newStage) {
        m_stage = progress.stage;
        m_stageBegan = now;
    }
    const bool terminal = m_streams.errKind == Terminal::Yes;
    if (!newStage && now - m_lastWritten <
                         (terminal ? Clock::duration(kMoveEvery) : Clock::duration(kLineEvery))) {
        return;
    }
    m_lastWritten = now;
    std::string line = "phial: " + std::string(nameOf(progress.stage));
    if (progress.total > 0) {
        const double part = std::min(progress.done / progress.total, 1.0);
        line += ", " + std::to_string(static_cast<int>(part * 100)) + " %";
        if (now - m_stageBegan > kEstimateAfter && part > 0.01 && part < 1) {
            const double gone = std::chrono::duration<double>(now - m_stageBegan).count();
            line += ", about " + duration(gone / part * (1 - part)) + " left";
        }
    }
    if (terminal) {
        wipe();
        m_streams.err << line << std::flush;
        m_lineLength = line.size();
    } else {
        m_streams.err << line << std::endl;
    }
}

void Reporter::work(const std::string& line) {
    const Clock::time_point now = Clock::now();
    const bool terminal = m_streams.errKind == Terminal::Yes;
    const Clock::duration pause =
        terminal ? Clock::duration(kMoveEvery) : Clock::duration(kLineEvery);
    if (m_chatter == Chatter::Quiet || now - m_lastWork < pause) {
        return;
    }
    m_lastWork = now;
    if (terminal) {
        wipe();
        m_streams.err << "phial: " << line << std::flush;
        m_lineLength = line.size() + 7;
    } else {
        m_streams.err << "phial: " << line << std::endl;
    }
}

void Reporter::answer(std::string_view text) {
    wipe();
    m_streams.out << text << std::flush;
}

void Reporter::note(std::string_view sentence) {
    if (m_chatter == Chatter::Normal) {
        wipe();
        m_streams.err << "phial: " << sentence << std::endl;
    }
}

void Reporter::error(std::string_view sentence) {
    wipe();
    m_streams.err << "phial: " << sentence << std::endl;
}

bool Reporter::isRead() const {
    return m_streams.out.good();
}

void Reporter::wipe() {
    if (m_lineLength > 0) {
        m_streams.err << '\r' << std::string(m_lineLength, ' ') << '\r' << std::flush;
        m_lineLength = 0;
    }
}

} // namespace phial::cli
