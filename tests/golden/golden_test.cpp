// SPDX-License-Identifier: MIT
#include "inference/engine/golden_set.h"
#include "tests/golden/golden_probe.h"

#include <set>
#include <string>

namespace phial {
namespace {

class GoldenTest : public test::GoldenProbe {};

TEST_F(GoldenTest, AllStagesInFp32) {
    const std::set<std::string> rows = probe(Precision::Fp32);
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
    probe(Precision::Fp16);
}

// One case of each kind; golden_slow_test.cpp runs all of them.
TEST_F(GoldenTest, Fp32WithoutOptionalFeatures) {
    for (const char* only : {"image_low", "audio_encoder", "model_text", "model_two_audios"}) {
        EXPECT_GT(probe(Precision::Fp32, "fp16,int8,dot,subgroup,budget", only).size(), 1U);
    }
}

} // namespace
} // namespace phial
