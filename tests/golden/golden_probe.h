// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/probe.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"

#include <set>
#include <string>

namespace phial::test {

/// The golden set through the probe, as `phial probe` runs it, with validation on.
class GoldenProbe : public testing::Test {
protected:
    void SetUp() override {
        if (!gpuAvailable()) {
            GTEST_SKIP() << "no Vulkan device";
        }
    }

    /// Runs the probe; every row must be ok. Returns the names of all rows.
    static std::set<std::string> probe(Precision precision, const std::string& disable = {},
                                       const std::string& only = {}) {
        ProbeOptions options;
        options.device = gpuTestOptions();
        if (!disable.empty()) {
            options.device.disable = disable;
        }
        options.precision = precision;
        options.only = only;
        std::set<std::string> names;
        const ProbeResult result = runProbe(goldenFolder(), options, [&](const ProbeRow& row) {
            names.insert(row.name);
            EXPECT_TRUE(row.ok) << row.name << ": error " << row.maxError << ", relative "
                                << row.relativeError << ", tolerance " << row.tolerance << "; "
                                << row.note;
        });
        EXPECT_EQ(result.failed, 0);
        EXPECT_EQ(result.rows, static_cast<int>(names.size()));
        return names;
    }
};

} // namespace phial::test
