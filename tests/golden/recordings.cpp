// SPDX-License-Identifier: MIT
#include "tests/golden/recordings.h"

#include "tests/support/source_root.h"

#include <cstring>
#include <fstream>
#include <iterator>

namespace phial::test {
namespace {

const std::filesystem::path kRoot = test::sourceRoot();

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

} // namespace

void Recordings::SetUp() {
    if (!gpuAvailable()) {
        GTEST_SKIP() << "no Vulkan device";
    }
    std::ifstream in(kRoot / "tests/golden/recordings/expected.json");
    m_expected = nlohmann::json::parse(in);
}

std::unique_ptr<Engine> Recordings::load(Precision precision) {
    EngineOptions options;
    options.model = kRoot / "resources/models/embedded";
    options.device = gpuTestOptions();
    options.precision = precision;
    options.contextTokens = 512;
    return loadEngine(options);
}

void Recordings::expectIds(Engine& engine, const nlohmann::json& entry,
                           const std::vector<std::string>& tasks, double leastMargin) {
    const auto clip = readWav(kRoot / "tests/golden/recordings" / entry["file"].get<std::string>());
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

} // namespace phial::test
