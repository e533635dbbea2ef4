// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/package/plan.h"

#include <gtest/gtest.h>

#include <fstream>

namespace phial::package {
namespace {

TEST(Pattern, StarsMatchAnyRun) {
    EXPECT_TRUE(matches("a*c", "abbbc"));
    EXPECT_TRUE(matches("*", ""));
    EXPECT_TRUE(
        matches("model.layers.*.lora_*", "model.layers.31.mlp.down_proj.lora_A.speech.weight"));
    EXPECT_TRUE(matches("a*b*b", "axbxb"));
    EXPECT_FALSE(matches("a*b", "axbx"));
    EXPECT_FALSE(matches("", "x"));
}

TEST(Scheme, NamesAreReadBothWays) {
    EXPECT_EQ(schemeName(parseScheme("sq4")), "sq4");
    EXPECT_EQ(schemeName(parseScheme("q8")), "sq8");
    EXPECT_EQ(parseScheme("q8").columnScale, ColumnScale::No);
    EXPECT_EQ(schemeName(parseScheme("sinq:3:128")), "sinq3g128");
    EXPECT_EQ(schemeName(parseScheme("nf4")), "nf4g64");
    EXPECT_EQ(schemeName(parseScheme("rtn:5")), "rtn5g64");
    for (const char* bad : {"sq1", "sq9", "sq7", "sinq:7", "nf4:3", "what", "sq4:", "sq4:x",
                            "sq4:4:32:1", "rtn:4:48", "sq4:3"}) {
        EXPECT_THROW(parseScheme(bad), Error) << bad;
    }
}

TEST(Scheme, BitsPerWeightAreAsPromised) {
    const auto bits = [](const char* name) {
        std::uint64_t bytes = 0;
        for (const Plane& plane : planesOf(3072, 8192, parseScheme(name))) {
            bytes += plane.bytes;
        }
        return static_cast<double>(bytes) * 8 / (3072.0 * 8192.0);
    };
    EXPECT_NEAR(bits("sq4"), 4.5, 0.01);
    EXPECT_NEAR(bits("sq3"), 3.5, 0.01);
    EXPECT_NEAR(bits("q8"), 8.5, 0.01);
    EXPECT_NEAR(bits("sinq"), 4.5, 0.01);
    EXPECT_NEAR(bits("sinq:4:128"), 4.25, 0.01);
}

TEST(Plan, TheDefaultPlanTreatsEachPartAsDocumented) {
    const Plan plan = Plan::byName("default");
    EXPECT_EQ(
        schemeName(plan.schemeFor("model.layers.3.mlp.down_proj.base_layer.weight", {3072, 8192})),
        "sq4");
    EXPECT_EQ(schemeName(plan.schemeFor("model.layers.3.mlp.down_proj.weight", {3072, 8192})),
              "sq4");
    EXPECT_EQ(schemeName(
                  plan.schemeFor("model.layers.3.mlp.down_proj.lora_B.vision.weight", {3072, 256})),
              "sq8");
    EXPECT_EQ(schemeName(plan.schemeFor("model.embed_tokens.weight", {200064, 3072})), "sq8");
    EXPECT_EQ(Plan::byName("compact")
                  .schemeFor("model.layers.3.mlp.down_proj.lora_A.vision.weight", {256, 8192})
                  .columnScale,
              ColumnScale::No); // adapters share the scaled input of their base
    const std::string audio = "model.embed_tokens_extend.audio_embed.encoder.";
    EXPECT_EQ(schemeName(plan.schemeFor(audio + "embed.conv.3.weight", {1024, 1024, 1, 1})), "sq8");
    EXPECT_EQ(schemeName(plan.schemeFor(audio + "embed.conv.2.weight", {1024, 1, 3, 3})), "keep");
    EXPECT_EQ(schemeName(plan.schemeFor(audio + "relative_attention_bias_layer.bias_values.weight",
                                        {1000, 16})),
              "keep");
    EXPECT_EQ(schemeName(plan.schemeFor("model.norm.weight", {3072})), "keep");
    EXPECT_TRUE(Plan::unused(
        "model.embed_tokens_extend.image_embed.img_processor.encoder.layers.26.mlp.fc1.weight",
        27));
    EXPECT_FALSE(Plan::unused(
        "model.embed_tokens_extend.image_embed.img_processor.encoder.layers.25.mlp.fc1.weight",
        27));
}

TEST(Plan, FilesNameTheirFaults) {
    const auto path = std::filesystem::path(testing::TempDir()) / "phial_plan.json";
    std::ofstream(path)
        << R"({"name": "mine", "rules": [["*down_proj.base*", "sq5"], ["model.layers.*", "sinq:3"]]})";
    const Plan plan = Plan::fromFile(path);
    EXPECT_EQ(plan.name(), "mine");
    EXPECT_EQ(
        schemeName(plan.schemeFor("model.layers.0.mlp.down_proj.base_layer.weight", {64, 128})),
        "sq5");
    EXPECT_EQ(
        schemeName(plan.schemeFor("model.layers.0.self_attn.o_proj.base_layer.weight", {64, 128})),
        "sinq3g64");
    EXPECT_EQ(schemeName(plan.schemeFor("model.embed_tokens.weight", {1000, 128})), "keep");
    std::ofstream(path) << R"({"rules": [["a", "sq4"], ["b", "sq99"]]})";
    try {
        Plan::fromFile(path);
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("rule 2"), std::string::npos) << error.what();
    }
    std::ofstream(path) << "[";
    EXPECT_THROW(Plan::fromFile(path), Error);
    EXPECT_THROW(Plan::byName("huge"), Error);
}

} // namespace
} // namespace phial::package
