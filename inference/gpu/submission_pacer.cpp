// SPDX-License-Identifier: MIT
#include "inference/gpu/submission_pacer.h"

#include "inference/gpu/command_stream.h"

#include <algorithm>
#include <cmath>

namespace phial::gpu {
namespace {

constexpr double kTargetSeconds = 0.05;
// A byte moved weighs like so many operations. The exact value matters little: the target adapts.
constexpr double kOperationsPerByte = 4;
// Each dispatch has a floor: many tiny ones take time too.
constexpr double kDispatchCost = 1e4;
// One odd measurement (a shader compiled at its first dispatch, a busy desktop) moves the target at
// most so much.
constexpr double kLargestStep = 4;
// A submission may be so much longer than wanted before it is closed for what comes next.
constexpr double kSlack = 1.25;
constexpr double kSmallestTarget = 1e6;
constexpr double kLargestTarget = 1e14;

} // namespace

double SubmissionPacer::cost(const Work& work) {
    return kDispatchCost + work.flops + kOperationsPerByte * work.bytes;
}

void SubmissionPacer::learn(double cost, double seconds) {
    // A short submission that was meant to be short says nothing about long ones.
    const bool meantShort = cost < m_target / 2 && seconds < kTargetSeconds;
    if (cost <= 0 || seconds <= 0 || meantShort) {
        return;
    }
    const double ideal = cost / seconds * kTargetSeconds;
    m_target = std::clamp(ideal, m_target / kLargestStep, m_target * kLargestStep);
    m_target = std::clamp(m_target, kSmallestTarget, kLargestTarget);
}

std::uint64_t SubmissionPacer::piecesOf(double cost) const {
    return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(std::ceil(cost / m_target)));
}

bool SubmissionPacer::fits(double gathered, double next) const {
    return gathered + next <= kSlack * m_target;
}

} // namespace phial::gpu
