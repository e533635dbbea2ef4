// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/weights/peft_adapter.h"
#include "tests/support/peft_writer.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <functional>
#include <limits>

namespace phial::weights {
namespace {

using testing::HasSubstr;

class PeftAdapterTest : public testing::Test {
protected:
    PeftAdapterTest() {
        m_config.hiddenSize = 24;
        m_config.intermediateSize = 40;
        m_config.layers = 2;
        m_config.heads = 3;
        m_config.kvHeads = 1;
        m_config.headDim = 8;
    }

    test::PeftFiles files() const {
        return test::makePeft(m_config,
                              {"model.layers.0.self_attn.qkv_proj", "model.layers.1.mlp.down_proj"},
                              4, 6, 0.5F, 1);
    }

    PeftAdapter open(const test::PeftFiles& files) const {
        const std::filesystem::path folder = m_folder.path() / "mine";
        std::filesystem::remove_all(folder);
        files.write(folder);
        return PeftAdapter(folder, m_config);
    }

    /// The sentence that a changed adapter is refused with.
    std::string refusal(const std::function<void(test::PeftFiles&)>& change) const {
        test::PeftFiles changed = files();
        change(changed);
        try {
            open(changed);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::BadCheckpoint) << error.what();
            return error.what();
        }
        ADD_FAILURE() << "it was taken";
        return {};
    }

    DecoderConfig m_config;
    test::TempFolder m_folder;
};

TEST_F(PeftAdapterTest, GivesTheFactorsOfTheMatricesThatItChanges) {
    const test::PeftFiles written = files();
    const PeftAdapter adapter = open(written);
    EXPECT_EQ(adapter.name(), "mine");
    EXPECT_EQ(adapter.largestRank(), 4);
    EXPECT_EQ(adapter.parameters(), 4 * (24 + 40) + 4 * (40 + 24));
    EXPECT_EQ(adapter.find("model.layers.0.mlp.down_proj"), nullptr);
    const PeftAdapter::Factors* factors = adapter.find("model.layers.0.self_attn.qkv_proj");
    ASSERT_NE(factors, nullptr);
    EXPECT_EQ(factors->scale, 1.5);
    const std::vector<float> a = adapter.read(*factors->a);
    EXPECT_EQ(std::memcmp(a.data(), written.tensors[0].data.data(), written.tensors[0].data.size()),
              0);
    EXPECT_EQ(factors->b->shape, (Shape{40, 4}));
}

TEST_F(PeftAdapterTest, KnowsTheOtherWaysOfWritingNamesAndScales) {
    test::PeftFiles other = files();
    other.tensors[0].name =
        "base_model.model.model.layers.0.self_attn.qkv_proj.base_layer.lora_A.mine.weight";
    other.tensors[1].name = "model.layers.0.self_attn.qkv_proj.lora_B.default.weight";
    other.config["use_rslora"] = true;
    other.config["alpha_pattern"] = {{"down_proj", 8}};
    const PeftAdapter adapter = open(other);
    EXPECT_EQ(adapter.find("model.layers.0.self_attn.qkv_proj")->scale, 3);
    EXPECT_EQ(adapter.find("model.layers.1.mlp.down_proj")->scale, 4);
}

TEST_F(PeftAdapterTest, TakesAnotherRankWhereThePatternSaysSo) {
    const test::PeftFiles wide =
        test::makePeft(m_config, {"model.layers.1.mlp.down_proj"}, 7, 6, 0.5F, 2);
    test::PeftFiles mixed = files();
    mixed.tensors[2] = wide.tensors[0];
    mixed.tensors[3] = wide.tensors[1];
    mixed.config["rank_pattern"] = {{R"(layers\.1\.mlp\.down_proj)", 7}};
    const PeftAdapter adapter = open(mixed);
    EXPECT_EQ(adapter.largestRank(), 7);
    EXPECT_EQ(adapter.find("model.layers.1.mlp.down_proj")->scale, 6.0 / 7);
}

TEST_F(PeftAdapterTest, RefusesWithOneClearSentence) {
    const auto said = [&](const std::function<void(test::PeftFiles&)>& change) {
        return refusal(change);
    };
    EXPECT_THAT(said([](auto& f) { f.config["peft_type"] = "IA3"; }), HasSubstr("\"IA3\""));
    EXPECT_THAT(said([](auto& f) { f.config["use_dora"] = true; }), HasSubstr("DoRA"));
    EXPECT_THAT(said([](auto& f) { f.config["bias"] = "all"; }), HasSubstr("biases"));
    EXPECT_THAT(said([](auto& f) { f.config["modules_to_save"] = {"lm_head"}; }),
                HasSubstr("whole modules"));
    EXPECT_THAT(said([](auto& f) { f.config["r"] = 8; }), HasSubstr("has rank 4"));
    EXPECT_THAT(said([](auto& f) { f.config["r"] = "many"; }), HasSubstr("adapter_config.json"));
    EXPECT_THAT(said([](auto& f) {
                    f.config["rank_pattern"] = {{"(", 3}};
                }),
                HasSubstr("no pattern"));
    EXPECT_THAT(said([](auto& f) {
                    f.tensors[0].shape = Shape{24, 4};
                }),
                HasSubstr("needs [rank, 24]"));
    EXPECT_THAT(said([](auto& f) {
                    f.tensors[3].shape = Shape{4, 24};
                }),
                HasSubstr("needs [24, rank]"));
    EXPECT_THAT(said([](auto& f) {
                    f.tensors[0].name =
                        "base_model.model.model.layers.2.mlp.down_proj.lora_A.weight";
                }),
                HasSubstr("layers 0 to 1"));
    EXPECT_THAT(said([](auto& f) {
                    f.tensors[0].name =
                        "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";
                }),
                HasSubstr("belongs to no matrix"));
    EXPECT_THAT(said([](auto& f) { f.tensors.pop_back(); }), HasSubstr("no lora_B"));
    EXPECT_THAT(said([](auto& f) { f.tensors.clear(); }), HasSubstr("holds no adapter"));
    EXPECT_THAT(said([](auto& f) { f.tensors[0].type = StoredType::I32; }), HasSubstr("type I32"));
    EXPECT_THAT(said([](auto& f) {
                    f.tensors[0].name = "model.layers.0.self_attn.qkv_proj.lora_A.x.weight";
                    f.tensors.push_back(f.tensors[0]);
                    f.tensors.back().name = "model.layers.0.self_attn.qkv_proj.lora_A.y.weight";
                }),
                HasSubstr("same factor"));
}

TEST_F(PeftAdapterTest, RefusesFoldersWithoutItsFilesAndDamagedNumbers) {
    const auto open = [&](const char* name) { PeftAdapter(m_folder.path() / name, m_config); };
    EXPECT_THROW(open("absent"), Error);
    files().write(m_folder.path() / "half");
    std::filesystem::remove(m_folder.path() / "half/adapter_model.safetensors");
    EXPECT_THROW(open("half"), Error);

    test::PeftFiles damaged = files();
    const float nothing = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(damaged.tensors[0].data.data() + 8, &nothing, sizeof(nothing));
    const PeftAdapter adapter = this->open(damaged);
    try {
        adapter.read(*adapter.find("model.layers.0.self_attn.qkv_proj")->a);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("lora_A"));
        EXPECT_THAT(error.what(), HasSubstr("NaN"));
    }
}

} // namespace
} // namespace phial::weights
