// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace phial::gpu {

struct Work;

/// Learns how much work this device does in about 50 ms, so that a submission stays far below the
/// driver's watchdog, the desktop stays smooth and a stop is obeyed soon. One thread.
class SubmissionPacer {
public:
    /// One number for a dispatch's operations and bytes.
    static double cost(const Work& work);

    bool enough(double cost) const { return cost >= m_target; }

    /// A submission of this cost took so long.
    void learn(double cost, double seconds);

    double targetCost() const { return m_target; }

    /// Into how many pieces a dispatch of this cost is cut at least, so that each takes no longer
    /// than a submission should.
    std::uint64_t piecesOf(double cost) const;

    /// Whether a dispatch of cost `next` still belongs into a submission that has `gathered`.
    bool fits(double gathered, double next) const;

private:
    double m_target = 2e8; // a slow processor's 50 ms; grows with the first measurements
};

} // namespace phial::gpu
