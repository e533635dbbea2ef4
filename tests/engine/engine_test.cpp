// SPDX-License-Identifier: MIT
#include "inference/engine/load_engine.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"
#include "tests/weights/model_copies.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <set>

namespace phial {
namespace {

using test::errorCodeOf;
using testing::HasSubstr;

class EngineTest : public test::EngineTest {
protected:
    /// A copy of the golden folder with an edited config.json.
    static void copyFolder(const std::filesystem::path& to,
                           const std::function<void(nlohmann::json&)>& editConfig) {
        for (const char* name : {"model.safetensors", "tokenizer.json", "tokenizer_config.json",
                                 "generation_config.json", "preprocessor_config.json"}) {
            std::filesystem::copy_file(test::goldenFolder() / name, to / name);
        }
        nlohmann::json config =
            nlohmann::json::parse(std::ifstream(test::goldenFolder() / "config.json"));
        editConfig(config);
        std::ofstream(to / "config.json") << config;
    }
};

TEST_F(EngineTest, AnswersTextAsTheReferenceDoes) {
    const auto engine = loadEngine(options());
    std::string streamed;
    std::set<Progress::Stage> stages;
    GenerationEvents events;
    events.onText = [&](std::string_view piece) {
        streamed += piece;
        return true;
    };
    events.onProgress = [&](const Progress& progress) { stages.insert(progress.stage); };
    const GenerationResult result = engine->generate(textRequest(32), events, {});
    EXPECT_EQ(result.tokenIds, goldenIds("model_text"));
    EXPECT_EQ(result.text, streamed);
    EXPECT_EQ(result.finishReason, FinishReason::TokenLimit);
    EXPECT_EQ(result.usage.promptTokens, 34);
    EXPECT_EQ(result.usage.completionTokens, 32);
    EXPECT_EQ(result.usage.imageTokens + result.usage.audioTokens, 0);
    EXPECT_TRUE(stages.contains(Progress::Stage::ReadingPrompt));
    EXPECT_TRUE(stages.contains(Progress::Stage::Writing));
    ASSERT_EQ(result.logProbabilities.size(), 32U);
    for (const float value : result.logProbabilities) {
        EXPECT_TRUE(value <= 0 && value > -20) << value;
    }
    const EngineInfo info = engine->info();
    EXPECT_TRUE(info.hears);
    EXPECT_TRUE(info.sees);
    EXPECT_EQ(info.architecture, "phi4mm");
    EXPECT_EQ(info.contextTokens, 256);
    EXPECT_GT(info.parameters, 3e6);
    EXPECT_GT(info.deviceBytes, 6'000'000U);
}

TEST_F(EngineTest, SeesAndHearsAsTheReferenceDoes) {
    const auto engine = loadEngine(options(600));
    Request request = ask("now", 32);
    request.messages[0].images = {goldenImage("image_low")};
    request.messages[0].clips = {goldenClip("logmel_c")};
    EXPECT_EQ(engine->imageTokens(448, 300), 460);
    EXPECT_EQ(engine->audioTokens(10.0), 125);
    int encoded = 0;
    GenerationEvents events;
    events.onProgress = [&](const Progress& progress) {
        encoded += progress.stage == Progress::Stage::EncodingImage ||
                           progress.stage == Progress::Stage::EncodingAudio
                       ? 1
                       : 0;
    };
    const GenerationResult first = engine->generate(request, events, {});
    EXPECT_EQ(first.tokenIds, goldenIds("model_image_speech"));
    EXPECT_EQ(first.usage.imageTokens, 460);
    EXPECT_EQ(first.usage.audioTokens, 14);
    EXPECT_GT(encoded, 0);

    // The same content in other objects is not encoded again, and all but one token is reused.
    encoded = 0;
    request.messages[0].images = {goldenImage("image_low")};
    request.messages[0].clips = {goldenClip("logmel_c")};
    const GenerationResult second = engine->generate(request, events, {});
    EXPECT_EQ(second.tokenIds, first.tokenIds);
    EXPECT_EQ(encoded, 0);
    EXPECT_EQ(second.usage.reusedTokens, second.usage.promptTokens - 1);

    // Another recording of the same length is not taken for the first.
    auto other = std::make_shared<AudioClip>(*goldenClip("logmel_c"));
    for (float& sample : other->samples) {
        sample = -0.5F * sample;
    }
    request.messages[0].clips = {other};
    const GenerationResult third = engine->generate(request, events, {});
    EXPECT_GT(encoded, 0);
    EXPECT_EQ(third.usage.reusedTokens, 461) << "user token and image";
}

TEST_F(EngineTest, ReusesThePrefixOfAConversation) {
    const auto engine = loadEngine(options(512));
    Request request = ask("The quick weather report for Tuesday", 12);
    const GenerationResult first = run(*engine, request);
    Message answer;
    answer.role = Role::Assistant;
    answer.text = first.text;
    Message question;
    question.text = "Please transcribe the audio clip into text.";
    request.messages.insert(request.messages.end(), {answer, question});
    const GenerationResult second = run(*engine, request);
    EXPECT_GE(second.usage.reusedTokens, first.usage.promptTokens);
    const auto fresh = loadEngine(options(512));
    const GenerationResult expected = run(*fresh, request);
    EXPECT_EQ(expected.usage.reusedTokens, 0);
    EXPECT_EQ(second.tokenIds, expected.tokenIds);

    // Sound changes the adapter: nothing that was computed without it may be reused.
    request.messages.back().clips = {goldenClip("logmel_c")};
    const GenerationResult heard = run(*engine, request);
    EXPECT_EQ(heard.usage.reusedTokens, 0);
    EXPECT_EQ(heard.tokenIds, run(*fresh, request).tokenIds);
    // And back again.
    request.messages.back().clips.clear();
    EXPECT_EQ(run(*engine, request).tokenIds, expected.tokenIds);
}

TEST_F(EngineTest, EndsBeforeAStopString) {
    const auto engine = loadEngine(options());
    const std::string whole = run(*engine, textRequest(32)).text;
    ASSERT_GT(whole.size(), 12U);
    // Four characters that reach over token borders; the first place counts.
    const std::string stop = whole.substr(6, 4);
    Request request = textRequest(32);
    request.sampling.stop = {"never written", stop};
    std::string streamed;
    GenerationEvents events;
    events.onText = [&](std::string_view piece) {
        streamed += piece;
        return true;
    };
    const GenerationResult result = engine->generate(request, events, {});
    EXPECT_EQ(result.finishReason, FinishReason::StopString);
    EXPECT_EQ(result.text, whole.substr(0, whole.find(stop)));
    EXPECT_EQ(streamed, result.text);
}

TEST_F(EngineTest, SaysWhenTheContextIsTooSmall) {
    const auto engine = loadEngine(options(50));
    const GenerationResult full = run(*engine, textRequest(1000));
    EXPECT_EQ(full.finishReason, FinishReason::ContextFull);
    EXPECT_EQ(full.usage.promptTokens + full.usage.completionTokens, 50);

    Request tooLong = textRequest(10);
    tooLong.messages.back().text += " The assistant listens to the microphone and writes it down.";
    std::string message;
    EXPECT_EQ(errorCodeOf([&] { run(*engine, tooLong); }, &message), ErrorCode::ContextOverflow);
    EXPECT_THAT(message, HasSubstr("50"));
    EXPECT_EQ(run(*engine, textRequest(4)).usage.completionTokens, 4) << "usable afterwards";
}

TEST_F(EngineTest, SamplesTheSameWithTheSameSeed) {
    const auto engine = loadEngine(options());
    Request request = textRequest(16);
    request.sampling.temperature = 1.5F;
    request.sampling.seed = 42;
    const GenerationResult first = run(*engine, request);
    EXPECT_EQ(run(*engine, request).tokenIds, first.tokenIds);
    request.sampling.seed = 43;
    EXPECT_NE(run(*engine, request).tokenIds, first.tokenIds);
}

TEST_F(EngineTest, TheDeviceDrawsTheTokensThatTheHostDraws) {
    const auto host = loadEngine(options());
    Phi4Parts parts = loadParts(options(), {}, {});
    parts.drawOnDevice = true;
    Phi4Engine device(std::move(parts));
    for (const Sampling& sampling :
         {Sampling{.temperature = 1.5F, .seed = 42},
          Sampling{.temperature = 0.9F, .topK = 20, .seed = 43},
          Sampling{.temperature = 3.0F, .topP = 0.7F, .seed = 44},
          Sampling{.temperature = 1.0F, .topK = 90, .topP = 0.95F, .minP = 0.02F, .seed = 45},
          Sampling{.temperature = 2.0F,
          .repetitionPenalty = 1.2F, // drawn by the host
                   .seed = 46}}) {
        Request request = textRequest(12);
        request.sampling = sampling;
        request.sampling.maxTokens = 12;
        const GenerationResult expected = run(*host, request);
        const GenerationResult found = run(device, request);
        EXPECT_EQ(found.tokenIds, expected.tokenIds) << sampling.seed;
        for (std::size_t i = 0; i < found.logProbabilities.size(); ++i) {
            EXPECT_NEAR(found.logProbabilities[i], expected.logProbabilities[i], 1e-3);
        }
    }
    // Drawing is forgotten with its answer.
    EXPECT_EQ(run(device, textRequest(32)).tokenIds, goldenIds("model_text"));
}

TEST_F(EngineTest, RecomputesWhenTheRotaryFactorsSwitch) {
    // The switch comes 6 tokens into the answer. The judge computes every token from scratch.
    const test::TempFolder folder;
    copyFolder(folder.path(),
               [](nlohmann::json& config) { config["original_max_position_embeddings"] = 40; });
    const auto engine = loadEngine(options(256, folder.path()));
    const GenerationResult result = run(*engine, textRequest(16));

    Phi4Parts parts = loadParts(options(256, folder.path()), {}, {});
    models::Phi4Decoder& decoder = parts.model->decoder();
    const std::vector<std::int64_t> prompt = test::GoldenFile("model_text").integers("input_ids");
    std::vector<std::int32_t> ids(prompt.begin(), prompt.end());
    decoder.reserve(64);
    for (const std::int32_t id : result.tokenIds) {
        gpu::CommandStream s(*parts.device);
        decoder.prefill(s, {ids, {}}, 0,
                        {models::Adapter::None,
                         decoder.longRope().setFor(static_cast<std::int64_t>(ids.size()))});
        const auto logits = decoder.logits();
        ids.push_back(static_cast<std::int32_t>(std::max_element(logits.begin(), logits.end()) -
                                                logits.begin()));
        EXPECT_EQ(ids.back(), id) << "token " << ids.size() - prompt.size();
    }
    // The cache now holds long factors: a short request must not use them.
    EXPECT_EQ(run(*engine, textRequest(16)).tokenIds, result.tokenIds);
}

TEST_F(EngineTest, HearsTheSameInEveryLayout) {
    Request request = ask("Transcribe the audio clip into text and explain.", 32);
    request.messages[0].clips = {goldenClip("logmel_a")};
    const test::TempFolder ported; // other names, adapters in folders of their own
    weights::writePortedCopy(ported.path());
    nlohmann::json tokenizer = weights::readJson(test::goldenFolder() / "tokenizer.json");
    for (nlohmann::json& token : tokenizer["added_tokens"]) {
        if (token["content"] == "<|endoftext11|>") {
            token["content"] = "<|audio|>";
        }
    }
    nlohmann::json& vocabulary = tokenizer["model"]["vocab"];
    vocabulary["<|audio|>"] = vocabulary["<|endoftext11|>"];
    vocabulary.erase("<|endoftext11|>");
    weights::writeJson(ported.path() / "tokenizer.json", tokenizer);
    EXPECT_EQ(run(*loadEngine(options(128, ported.path())), request).tokenIds,
              goldenIds("model_speech"));
    const test::TempFolder sharded;
    weights::writeShardedCopy(sharded.path(), 3);
    std::filesystem::copy_file(test::goldenFolder() / "tokenizer.json",
                               sharded.path() / "tokenizer.json");
    EXPECT_EQ(run(*loadEngine(options(128, sharded.path())), request).tokenIds,
              goldenIds("model_speech"));
}

TEST_F(EngineTest, TextOnlyModelRefusesMedia) {
    const test::TempFolder folder;
    weights::writeTextOnlyCopy(folder.path()); // Phi-4-mini's layout
    std::filesystem::copy_file(test::goldenFolder() / "tokenizer.json",
                               folder.path() / "tokenizer.json");
    const auto engine = loadEngine(options(128, folder.path()));
    EXPECT_FALSE(engine->info().hears);
    EXPECT_FALSE(engine->info().sees);
    EXPECT_EQ(engine->info().architecture, "phi3");
    EXPECT_EQ(run(*engine, textRequest(32)).tokenIds, goldenIds("model_text"));
    Request request = ask("What is this?", 4);
    request.messages[0].images = {goldenImage("image_low")};
    std::string message;
    EXPECT_EQ(errorCodeOf([&] { run(*engine, request); }, &message), ErrorCode::InvalidArgument);
    EXPECT_THAT(message, HasSubstr("cannot see"));
    request.messages[0].images.clear();
    request.messages[0].clips = {goldenClip("logmel_c")};
    EXPECT_EQ(errorCodeOf([&] { run(*engine, request); }, &message), ErrorCode::InvalidArgument);
    EXPECT_THAT(message, HasSubstr("cannot hear"));
}

TEST_F(EngineTest, NamesTensorsThatAreMissingOrMisShaped) {
    const test::TempFolder folder;
    copyFolder(folder.path(), [](nlohmann::json&) {});
    const auto original = test::readSafetensors(folder.path() / "model.safetensors");
    const std::string name = "model.layers.1.self_attn.o_proj.lora_B.speech.weight";
    const auto loadWith = [&](const std::function<bool(test::WrittenTensor&)>& keep) {
        std::vector<test::WrittenTensor> tensors;
        for (test::WrittenTensor tensor : original) {
            if (keep(tensor)) {
                tensors.push_back(std::move(tensor));
            }
        }
        test::writeSafetensors(folder.path() / "model.safetensors", tensors);
        loadEngine(options(64, folder.path()));
    };
    std::string message;
    EXPECT_EQ(
        errorCodeOf([&] { loadWith([&](auto& tensor) { return tensor.name != name; }); }, &message),
        ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr(name));
    const auto reshape = [&](test::WrittenTensor& tensor) {
        if (tensor.name == name) {
            tensor.shape = Shape{tensor.shape[1], tensor.shape[0]};
        }
        return true;
    };
    EXPECT_EQ(errorCodeOf([&] { loadWith(reshape); }, &message), ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr(name));
    EXPECT_EQ(errorCodeOf([&] { loadEngine(options(64, folder.path() / "absent")); }),
              ErrorCode::FileUnreadable);
}

TEST_F(EngineTest, RefusesRequestsThatMakeNoSense) {
    EXPECT_EQ(errorCodeOf([&] { loadEngine(options(5)); }), ErrorCode::InvalidArgument);
    const auto engine = loadEngine(options());
    EXPECT_EQ(errorCodeOf([&] { run(*engine, {}); }), ErrorCode::InvalidArgument);
    Request request = ask("hello", 0);
    EXPECT_EQ(errorCodeOf([&] { run(*engine, request); }), ErrorCode::InvalidArgument);
    request.sampling.maxTokens = 4;
    auto clip = std::make_shared<AudioClip>();
    clip->samples.assign(100, 0.0F); // less than one window
    request.messages[0].clips = {clip};
    EXPECT_EQ(errorCodeOf([&] { run(*engine, request); }), ErrorCode::BadMedia);
    request.messages[0].clips.clear();
    auto image = std::make_shared<Image>();
    image->width = 3000;
    image->height = 1;
    image->rgb.assign(9000, 0);
    request.messages[0].images = {image};
    EXPECT_EQ(errorCodeOf([&] { run(*engine, request); }), ErrorCode::BadMedia);
    EXPECT_EQ(run(*engine, textRequest(32)).tokenIds, goldenIds("model_text"));
}

} // namespace
} // namespace phial
