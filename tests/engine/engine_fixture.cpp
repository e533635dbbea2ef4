// SPDX-License-Identifier: MIT
#include "tests/engine/engine_fixture.h"

#include <algorithm>

namespace phial::test {

void EngineTest::SetUp() {
    if (!gpuAvailable()) {
        GTEST_SKIP() << "no Vulkan device";
    }
}

EngineOptions EngineTest::options(int contextTokens, const std::filesystem::path& model) {
    EngineOptions options;
    options.model = model;
    options.device = gpuTestOptions();
    options.precision = Precision::Fp32;
    options.contextTokens = contextTokens;
    return options;
}

Request EngineTest::ask(const std::string& text, int maxTokens) {
    Request request;
    Message message;
    message.text = text;
    request.messages = {message};
    request.sampling.maxTokens = maxTokens;
    return request;
}

Request EngineTest::textRequest(int maxTokens) {
    Request request = ask("Describe the weather report for Tuesday please.", maxTokens);
    Message system;
    system.role = Role::System;
    system.text = "You are a helpful assistant.";
    request.messages.insert(request.messages.begin(), system);
    return request;
}

std::vector<std::int32_t> EngineTest::goldenIds(const std::string& caseName) {
    const std::vector<std::int64_t> ids = GoldenFile(caseName).integers("greedy_ids");
    return {ids.begin(), ids.end()};
}

std::shared_ptr<const Image> EngineTest::goldenImage(const std::string& caseName) {
    const GoldenFile golden(caseName);
    const Shape shape = golden.shape("image_u8");
    auto image = std::make_shared<Image>();
    image->height = static_cast<int>(shape[0]);
    image->width = static_cast<int>(shape[1]);
    for (const std::int64_t level : golden.integers("image_u8")) {
        image->rgb.push_back(static_cast<std::uint8_t>(level));
    }
    return image;
}

std::shared_ptr<const AudioClip> EngineTest::goldenClip(const std::string& caseName) {
    auto clip = std::make_shared<AudioClip>();
    for (const std::int64_t sample : GoldenFile(caseName).integers("wav_i16")) {
        clip->samples.push_back(static_cast<float>(sample) / 32768.0F);
    }
    return clip;
}

ErrorCode errorCodeOf(const std::function<void()>& action, std::string* message) {
    try {
        action();
    } catch (const Error& error) {
        if (message != nullptr) {
            *message = error.what();
        }
        return error.code();
    }
    ADD_FAILURE() << "no error was thrown";
    return ErrorCode::Internal;
}

} // namespace phial::test
