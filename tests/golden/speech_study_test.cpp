// SPDX-License-Identifier: MIT
// The embedded study model through the whole engine: sound in, the right words out. The judge is
// the reference implementation's own ids on the same audio (tests/golden/speech-study).
#include "inference/engine/engine.h"
#include "tests/support/gpu_fixture.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <fstream>
#include <iterator>

namespace phial {
namespace {

const std::filesystem::path kRoot = PHIAL_SOURCE_DIR;

/// 16-bit mono PCM with the 44-byte header that the set's files have.
std::shared_ptr<const AudioClip> readWav(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_GT(bytes.size(), 44U) << path;
    EXPECT_EQ(bytes.substr(36, 4), "data") << path;
    auto clip = std::make_shared<AudioClip>();
    for (std::size_t at = 44; at + 1 < bytes.size(); at += 2) {
        std::int16_t sample = 0;
        std::memcpy(&sample, bytes.data() + at, 2);
        clip->samples.push_back(static_cast<float>(sample) / 32768.0F);
    }
    return clip;
}

class SpeechStudyTest : public testing::Test {
protected:
    void SetUp() override {
        if (!gpuAvailable()) {
            GTEST_SKIP() << "no Vulkan device";
        }
        std::ifstream in(kRoot / "tests/golden/speech-study/expected.json");
        m_expected = nlohmann::json::parse(in);
    }

    static std::unique_ptr<Engine> load(Precision precision) {
        EngineOptions options;
        options.model = kRoot / "resources/models/embedded";
        options.device = gpuTestOptions();
        options.precision = precision;
        options.contextTokens = 512;
        return loadEngine(options);
    }

    /// Answers the file with each of the prompts; ids must be the expected ones. In fp16 only where
    /// the reference was sure enough (README of the set).
    void expectIds(Engine& engine, const nlohmann::json& entry,
                   const std::vector<std::string>& tasks, double leastMargin) {
        const auto clip =
            readWav(kRoot / "tests/golden/speech-study" / entry["file"].get<std::string>());
        for (const std::string& task : tasks) {
            const nlohmann::json& expected = entry[task];
            if (expected["min_top1_margin"].get<double>() < leastMargin) {
                continue;
            }
            SCOPED_TRACE(entry["file"].get<std::string>() + " " + task);
            Request request;
            Message message;
            message.text = expected["prompt"].get<std::string>();
            message.clips = {clip};
            request.messages = {message};
            request.sampling.maxTokens = 100;
            const GenerationResult result = engine.generate(request, {}, {});
            EXPECT_EQ(result.tokenIds, expected["token_ids"].get<std::vector<std::int32_t>>());
            EXPECT_EQ(result.text, expected["text"].get<std::string>());
            EXPECT_EQ(result.finishReason, FinishReason::EndOfTurn);
            EXPECT_EQ(result.usage.audioTokens, entry["audio_tokens"].get<int>());
        }
    }

    nlohmann::json m_expected;
};

TEST_F(SpeechStudyTest, TranscribesAndTranslatesInFp32) {
    const auto engine = load(Precision::Fp32);
    expectIds(*engine, m_expected[0], {"transcribe", "german", "spanish"}, 0);
    expectIds(*engine, m_expected[7], {"transcribe"}, 0); // a voice it never heard
}

TEST_F(SpeechStudyTest, TranscribesInFp16) {
    const auto engine = load(Precision::Fp16);
    expectIds(*engine, m_expected[2], {"transcribe", "german"}, 0.05);
}

TEST_F(SpeechStudyTest, SlowAllFilesInFp32) {
    const auto engine = load(Precision::Fp32);
    for (const nlohmann::json& entry : m_expected) {
        expectIds(*engine, entry, {"transcribe", "german", "spanish"}, 0);
    }
}

TEST_F(SpeechStudyTest, SlowAllFilesInFp16) {
    const auto engine = load(Precision::Fp16);
    for (const nlohmann::json& entry : m_expected) {
        expectIds(*engine, entry, {"transcribe", "german", "spanish"}, 0.05);
    }
}

} // namespace
} // namespace phial
