// SPDX-License-Identifier: MIT
// What the linears of the golden model read, what quantizing them costs there, and what calibration
// gains.
#include "inference/base/half.h"
#include "inference/compare/collect_inputs.h"
#include "inference/compare/layer_errors.h"
#include "inference/package/decoded_matrix.h"
#include "inference/package/open_checkpoint.h"
#include "inference/package/quantize_job.h"
#include "inference/package/verify_package.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <span>

namespace phial::compare {
namespace {

using test::goldenFolder;
using testing::HasSubstr;

class LayerErrors : public test::EngineTest {
protected:
    static std::vector<Material> material() {
        std::string text;
        for (int i = 0; i < 12; ++i) {
            text += "The meeting of group " + std::to_string(i) + " begins at noon.\n";
        }
        Request speech = ask("Transcribe the audio clip into text.", 1);
        speech.messages[0].clips = {goldenClip("logmel_a")};
        return {{.name = "text", .text = text, .request = {}, .right = {}},
                {.name = "speech", .text = {}, .request = speech, .right = "in plain words"}};
    }

    static CollectedInputs collect(int samples,
                                   const std::filesystem::path& model = goldenFolder()) {
        return collectInputs({.model = options(700, model), .samples = samples, .tokens = 64},
                             material(), {}, {});
    }

    std::filesystem::path quantized(const std::string& name, const package::Plan& plan,
                                    const package::Calibration& calibration = {}) const {
        package::QuantizeOptions options;
        options.source = goldenFolder();
        options.destination = m_folder.path() / name;
        options.plan = plan;
        options.threads = 2;
        options.calibration = calibration;
        options.calibrationRecord = {.samples = 64, .files = {{"talk.wav", {12, "ab"}}}};
        package::quantizeCheckpoint(options, {}, {});
        return options.destination;
    }

    package::Plan plan(const std::string& rules) const {
        const auto file = m_folder.path() / "plan.json";
        std::ofstream(file) << R"({"name": "mine", "rules": [)" << rules << "]}";
        return package::Plan::fromFile(file);
    }

    static std::int64_t heard(const CollectedInputs& inputs) {
        return std::count(inputs.adapters.begin(), inputs.adapters.end(), models::Adapter::Speech);
    }

    static const package::TensorError& of(const std::vector<package::TensorError>& errors,
                                          const std::string& tensor) {
        const auto found = std::find_if(errors.begin(), errors.end(),
                                        [&](const auto& e) { return e.tensor == tensor; });
        EXPECT_NE(found, errors.end()) << tensor;
        return *found;
    }

