// SPDX-License-Identifier: MIT
#include "inference/gpu/command_stream.h"
#include "inference/gpu/submission_pacer.h"

#include <gtest/gtest.h>

namespace phial::gpu {
namespace {

/// A device that does `rate` units a second and is always given as much as the pacer wants.
double settledSeconds(double rate) {
    SubmissionPacer pacer;
    for (int i = 0; i < 40; ++i) {
        const double cost = pacer.targetCost();
        pacer.learn(cost, cost / rate);
    }
    return pacer.targetCost() / rate;
}

TEST(SubmissionPacer, SettlesAtFiftyMillisecondsOnSlowAndFastDevices) {
    for (const double rate : {1e9, 1e11, 1e13}) {
        EXPECT_NEAR(settledSeconds(rate), 0.05, 0.001) << rate;
    }
}

TEST(SubmissionPacer, OneOddMeasurementMovesItByAStepOnly) {
    SubmissionPacer pacer;
    const double before = pacer.targetCost();
    pacer.learn(before, 1000.0); // a shader compiled at its first dispatch
    EXPECT_GE(pacer.targetCost(), before / 4);
    pacer.learn(before, 1e-9);
    EXPECT_LE(pacer.targetCost(), before * 4);
}

TEST(SubmissionPacer, TinySubmissionsTeachNothing) {
    SubmissionPacer pacer;
    const double before = pacer.targetCost();
    for (int i = 0; i < 100; ++i) {
        pacer.learn(before / 1000, 0.001); // overhead, not throughput
    }
    EXPECT_EQ(pacer.targetCost(), before);
}

TEST(SubmissionPacer, CutsWhatIsLongerThanASubmission) {
    SubmissionPacer pacer;
    const double target = pacer.targetCost();
    EXPECT_EQ(pacer.piecesOf(0), 1U);
    EXPECT_EQ(pacer.piecesOf(target), 1U);
    EXPECT_EQ(pacer.piecesOf(1.01 * target), 2U);
    EXPECT_EQ(pacer.piecesOf(9.9 * target), 10U);
    pacer.learn(target, 0.2); // four times as long as wanted
    EXPECT_EQ(pacer.piecesOf(target), 4U);
}

TEST(SubmissionPacer, ClosesASubmissionThatWouldBecomeTooLong) {
    const SubmissionPacer pacer;
    const double target = pacer.targetCost();
    EXPECT_TRUE(pacer.fits(0, target));
    EXPECT_TRUE(pacer.fits(0.2 * target, target));
    EXPECT_FALSE(pacer.fits(0.5 * target, target));
}

TEST(SubmissionPacer, CountsDispatchesThatDeclareNoWork) {
    EXPECT_GT(SubmissionPacer::cost({}), 0);
    EXPECT_GT(SubmissionPacer::cost({.flops = 1e9}), 1e9);
    EXPECT_GT(SubmissionPacer::cost({.bytes = 1e9}), 1e9);
}

} // namespace
} // namespace phial::gpu
