// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/probe.h"
#include "inference/gpu/device.h"
#include "inference/tensor/dtype.h"
#include "inference/tensor/tensor.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace phial {

/// What errors may be, relative to the largest expected value of a stage.
struct ProbeTolerances {
    double encoder = 0;
    double decoder = 0;

    static ProbeTolerances forType(DType activations);
};

/// Compares stages and passes rows on. For probe*.cpp; one thread.
class ProbeReport {
public:
    ProbeReport(const std::function<void(const ProbeRow&)>& sink, std::string only)
        : m_sink(sink)
        , m_only(std::move(only)) {}

    bool wanted(const std::string& name) const {
        return m_only.empty() || name.find(m_only) != std::string::npos;
    }

    /// Largest |got - expected| <= tolerance * largest |expected|.
    void relative(const std::string& name, std::span<const float> got,
                  std::span<const float> expected, double tolerance);

    /// Largest |got - expected| <= tolerance.
    void absolute(const std::string& name, std::span<const float> got,
                  std::span<const float> expected, double tolerance);

    /// Whole numbers that must be equal.
    void exact(const std::string& name, std::span<const std::int32_t> got,
               std::span<const std::int32_t> expected);

    /// `differences` of `total` items; none allowed.
    void count(const std::string& name, std::int64_t differences, std::int64_t total,
               const std::string& note = {});

    void failure(const std::string& name, const std::string& note);

    int rows() const { return m_rows; }

    int failed() const { return m_failed; }

private:
    void add(const ProbeRow& row);
    void compare(const std::string& name, std::span<const float> got,
                 std::span<const float> expected, double tolerance, bool absolute);

    const std::function<void(const ProbeRow&)>& m_sink;
    std::string m_only;
    int m_rows = 0;
    int m_failed = 0;
};

} // namespace phial
