// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/engine.h"
#include "tests/support/gpu_fixture.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <string>
#include <vector>

namespace phial::test {

/// The embedded model through the whole engine: sound in, the right words out. The judge is
/// the reference implementation's own ids on the same audio (tests/golden/recordings).
class Recordings : public testing::Test {
protected:
    void SetUp() override;

    static std::unique_ptr<Engine> load(Precision precision);

    /// Answers the recording of `entry` with the prompts of the given tasks ("transcribe",
    /// "german", "spanish", "french"); ids, text and counts must be the expected ones. Tasks whose
    /// reference was less sure than `leastMargin` are left out.
    static void expectIds(Engine& engine, const nlohmann::json& entry,
                          const std::vector<std::string>& tasks, double leastMargin);

    nlohmann::json m_expected; ///< expected.json
};

} // namespace phial::test
