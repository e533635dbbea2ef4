// SPDX-License-Identifier: MIT
#include "app/cli/reporter.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <ostream>
#include <utility>

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

std::string gigabytes(double bytes) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), bytes < 1e9 ? "%.3f" : "%.2f", bytes / 1e9);
    return text.data();
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
    show(nameOf(progress.stage), progress.done, progress.total, Unit::Parts);
}

void Reporter::progress(std::string_view what, std::uint64_t doneBytes, std::uint64_t totalBytes) {
    if (m_chatter == Chatter::Normal) {
        show(what, static_cast<double>(doneBytes), static_cast<double>(totalBytes), Unit::Bytes);
    }
}

void Reporter::progressOf(std::string_view what, int done, int total) {
    if (m_chatter == Chatter::Normal) {
        show(what, done, total, Unit::Parts);
    }
}

void Reporter::show(std::string_view stage, double done, double total, Unit unit) {
    const Clock::time_point now = Clock::now();
    const bool newStage = m_stage != stage;
    if (newStage) {
        m_stage = stage;
        m_stageBegan = now;
        m_doneBefore = done;
    }
    if (!newStage && now - m_lastWritten < pause()) {
        return;
    }
    m_lastWritten = now;
    std::string line = m_stage;
    if (total > 0) {
        const double part = std::min(done / total, 1.0);
        const double gone = std::chrono::duration<double>(now - m_stageBegan).count();
        const double fresh = done - m_doneBefore;
        line += ", " + std::to_string(static_cast<int>(part * 100)) + " %";
        if (unit == Unit::Bytes) {
            line += ", " + gigabytes(done) + " of " + gigabytes(total) + " GB";
            line += gone > 1 ? ", " + gigabytes(fresh / gone) + " GB/s" : "";
        }
        if (now - m_stageBegan > kEstimateAfter && fresh > 0.01 * total && part < 1) {
            line += ", about " + duration(gone / fresh * (total - done)) + " left";
        }
    }
    put(line);
}

void Reporter::work(const std::string& line) {
    const Clock::time_point now = Clock::now();
    if (m_chatter == Chatter::Quiet || now - m_lastWork < pause()) {
        return;
    }
    m_lastWork = now;
    put(line);
}

Reporter::Clock::duration Reporter::pause() const {
    return m_streams.errKind == Terminal::Yes ? Clock::duration(kMoveEvery)
                                              : Clock::duration(kLineEvery);
}

void Reporter::put(const std::string& line) {
    if (m_insideLine) {
        return; // the answer that grows there shows that work goes on
    }
    const std::string whole = "phial: " + line;
    if (m_streams.errKind == Terminal::Yes) {
        wipe();
        m_streams.err << whole << std::flush;
        m_lineLength = whole.size();
    } else {
        m_streams.err << whole << std::endl;
    }
}

void Reporter::answer(std::string_view text) {
    wipe();
    m_streams.out << text << std::flush;
    if (!text.empty()) {
        m_insideLine = m_streams.outAndErr == Together::Yes && text.back() != '\n';
    }
}

void Reporter::note(std::string_view sentence) {
    if (m_chatter == Chatter::Normal) {
        say(sentence);
    }
}

void Reporter::error(std::string_view sentence) {
    say(sentence);
}

void Reporter::say(std::string_view sentence) {
    wipe();
    if (std::exchange(m_insideLine, false)) {
        m_streams.err << '\n';
    }
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
