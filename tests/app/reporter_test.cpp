// SPDX-License-Identifier: MIT
#include "app/cli/reporter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>

namespace phial::cli {
namespace {

/// Both streams written to one place, as on a terminal or with `2>&1`.
struct OnePlace {
    explicit OnePlace(Terminal kind)
        : streams{.in = in, .out = all, .err = all, .errKind = kind, .outAndErr = Together::Yes} {}

    std::istringstream in;
    std::ostringstream all;
    Streams streams;
};

/// What stays on the screen: \r goes back to the begin of the line.
std::string screen(const std::string& bytes) {
    std::string lines;
    std::string line;
    std::size_t at = 0;
    for (const char byte : bytes) {
        if (byte == '\r') {
            at = 0;
        } else if (byte == '\n') {
            lines += line.substr(0, line.find_last_not_of(' ') + 1) + '\n';
            line.clear();
            at = 0;
        } else {
            line.resize(std::max(line.size(), at + 1), ' ');
            line[at++] = byte;
        }
    }
    return lines + line.substr(0, line.find_last_not_of(' ') + 1);
}

} // namespace

TEST(Reporter, LeavesNoProgressInTheAnswersOfATerminal) {
    OnePlace place(Terminal::Yes);
    {
        Reporter reporter(place.streams, Chatter::Normal);
        reporter.work("transcribing, 10 %");
        reporter.answer("[0:01] One.\n");
        reporter.progressOf("asking", 1, 2);
        reporter.answer("[0:09] Two.\n");
    }
    EXPECT_EQ(screen(place.all.str()), "[0:01] One.\n[0:09] Two.\n");
}

TEST(Reporter, NeverWritesOverAnAnswerThatGrows) {
    OnePlace place(Terminal::Yes);
    {
        Reporter reporter(place.streams, Chatter::Normal);
        reporter.answer("The answer be");
        reporter.work("transcribing, 10 %");
        reporter.progressOf("asking", 1, 2);
        reporter.answer("gins.\n");
    }
    EXPECT_EQ(place.all.str(), "The answer begins.\n");
}

TEST(Reporter, EndsTheAnswersLineBeforeItComplains) {
    for (const Terminal kind : {Terminal::No, Terminal::Yes}) {
        OnePlace place(kind);
        Reporter reporter(place.streams, Chatter::Normal);
        reporter.answer("The answer be");
        reporter.error("The device was lost.");
        EXPECT_EQ(place.all.str(), "The answer be\nphial: The device was lost.\n");
    }
}

TEST(Reporter, AddsNothingToAnAnswerThatGoesElsewhere) {
    std::istringstream in;
    std::ostringstream out;
    std::ostringstream err;
    const Streams streams{.in = in, .out = out, .err = err};
    Reporter reporter(streams, Chatter::Normal);
    reporter.answer("The answer be");
    reporter.note("A note.");
    reporter.work("transcribing, 10 %");
    EXPECT_EQ(out.str(), "The answer be");
    EXPECT_EQ(err.str(), "phial: A note.\nphial: transcribing, 10 %\n");
}

} // namespace phial::cli
