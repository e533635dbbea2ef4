// SPDX-License-Identifier: MIT
#pragma once

#include "inference/gpu/command_stream.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace phial::gpu {

/// Time on the device per label, from timestamps around each dispatch. While a stream has a
/// profiler, dispatches do not overlap, so the sum is a little larger than the time of the same
/// work without it. One thread.
class Profiler {
public:
    struct Row {
        std::string label;
        std::uint64_t calls = 0;
        double seconds = 0;
        double flops = 0;
        double bytes = 0;

        double gigabytesPerSecond() const { return seconds > 0 ? bytes / seconds * 1e-9 : 0; }

        double gigaflopsPerSecond() const { return seconds > 0 ? flops / seconds * 1e-9 : 0; }
    };

    /// Called by streams.
    void add(std::string_view label, double seconds, const Work& work);

    /// Longest total time first.
    std::vector<Row> rows() const;
    /// rows() as text with a sum, for people.
    std::string table() const;

    /// Called by streams: a whole command buffer took so long on the device, barriers included.
    void addSpan(double seconds) { m_spanSeconds += seconds; }

    /// First to last timestamp of all command buffers; 0 where the device has no timestamps.
    double spanSeconds() const { return m_spanSeconds; }

    void clear() {
        m_rows.clear();
        m_spanSeconds = 0;
    }

private:
    std::map<std::string, Row, std::less<>> m_rows;
    double m_spanSeconds = 0;
};

} // namespace phial::gpu
