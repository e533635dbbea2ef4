// SPDX-License-Identifier: MIT
// The whole golden set through the probe, as `phial probe` runs it, with validation on.
#include "inference/engine/golden_set.h"
#include "inference/engine/probe.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"

#include <set>
#include <string>

namespace phial {
namespace {

class GoldenTest : public testing::Test {
protected:
    void SetUp() override {
        if (!gpuAvailable()) {
            GTEST_SKIP() << "no Vulkan device";
        }
    }

    /// Runs the probe; every row must be ok. Returns the names of all rows.
    static std::set<std::string> probe(Precision precision, const std::string& disable) {
        ProbeOptions options;
        options.device = gpuTestOptions();
        if (!disable.empty()) {
            options.device.disable = disable;
        }
        options.precision = precision;
        std::set<std::string> names;
        const ProbeResult result =
            runProbe(test::goldenFolder(), options, [&](const ProbeRow& row) {
                names.insert(row.name);
                EXPECT_TRUE(row.ok)
                    << row.name << ": error " << row.maxError << ", relative " << row.relativeError
                    << ", tolerance " << row.tolerance << "; " << row.note;
            });
        EXPECT_EQ(result.failed, 0);
        EXPECT_EQ(result.rows, static_cast<int>(names.size()));
        return names;
    }
};

TEST_F(GoldenTest, AllStagesInFp32) {
    const std::set<std::string> rows = probe(Precision::Fp32, "");
    // Nothing that is stored may go unlooked at.
    const std::set<std::string> inputs = {"wav_i16",    "logmel_bf16",    "image_u8",
                                          "keep",       "input_ids",      "mel_filters_port",
                                          "window_400", "greedy_top8_ids"};
    const GoldenSet set(test::goldenFolder());
    for (const std::string& name : set.names()) {
        const GoldenCase golden = set.open(name);
        for (const std::string& tensor : golden.tensors()) {
            const bool position = tensor.find("_positions") != std::string::npos;
            // The port computes the tower's last layer, the model never does.
            const bool unused = golden.kind() == "image" && tensor == "layer2_s8";
            const bool input = golden.kind() == "audio_encoder" && tensor == "logmel";
            if (!inputs.contains(tensor) && !position && !unused && !input) {
                EXPECT_TRUE(rows.contains(name + "." + tensor)) << name << "." << tensor;
            }
        }
    }
    EXPECT_TRUE(rows.contains("crop_geometry"));
    EXPECT_TRUE(rows.contains("tokenizer.ids"));
    EXPECT_TRUE(rows.contains("model_speech.prompt_ids"));
}

TEST_F(GoldenTest, AllStagesInFp16) {
    probe(Precision::Fp16, "");
}

TEST_F(GoldenTest, AllStagesInFp32WithoutOptionalFeatures) {
    probe(Precision::Fp32, "fp16,int8,dot,subgroup");
}

} // namespace
} // namespace phial
