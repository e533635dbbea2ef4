// SPDX-License-Identifier: MIT
#include "inference/gpu/profiler.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace phial::gpu {

void Profiler::add(std::string_view label, double seconds, const Work& work) {
    auto found = m_rows.find(label);
    if (found == m_rows.end()) {
        found = m_rows.emplace(std::string(label), Row{.label = std::string(label)}).first;
    }
    Row& row = found->second;
    ++row.calls;
    row.seconds += seconds;
    row.flops += work.flops;
    row.bytes += work.bytes;
}

std::vector<Profiler::Row> Profiler::rows() const {
    std::vector<Row> list;
    list.reserve(m_rows.size());
    for (const auto& [label, row] : m_rows) {
        list.push_back(row);
    }
    std::stable_sort(list.begin(), list.end(),
                     [](const Row& a, const Row& b) { return a.seconds > b.seconds; });
    return list;
}

std::string Profiler::table() const {
    std::array<char, 160> line{};
    std::string out = "op                        calls        ms      %     GB/s  GFLOP/s\n";
    double total = 0;
    for (const auto& [label, row] : m_rows) {
        total += row.seconds;
    }
    for (const Row& row : rows()) {
        std::snprintf(line.data(), line.size(), "%-24s %6llu %9.3f %6.1f %8.2f %8.2f\n",
                      row.label.c_str(), static_cast<unsigned long long>(row.calls),
                      row.seconds * 1e3, total > 0 ? 100 * row.seconds / total : 0.0,
                      row.gigabytesPerSecond(), row.gigaflopsPerSecond());
        out += line.data();
    }
    std::snprintf(line.data(), line.size(), "%-24s %6s %9.3f\n", "all", "", total * 1e3);
    return out + line.data();
}

} // namespace phial::gpu