    test::TempFolder m_folder;
};

TEST_F(LayerErrors, EveryLinearOfTheDecoderAndTheHeadIsSeenAtTheSamePositions) {
    const CollectedInputs all = collect(100000);
    EXPECT_EQ(all.inputs.size(), 3U * 4 + 1);
    EXPECT_GT(all.positions, 100);
    const auto heard =
        std::count(all.adapters.begin(), all.adapters.end(), models::Adapter::Speech);
    EXPECT_GT(heard, 20);
    EXPECT_EQ(std::count(all.adapters.begin(), all.adapters.end(), models::Adapter::None),
              all.positions - heard);
    for (const auto& [name, sample] : all.inputs) {
        EXPECT_EQ(sample.rows(), all.positions) << name;
    }
    EXPECT_EQ(all.inputs.at("model.layers.1.mlp.down_proj.base_layer.weight").columns, 256);

    // A smaller draw holds some of these rows, the same ones every time.
    const CollectedInputs some = collect(40);
    const CollectedInputs again = collect(40);
    EXPECT_EQ(some.positions, all.positions);
    for (const auto& [name, sample] : some.inputs) {
        ASSERT_EQ(sample.rows(), 40) << name;
        EXPECT_EQ(sample.values, again.inputs.at(name).values) << name;
    }
    const std::string name = "model.layers.2.self_attn.o_proj.base_layer.weight";
    const auto& few = some.inputs.at(name).values;
    const auto& many = all.inputs.at(name).values;
    for (std::size_t row = 0; row < 40; ++row) {
        const auto begin = few.begin() + static_cast<std::ptrdiff_t>(row * 192);
        EXPECT_NE(std::search(many.begin(), many.end(), begin, begin + 192), many.end()) << row;
    }
}

TEST_F(LayerErrors, APackageReadsTheSameInputsWithoutItsColumnScales) {
    // 8 bits with column scales change the activations little, the scales themselves much.
    const auto scaled = quantized("scaled", plan(R"(["*layers*base_layer*", "sinq:8:64"])"));
    const weights::Checkpoint package = package::openCheckpoint(scaled);
    const CollectedInputs plain = collect(30);
    const CollectedInputs found = collect(30, scaled);
    for (const auto& [name, sample] : plain.inputs) {
        double apart = 0;
        double whole = 0;
        for (std::size_t i = 0; i < sample.values.size(); ++i) {
            apart += std::pow(sample.values[i] - found.inputs.at(name).values[i], 2);
            whole += std::pow(sample.values[i], 2);
        }
        EXPECT_LT(apart, 0.01 * whole) << name;
    }
    const std::vector<float> scale =
        package::inputScale(package, "model.layers.0.self_attn.qkv_proj.base_layer.weight");
    EXPECT_GT(*std::max_element(scale.begin(), scale.end()), 1.1F);
}

TEST_F(LayerErrors, PutsTheWorstMatrixFirst) {
    const auto folder = quantized("p", plan(R"(["model.layers.1.mlp.down_proj.*", "sq2"],
        ["*.base_layer.weight", "sq4"], ["*.lora_*", "q8"], ["*image_embed*", "q8"])"));
    const CollectedInputs inputs = collect(64);
    const auto errors = layerErrors(goldenFolder(), folder, inputs, 2, {}, {});
    ASSERT_GT(errors.size(), 14U);
    EXPECT_EQ(errors[0].tensor, "model.layers.1.mlp.down_proj.base_layer.weight");
    EXPECT_EQ(errors[0].scheme, "sq2");
    EXPECT_NEAR(errors[0].bitsPerWeight, 2.5, 0.3);
    EXPECT_GT(*errors[0].output, 0.03);
    for (std::size_t i = 1; i < errors.size(); ++i) {
        if (errors[i].output) {
            EXPECT_LE(*errors[i].output, *errors[i - 1].output);
        }
    }
    // An adapter is measured where it was at work only; of an encoder the weights are known.
    const std::string linear = "model.layers.0.mlp.down_proj.";
    EXPECT_EQ(of(errors, linear + "base_layer.weight").samples, 64);
    EXPECT_EQ(of(errors, linear + "lora_A.speech.weight").samples, heard(inputs));
    EXPECT_LT(*of(errors, linear + "lora_A.speech.weight").output, 1e-3);
    EXPECT_FALSE(of(errors, linear + "lora_A.vision.weight").output.has_value());
    EXPECT_FALSE(errors.back().output.has_value());
    EXPECT_GT(errors.back().weights, 0);
}

TEST_F(LayerErrors, AnAdaptersSecondFactorReadsWhatTheFirstGives) {
    // A tenth more than there should be is an error of 1 % in the square, whatever the input.
    const std::string name = "model.layers.2.mlp.gate_up_proj.lora_B.speech.weight";
    const auto folder = m_folder.path() / "wrong";
    std::filesystem::copy(goldenFolder(), folder, std::filesystem::copy_options::recursive);
    auto tensors = test::readSafetensors(folder / "model.safetensors");
    for (test::WrittenTensor& each : tensors) {
        if (each.name == name) {
            std::vector<float> values;
            for (std::size_t at = 0; at < each.data.size(); at += 2) {
                std::uint16_t word = 0;
                std::memcpy(&word, each.data.data() + at, 2);
                values.push_back(1.1F * bf16ToFloat(word));
            }
            const auto bytes = std::as_bytes(std::span(values));
            each.type = weights::StoredType::F32;
            each.data = {bytes.begin(), bytes.end()};
        }
    }
    test::writeSafetensors(folder / "model.safetensors", tensors);
    const CollectedInputs inputs = collect(64);
    const auto errors = layerErrors(goldenFolder(), folder, inputs, 2, {}, {});
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].tensor, name);
    EXPECT_EQ(errors[0].scheme, "F32");
    EXPECT_EQ(errors[0].samples, heard(inputs));
    EXPECT_NEAR(*errors[0].output, 0.01, 1e-5);
    EXPECT_NEAR(errors[0].weights, 0.01, 1e-5);
}

TEST_F(LayerErrors, CalibrationLowersTheErrorOnWhatItSaw) {
    const CollectedInputs inputs = collect(64);
    for (const char* scheme : {"sq3", "sinq:4:64"}) {
        const auto rules = plan(std::string(R"(["*.base_layer.weight", ")") + scheme + "\"]");
        const auto plain = quantized(std::string(scheme) + "-plain", rules);
        const auto calibrated = quantized(std::string(scheme) + "-seen", rules, inputs.inputs);
        EXPECT_TRUE(package::verifyPackage(calibrated, {}, {}).empty());
        const auto record = package::Manifest::load(calibrated).calibration;
        ASSERT_TRUE(record.has_value());
        EXPECT_EQ(record->samples, 64);
        EXPECT_EQ(record->files.at(0).name, "talk.wav");
        EXPECT_FALSE(package::Manifest::load(plain).calibration.has_value());
        double before = 0;
        double after = 0;
        for (const auto& error : layerErrors(goldenFolder(), plain, inputs, 2, {}, {})) {
            before += error.output.value_or(0);
        }
        for (const auto& error : layerErrors(goldenFolder(), calibrated, inputs, 2, {}, {})) {
            after += error.output.value_or(0);
        }
        EXPECT_LT(after, before) << scheme;
    }
}

} // namespace
} // namespace phial::compare
