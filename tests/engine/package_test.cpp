// SPDX-License-Identifier: MIT
// Quantized packages through the same door as checkpoints: load, encode, generate.
#include "tests/engine/package_fixture.h"
#include "tests/support/source_root.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <utility>

namespace phial {
namespace {

using test::errorCodeOf;
using test::PackageTest;
using test::Steps;
using testing::HasSubstr;

TEST_F(PackageTest, AnswersAsItsDecodedWeightsDo) {
    // Every coding and width in one model, column scales in front of all four linears and the head.
    const auto plan = m_folder.path() / "plan.json";
    std::ofstream(plan) << R"({"name": "mixed", "rules": [
        ["*.lora_B.speech.*", "sq6"], ["*.lora_A.vision.*", "rtn:4:32"], ["*.lora_*", "q8"],
        ["model.layers.0.self_attn.qkv_proj.*", "sq4"], ["model.layers.0.self_attn.o_proj.*", "sq3"],
        ["model.layers.0.mlp.gate_up_proj.*", "sinq:4:64"], ["model.layers.0.mlp.down_proj.*", "sq5"],
        ["model.layers.1.self_attn.qkv_proj.*", "nf4"], ["model.layers.1.self_attn.o_proj.*", "sinq:3:32"],
        ["model.layers.1.mlp.gate_up_proj.*", "sq6"], ["model.layers.1.mlp.down_proj.*", "sinq:8:128"],
        ["model.layers.2.self_attn.qkv_proj.*", "hqq:5:64"], ["model.layers.2.self_attn.o_proj.*", "keep"],
        ["model.layers.2.mlp.gate_up_proj.*", "sq2"], ["model.layers.2.mlp.down_proj.*", "sinq:2:64"],
        ["model.embed_tokens.*", "sq4"], ["*image_embed*", "sinq:6:64"], ["*", "q8"]]})";
    const auto folder = quantized(package::Plan::fromFile(plan));
    const auto decoded = m_folder.path() / "decoded";
    writeDecoded(folder, decoded);
    Phi4Parts packed = loadParts(options(600, folder), {}, {});
    Phi4Parts plain = loadParts(options(600, decoded), {}, {});
    for (const Request& request : {textRequest(1), speechRequest(1), imageRequest(1)}) {
        const std::vector<float> expected = logitsAfter(plain, request);
        const std::vector<float> found = logitsAfter(packed, request);
        ASSERT_EQ(found.size(), expected.size());
        float largest = 0;
        float apart = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            largest = std::max(largest, std::abs(expected[i]));
            apart = std::max(apart, std::abs(expected[i] - found[i]));
        }
        EXPECT_GT(largest, 1);
        EXPECT_LT(apart, 2e-4F * largest) << request.messages.back().text;
    }
    EXPECT_LT(3 * packed.model->weights().bytes, plain.model->weights().bytes);
}

TEST_F(PackageTest, KeepsTheMostLikelyToken) {
    // The golden model's weights are random, its best two logits often close: more bits are needed
    // for the same share than by a trained model. docs/quantization.md has the whole table.
    for (const auto& [scheme, share] : {std::pair("q8", 0.9), std::pair("sq4", 0.5)}) {
        const auto folder = quantized(package::Plan::withDecoder(package::parseScheme(scheme)));
        Phi4Parts parts = loadParts(options(600, folder), {}, {});
        Steps steps = agreement(parts, textRequest(1), "model_text");
        steps += agreement(parts, speechRequest(1), "model_speech");
        EXPECT_GE(steps.share(), share) << scheme << ": " << steps.agreeing << " of " << steps.all;
    }
}

