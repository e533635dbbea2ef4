// SPDX-License-Identifier: MIT
#include "inference/engine/probe_report.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace phial {

ProbeTolerances ProbeTolerances::forType(DType activations) {
    if (activations == DType::F32) {
        // README of the golden set.
        return {.encoder = 1e-4, .decoder = 5e-4};
    }
    // fp16 rounds each activation to 2^-11 = 5e-4 of its size; a dozen roundings in a row, and sums
    // over them, leave up to 5.4e-3 of the largest value on the golden set. Twice that is allowed.
    return {.encoder = 1e-2, .decoder = 1e-2};
}

void ProbeReport::add(const ProbeRow& row) {
    ++m_rows;
    m_failed += row.ok ? 0 : 1;
    if (m_sink) {
        m_sink(row);
    }
}

void ProbeReport::compare(const std::string& name, std::span<const float> got,
                          std::span<const float> expected, double tolerance, bool absolute) {
    ProbeRow row;
    row.name = name;
    row.tolerance = tolerance;
    row.absolute = absolute;
    if (got.size() != expected.size() || got.empty()) {
        row.maxError = std::numeric_limits<double>::infinity();
        row.relativeError = row.maxError;
        row.note = "expected " + std::to_string(expected.size()) + " values, got " +
                   std::to_string(got.size());
        add(row);
        return;
    }
    double largest = 0;
    for (std::size_t i = 0; i < got.size(); ++i) {
        const double difference =
            std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
        // A NaN must not slip through as "not larger".
        row.maxError = std::isnan(difference) ? std::numeric_limits<double>::infinity()
                                              : std::max(row.maxError, difference);
        largest = std::max(largest, std::abs(static_cast<double>(expected[i])));
    }
    row.relativeError = row.maxError == 0 ? 0 : row.maxError / largest;
    row.ok = (absolute ? row.maxError : row.relativeError) <= tolerance;
    if (!row.ok) {
        row.note = "outside its tolerance";
    }
    add(row);
}

void ProbeReport::relative(const std::string& name, std::span<const float> got,
                           std::span<const float> expected, double tolerance) {
    compare(name, got, expected, tolerance, false);
}

void ProbeReport::absolute(const std::string& name, std::span<const float> got,
                           std::span<const float> expected, double tolerance) {
    compare(name, got, expected, tolerance, true);
}

void ProbeReport::exact(const std::string& name, std::span<const std::int32_t> got,
                        std::span<const std::int32_t> expected) {
    if (got.size() != expected.size()) {
        failure(name, "expected " + std::to_string(expected.size()) + " values, got " +
                          std::to_string(got.size()));
        return;
    }
    std::int64_t differences = 0;
    std::string note;
    for (std::size_t i = 0; i < got.size(); ++i) {
        if (got[i] != expected[i] && differences++ == 0) {
            note = "first difference at " + std::to_string(i) + ": expected " +
                   std::to_string(expected[i]) + ", got " + std::to_string(got[i]);
        }
    }
    count(name, differences, static_cast<std::int64_t>(got.size()), note);
}

void ProbeReport::count(const std::string& name, std::int64_t differences, std::int64_t total,
                        const std::string& note) {
    ProbeRow row;
    row.name = name;
    row.absolute = true;
    row.maxError = static_cast<double>(differences);
    row.relativeError = total > 0 ? row.maxError / static_cast<double>(total) : 0;
    row.ok = differences == 0 && total > 0;
    row.note = row.ok ? "" : note;
    add(row);
}

void ProbeReport::failure(const std::string& name, const std::string& note) {
    ProbeRow row;
    row.name = name;
    row.maxError = std::numeric_limits<double>::infinity();
    row.relativeError = row.maxError;
    row.note = note;
    add(row);
}

} // namespace phial
