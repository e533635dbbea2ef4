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

    void clear() { m_rows.clear(); }

private:
    std::map<std::string, Row, std::less<>> m_rows;
};

} // namespace phial::gpu
