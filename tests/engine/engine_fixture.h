// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/error.h"
#include "inference/engine/engine.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace phial::test {

/// Tests that load the tiny golden model (random weights, every structural feature) or a folder
/// made from it, in fp32 with validation on.
class EngineTest : public testing::Test {
protected:
    void SetUp() override;

    static EngineOptions options(int contextTokens = 256,
                                 const std::filesystem::path& model = goldenFolder());

    /// The request behind golden case model_text; its greedy continuation never ends by itself.
    static Request textRequest(int maxTokens);
    static std::vector<std::int32_t> goldenIds(const std::string& caseName);

    static Request ask(const std::string& text, int maxTokens);

    static std::shared_ptr<const Image> goldenImage(const std::string& caseName);
    static std::shared_ptr<const AudioClip> goldenClip(const std::string& caseName);

    static GenerationResult run(Engine& engine, const Request& request) {
        return engine.generate(request, {}, {});
    }
};

/// The code of the Error that `action` throws; fails the test when it throws none.
ErrorCode errorCodeOf(const std::function<void()>& action, std::string* message = nullptr);

} // namespace phial::test
