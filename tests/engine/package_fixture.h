// SPDX-License-Identifier: MIT
#pragma once

#include "inference/engine/load_engine.h"
#include "inference/package/plan.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/temp_folder.h"

#include <filesystem>
#include <string>
#include <vector>

namespace phial::test {

/// Steps of a greedy answer, and those whose most likely token is the expected one.
struct Steps {
    int agreeing = 0;
    int all = 0;

    double share() const { return static_cast<double>(agreeing) / all; }

    Steps& operator+=(const Steps& other) {
        agreeing += other.agreeing;
        all += other.all;
        return *this;
    }
};

/// Tests that quantize the tiny golden model and run the package.
class PackageTest : public EngineTest {
protected:
    std::filesystem::path quantized(const package::Plan& plan);

    /// The requests behind golden cases model_speech and model_image.
    static Request speechRequest(int maxTokens);
    static Request imageRequest(int maxTokens);

    /// What the decoder holds after a prompt.
    struct Prompt {
        std::int64_t length = 0;
        models::DecoderMode mode;
    };

    /// Reads a prompt with its media and makes room for `more` tokens.
    static Prompt readPrompt(Phi4Parts& parts, const Request& request, std::int64_t more);

    static std::vector<float> logitsAfter(Phi4Parts& parts, const Request& request);

    /// Golden steps whose most likely token is the golden one, each step behind the golden past.
    static Steps agreement(Phi4Parts& parts, const Request& request, const std::string& golden);

    /// The model that a package stands for, as a checkpoint in fp32: its planes decoded by the CPU
    /// reference, column scales multiplied in and taken out of the adapters again.
    static void writeDecoded(const std::filesystem::path& package,
                             const std::filesystem::path& folder);

    TempFolder m_folder;
};

} // namespace phial::test
