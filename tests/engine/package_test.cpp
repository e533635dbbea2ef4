// SPDX-License-Identifier: MIT
// Quantized packages through the same door as checkpoints: load, encode, generate.
#include "inference/engine/load_engine.h"
#include "inference/package/manifest.h"
#include "inference/package/open_checkpoint.h"
#include "inference/package/quantize_job.h"
#include "inference/reference/packed_weights.h"
#include "inference/weights/tensor_list.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <utility>

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

    /// A prompt in the decoder, its step prepared.
    struct Prompt {
        std::int64_t length = 0;
        models::DecoderMode mode;
    };

    static Prompt readPrompt(Phi4Parts& parts, const Request& request, std::int64_t more) {
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
        models::Phi4Decoder& decoder = parts.model->decoder();
        const auto length = static_cast<std::int64_t>(plan.ids.size());
        const models::DecoderMode mode{.adapter = plan.adapter,
                                       .rotary = decoder.longRope().setFor(length)};
        decoder.reserve(length + more);
        gpu::CommandStream s(*parts.device);
        decoder.prefill(s, {plan.ids, rows}, 0, mode);
        return {length, mode};
    }

    static std::vector<float> logitsAfter(Phi4Parts& parts, const Request& request) {
        readPrompt(parts, request, 1);
        const std::span<const float> logits = parts.model->decoder().logits();
        return {logits.begin(), logits.end()};
    }

    /// Golden steps whose most likely token is the golden one, each step behind the golden past.
    static Steps agreement(Phi4Parts& parts, const Request& request, const std::string& golden) {
        const std::vector<std::int32_t> expected = goldenIds(golden);
        const auto [length, mode] = readPrompt(parts, request, std::ssize(expected));
        models::Phi4Decoder& decoder = parts.model->decoder();
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

    /// The model that a package stands for, as a checkpoint in fp32: its planes decoded by the CPU
    /// reference, column scales multiplied in and taken out of the adapters again.
    static void writeDecoded(const std::filesystem::path& package,
                             const std::filesystem::path& folder) {
        std::filesystem::create_directory(folder);
        for (const auto& file : std::filesystem::directory_iterator(package)) {
            if (file.path().extension() == ".json" && file.path().filename() != "phial.json") {
                std::filesystem::copy_file(file.path(), folder / file.path().filename());
            }
        }
        const weights::Checkpoint checkpoint = package::openCheckpoint(package);
        std::vector<test::WrittenTensor> tensors;
        for (const auto& [name, shape] :
             weights::expectedTensors(weights::loadModelConfig(checkpoint))) {
            const weights::TensorEntry& entry = checkpoint.require(name, shape);
            std::vector<float> values = decodedTensor(entry);
            const std::size_t lora = name.find(".lora_A.");
            const std::string base = name.substr(0, lora) + ".base_layer.weight";
            const bool own = lora == std::string::npos;
            const std::vector<float> scale =
                weights::Checkpoint::readColumnScale(own ? entry : *checkpoint.find(base));
            for (std::size_t i = 0; i < values.size() && !scale.empty(); ++i) {
                values[i] *= scale[i % scale.size()];
            }
            const auto bytes = std::as_bytes(std::span(values));
            tensors.push_back({.name = name,
                               .type = weights::StoredType::F32,
                               .shape = shape,
                               .data = {bytes.begin(), bytes.end()}});
        }
        test::writeSafetensors(folder / "model.safetensors", tensors);
    }

    static std::vector<float> decodedTensor(const weights::TensorEntry& entry) {
        if (entry.packed == nullptr) {
            return weights::Checkpoint::readAll(entry);
        }
        std::array<std::vector<std::uint32_t>, 3> planes;
        for (std::size_t i = 0; i < planes.size(); ++i) {
            if (const weights::StoredTensor* plane = entry.packed->planes.at(i)) {
                planes.at(i).resize(plane->bytes / 4);
                entry.file->read(*plane, 0, std::as_writable_bytes(std::span(planes.at(i))));
            }
        }
        return reference::decodeWeights(entry.packed->format, entry.rows(), entry.rowElements(),
                                        {planes[0], planes[1], planes[2]})
            .values;
    }

    test::TempFolder m_folder;
};

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

} // namespace
} // namespace phial