TEST_F(PackageTest, HalfPrecisionActivationsWork) {
    EngineOptions half = options(256, quantized(package::Plan::byName("default")));
    half.precision = Precision::Fp16;
    Phi4Parts parts = loadParts(half, {}, {});
    if (!parts.device->info().features.storage16) {
        GTEST_SKIP() << "no 16-bit storage";
    }
    Phi4Parts full = loadParts(options(256, half.model), {}, {});
    const std::vector<float> expected = logitsAfter(full, textRequest(1));
    const std::vector<float> found = logitsAfter(parts, textRequest(1));
    for (std::size_t i = 0; i < expected.size(); ++i) {
        ASSERT_NEAR(found[i], expected[i], 0.1) << "logit " << i;
    }
}

TEST_F(PackageTest, RefusesDamageWithOneSentence) {
    const auto folder = quantized(package::Plan::byName("default"));
    std::string message;
    const auto load = [&] { loadEngine(options(256, folder)); };
    const auto file = folder / "model-00001.safetensors";
    const auto bytes = std::filesystem::file_size(file);
    std::filesystem::resize_file(file, bytes - 1);
    EXPECT_EQ(errorCodeOf(load, &message), ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr("model-00001.safetensors has " + std::to_string(bytes - 1)));
    std::filesystem::remove(file);
    EXPECT_EQ(errorCodeOf(load, &message), ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr("is incomplete"));
    std::ofstream(folder / "phial.json") << "{}";
    EXPECT_EQ(errorCodeOf(load, &message), ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr("phial.json"));
}

TEST_F(PackageTest, TakesTheMemoryThatWasPredicted) {
    constexpr int kContext = 4096;
    const auto package = quantized(package::Plan::byName("default"));
    const auto shipped = test::sourceRoot() / "resources/models/embedded";
    for (const auto& model : {package, test::goldenFolder(), shipped}) {
        for (const KvCacheFormat format :
             {KvCacheFormat::Plain, KvCacheFormat::K8V4, KvCacheFormat::Tq4}) {
            EngineOptions with = options(kContext, model);
            with.kvCache = format;
            Phi4Parts parts = loadParts(with, {}, {});
            parts.model->decoder().reserve(kContext);
            if (parts.model->config().sees()) {
                parts.model->imageEncoder();
            }
            if (parts.model->config().hears()) {
                parts.model->audioEncoder();
            }
            const auto found = static_cast<double>(parts.device->memoryUse().allocatedByPhial);
            const auto predicted = static_cast<double>(parts.predictedBytes);
            // The pool's last block, a thirty-second part of what there is, may be nearly empty.
            EXPECT_NEAR(found, predicted, (1.0 / 32 + 0.01) * predicted)
                << model << ", cache " << static_cast<int>(format);
        }
    }
}

TEST_F(PackageTest, RefusesTooLongAContextBeforeItAllocates) {
    EngineOptions tight = options(8192, quantized(package::Plan::byName("default")));
    tight.device.memoryLimitBytes = 24'000'000; // of 36 MB that 8192 tokens need
    std::string message;
    EXPECT_EQ(errorCodeOf([&] { loadEngine(tight); }, &message), ErrorCode::OutOfDeviceMemory);
    const std::string offer = "a context of at most ";
    ASSERT_THAT(message, HasSubstr(offer));
    tight.contextTokens = std::stoi(message.substr(message.find(offer) + offer.size()));
    EXPECT_GT(tight.contextTokens, 64);
    EXPECT_LT(tight.contextTokens, 8192);
    EXPECT_EQ(run(*loadEngine(tight), textRequest(2)).tokenIds.size(), 2U);
    Phi4Parts parts = loadParts(tight, {}, {}); // its estimate has one crop
    parts.model->imageEncoder();
    EXPECT_LE(parts.predictedBytes, 24'000'000U);
    EXPECT_LE(parts.device->memoryUse().peakByPhial, 24'000'000U);
    tight.device.memoryLimitBytes = 4'000'000;
    EXPECT_EQ(errorCodeOf([&] { loadEngine(tight); }, &message), ErrorCode::OutOfDeviceMemory);
    EXPECT_THAT(message, HasSubstr("no useful context fits"));
}

} // namespace
} // namespace phial
