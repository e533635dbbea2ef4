// SPDX-License-Identifier: MIT
// Quantized packages through the same door as checkpoints: load, encode, generate.
#include "inference/engine/load_engine.h"
#include "inference/package/manifest.h"
#include "inference/package/quantize_job.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>

namespace phial {
namespace {

using test::errorCodeOf;
using testing::HasSubstr;

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

class PackageTest : public test::EngineTest {
protected:
    std::filesystem::path quantized(const package::Plan& plan) {
        const std::filesystem::path folder = m_folder.path() / plan.name();
        package::quantizeCheckpoint(
            {.source = test::goldenFolder(), .destination = folder, .plan = plan, .threads = 2}, {},
            {});
        return folder;
    }

    static Request speechRequest(int maxTokens) {
        Request request = ask("Transcribe the audio clip into text and explain.", maxTokens);
        request.messages[0].clips = {goldenClip("logmel_a")};
        return request;
    }

    static Request imageRequest(int maxTokens) {
        Request request = ask("What is shown in this image? Answer in short.", maxTokens);
        request.messages[0].images = {goldenImage("image_low")};
        return request;
    }

    /// Golden steps whose most likely token is the golden one, each step behind the golden past.
    static Steps agreement(Phi4Parts& parts, const Request& request, const std::string& golden) {
        const weights::ModelConfig& config = parts.model->config();
        PromptRules rules{.hears = config.hears(), .sees = config.sees(), .crops = {}};
        if (config.vision) {
            rules.crops = {.cropSize = config.vision->cropSize,
                           .patchSize = config.vision->patchSize,
                           .maxCrops = config.vision->maxCrops};
        }
        const PromptPlan plan = planPrompt(request, text::ChatTemplate(*parts.tokenizer), rules);
        MediaEncoder encoder(*parts.device, *parts.model, rules);
        const auto media = encoder.encode(plan, {}, {});
        std::vector<models::MediaRows> rows;
        for (std::size_t i = 0; i < media.size(); ++i) {
            std::int64_t first = plan.media[i].first;
            for (const Tensor& piece : media[i]->pieces) {
                rows.push_back({first, piece.view()});
                first += piece.shape()[0];
            }
        }
        const std::vector<std::int32_t> expected = goldenIds(golden);
        models::Phi4Decoder& decoder = parts.model->decoder();
        const auto length = static_cast<std::int64_t>(plan.ids.size());
        const models::DecoderMode mode{.adapter = plan.adapter,
                                       .rotary = decoder.longRope().setFor(length)};
        decoder.reserve(length + std::ssize(expected));
        gpu::CommandStream s(*parts.device);
        decoder.prefill(s, {plan.ids, rows}, 0, mode);
        decoder.prepareStep(mode.adapter);
        Steps steps;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const std::span<const float> logits = decoder.logits();
            const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
            steps.agreeing += best == expected[i] ? 1 : 0;
            ++steps.all;
            if (i + 1 < expected.size()) {
                decoder.step(expected[i], length + static_cast<std::int64_t>(i), mode);
            }
        }
        return steps;
    }

    Steps agreementOf(const std::filesystem::path& folder) {
        Phi4Parts parts = loadParts(options(600, folder), {}, {});
        Steps steps = agreement(parts, textRequest(1), "model_text");
        steps += agreement(parts, speechRequest(1), "model_speech");
        steps += agreement(parts, imageRequest(1), "model_image");
        return steps;
    }

    test::TempFolder m_folder;
};

TEST_F(PackageTest, EightBitsAnswerAsTheReferenceDoes) {
    const auto folder = quantized(package::Plan::withDecoder(package::parseScheme("q8")));
    const auto engine = loadEngine(options(600, folder));
    EXPECT_EQ(run(*engine, textRequest(32)).tokenIds, goldenIds("model_text"));
    const std::vector<std::int32_t> speech = goldenIds("model_speech");
    EXPECT_EQ(run(*engine, speechRequest(static_cast<int>(speech.size()))).tokenIds, speech);
    const std::vector<std::int32_t> image = goldenIds("model_image");
    EXPECT_EQ(run(*engine, imageRequest(static_cast<int>(image.size()))).tokenIds, image);
    // Half of bf16 and the scales.
    const auto plain = loadEngine(options(600));
    EXPECT_LT(engine->info().deviceBytes, plain->info().deviceBytes);
    EXPECT_EQ(engine->info().parameters, plain->info().parameters);
}

TEST_F(PackageTest, FourBitsKeepTheMostLikelyToken) {
    // "compact" packs the embedding table with a column scale too, and the adapters in 4 bits.
    for (const char* plan : {"default", "compact"}) {
        const Steps steps = agreementOf(quantized(package::Plan::byName(plan)));
        RecordProperty(plan, std::to_string(steps.share()));
        EXPECT_GE(steps.share(), 0.9) << plan << ": " << steps.agreeing << " of " << steps.all;
    }
}

TEST_F(PackageTest, OtherSchemesRunToo) {
    struct Floor {
        const char* scheme;
        double share; ///< far below what the scheme reaches, far above a wrong shader's
    };

    for (const auto& [scheme, share] : {Floor{"sq6", 0.9}, Floor{"sq3", 0.5}, Floor{"nf4", 0.7},
                                        Floor{"sinq:5:128", 0.8}, Floor{"rtn:4:32", 0.6}}) {
        const auto folder = quantized(package::Plan::withDecoder(package::parseScheme(scheme)));
        Phi4Parts parts = loadParts(options(256, folder), {}, {});
        const Steps steps = agreement(parts, textRequest(1), "model_text");
        RecordProperty(scheme, std::to_string(steps.share()));
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
    EXPECT_GE(agreement(parts, textRequest(1), "model_text").share(), 0.85);
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

} // namespace
} // namespace phial
