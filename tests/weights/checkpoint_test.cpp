// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/model_folder.h"
#include "inference/weights/tensor_list.h"
#include "inference/weights/tensor_names.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"
#include "tests/weights/model_copies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <set>

namespace phial::weights {
namespace {

using testing::HasSubstr;

std::string messageOf(const std::filesystem::path& folder, ErrorCode code) {
    try {
        openModelFolder(folder);
        return "";
    } catch (const Error& error) {
        EXPECT_EQ(errorCodeName(error.code()), errorCodeName(code)) << error.what();
        return error.what();
    }
}

enum class Part { All, Text };

/// Every tensor of the golden model is there under its original name with its values.
void expectGoldenContent(const Checkpoint& checkpoint, Part part = Part::All) {
    std::size_t compared = 0;
    for (const auto& tensor : test::readSafetensors(test::goldenFolder() / "model.safetensors")) {
        if (part == Part::Text && (tensor.name.find("embed_tokens_extend") != std::string::npos ||
                                   tensor.name.find(".lora_") != std::string::npos)) {
            continue;
        }
        const TensorEntry* entry = checkpoint.find(tensor.name);
        ASSERT_NE(entry, nullptr) << tensor.name;
        ASSERT_EQ(entry->shape(), tensor.shape) << tensor.name;
        std::vector<std::byte> bytes(entry->bytes());
        Checkpoint::readBytes(*entry, 0, bytes);
        ASSERT_EQ(bytes, tensor.data) << tensor.name;
        ++compared;
    }
    EXPECT_GE(compared, 20U);
}

TEST(Checkpoint, OpensTheGoldenModel) {
    const ModelFolder model = openModelFolder(test::goldenFolder());
    expectGoldenContent(model.checkpoint);
    EXPECT_EQ(model.checkpoint.countLayers("model.layers."), 3);
    EXPECT_EQ(model.checkpoint.countLayers("model.nothing."), 0);
    EXPECT_TRUE(model.checkpoint.hasPrefix(kAudioPrefix));
    EXPECT_GT(model.checkpoint.parameters(), 3000000);
}

TEST(Checkpoint, TheListNamesEveryTensorThatIsRun) {
    const ModelFolder model = openModelFolder(test::goldenFolder());
    std::set<std::string> listed;
    for (const ExpectedTensor& tensor : expectedTensors(model.config)) {
        EXPECT_TRUE(listed.insert(tensor.name).second) << tensor.name << " is listed twice";
    }
    for (const auto& [name, entry] : model.checkpoint.tensors()) {
        const bool neverRun = name.find("img_processor.post_layernorm") != std::string::npos ||
                              name.find("img_processor.head.") != std::string::npos ||
                              name.find("img_processor.encoder.layers.2.") != std::string::npos;
        EXPECT_EQ(listed.contains(name), !neverRun) << name;
    }
}

TEST(Checkpoint, OpensShards) {
    const test::TempFolder folder;
    writeShardedCopy(folder.path(), 3);
    expectGoldenContent(openModelFolder(folder.path()).checkpoint);
}

TEST(Checkpoint, NamesMissingShards) {
    const test::TempFolder folder;
    writeShardedCopy(folder.path(), 4);
    std::filesystem::remove(folder.path() / "model-2.safetensors");
    std::filesystem::remove(folder.path() / "model-4.safetensors");
    const std::string message = messageOf(folder.path(), ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr(folder.path().string()));
    EXPECT_THAT(message, HasSubstr("2 of 4 files are missing: model-2.safetensors, "
                                   "model-4.safetensors"));
}

TEST(Checkpoint, RefusesAnIndexThatLies) {
    const test::TempFolder folder;
    writeShardedCopy(folder.path(), 2);
    const auto path = folder.path() / "model.safetensors.index.json";
    const nlohmann::json good = readJson(path);
    const auto with = [&](const nlohmann::json& map) {
        writeJson(path, {{"weight_map", map}});
        return messageOf(folder.path(), ErrorCode::BadCheckpoint);
    };
    nlohmann::json map = good["weight_map"];
    map["model.norm.weight"] = map["model.norm.weight"] == "model-1.safetensors"
                                   ? "model-2.safetensors"
                                   : "model-1.safetensors";
    EXPECT_THAT(with(map), HasSubstr("lacks tensor 'model.norm.weight'"));
    for (const char* outside : {"../model-1.safetensors", "/etc/passwd", "..", "", "a\\b"}) {
        map["model.norm.weight"] = outside;
        EXPECT_THAT(with(map), HasSubstr("the name of a file in this folder")) << outside;
    }
    map["model.norm.weight"] = 7;
    EXPECT_THAT(with(map), HasSubstr("the name of a file in this folder"));
    EXPECT_THAT(with(nlohmann::json::object()), HasSubstr("no weight_map"));
    EXPECT_THAT(with(nlohmann::json::array()), HasSubstr("no weight_map"));
}

TEST(Checkpoint, OpensThePortsLayoutUnderOriginalNames) {
    const test::TempFolder folder;
    writePortedCopy(folder.path());
    const ModelFolder model = openModelFolder(folder.path());
    expectGoldenContent(model.checkpoint);
    EXPECT_TRUE(model.config.hears());
    EXPECT_TRUE(model.config.sees());
}

TEST(Checkpoint, WithoutAdapterFoldersThePortOnlyReads) {
    const test::TempFolder folder;
    writePortedCopy(folder.path());
    std::filesystem::remove_all(folder.path() / "speech-lora");
    std::filesystem::remove_all(folder.path() / "vision-lora");
    const ModelFolder model = openModelFolder(folder.path());
    EXPECT_FALSE(model.config.hears());
    EXPECT_FALSE(model.config.sees());
}

TEST(Checkpoint, OpensTextOnlyModels) {
    const test::TempFolder folder;
    writeTextOnlyCopy(folder.path());
    const ModelFolder model = openModelFolder(folder.path());
    EXPECT_EQ(model.config.family, ModelFamily::Phi3);
    EXPECT_FALSE(model.config.hears());
    EXPECT_NE(model.checkpoint.find("model.layers.2.mlp.down_proj.base_layer.weight"), nullptr);
    expectGoldenContent(model.checkpoint, Part::Text);
}

TEST(Checkpoint, AnOwnHeadIsRequiredWhenTheConfigSaysSo) {
    const test::TempFolder folder;
    writeTextOnlyCopy(folder.path());
    nlohmann::json config = readJson(folder.path() / "config.json");
    config["tie_word_embeddings"] = false;
    writeJson(folder.path() / "config.json", config);
    EXPECT_THAT(messageOf(folder.path(), ErrorCode::BadCheckpoint), HasSubstr("lm_head.weight"));

    auto tensors = test::readSafetensors(folder.path() / "model.safetensors");
    for (const auto& tensor : std::vector(tensors)) {
        if (tensor.name == "model.embed_tokens.weight") {
            tensors.push_back(tensor);
            tensors.back().name = "lm_head.weight";
        }
    }
    test::writeSafetensors(folder.path() / "model.safetensors", tensors);
    EXPECT_FALSE(openModelFolder(folder.path()).config.decoder.tiedHead);
}

TEST(Checkpoint, SaysWhatIsWrongWithAFolder) {
    EXPECT_THAT(messageOf("/nonexistent/model", ErrorCode::FileUnreadable),
                HasSubstr("no model folder /nonexistent/model"));
    const test::TempFolder folder;
    EXPECT_THAT(messageOf(folder.path(), ErrorCode::BadCheckpoint), HasSubstr("no config.json"));
    std::filesystem::copy_file(test::goldenFolder() / "config.json", folder.path() / "config.json");
    EXPECT_THAT(messageOf(folder.path(), ErrorCode::BadCheckpoint),
                HasSubstr("neither model.safetensors nor"));
}

TEST(Checkpoint, SaysWhichTensorIsWrong) {
    const test::TempFolder folder;
    writeOriginalCopy(folder.path());
    const auto path = folder.path() / "model.safetensors";
    const auto tensors = test::readSafetensors(path);
    const auto withChange = [&](const std::string& name, const auto& change) {
        std::vector<test::WrittenTensor> changed;
        for (const test::WrittenTensor& tensor : tensors) {
            changed.push_back(tensor);
            if (tensor.name == name) {
                change(changed);
            }
        }
        test::writeSafetensors(path, changed);
        return messageOf(folder.path(), ErrorCode::BadCheckpoint);
    };
    const std::string name = "model.layers.1.mlp.down_proj.base_layer.weight"; // [192, 256]
    EXPECT_THAT(withChange(name, [](auto& list) { list.pop_back(); }), HasSubstr("1 of "));
    EXPECT_THAT(withChange(name, [](auto& list) { list.pop_back(); }), HasSubstr("'" + name + "'"));
    EXPECT_THAT(withChange(name,
                           [](auto& list) {
                               list.back().shape = {256, 192};
                           }),
                HasSubstr("has the shape [256, 192]; config.json needs [192, 256]"));
    EXPECT_THAT(withChange(name, [](auto& list) { list.back().type = StoredType::I16; }),
                HasSubstr("has the type I16; F32, F16 or BF16 is needed"));
    const std::string twin = "model.layers.1.mlp.down_proj.weight";
    EXPECT_THAT(withChange(name,
                           [&](auto& list) {
                               list.push_back(list.back());
                               list.back().name = twin;
                           }),
                HasSubstr("twice"));
}

TEST(Checkpoint, WidensEveryFloatTypeInPieces) {
    const test::TempFolder folder;
    constexpr std::int64_t kRows = 301;
    constexpr std::int64_t kColumns = 1013; // together more than one 256 KiB piece
    std::vector<float> values;
    for (std::int64_t i = 0; i < kRows * kColumns; ++i) {
        values.push_back(static_cast<float>(i % 251 - 125) / 8.0F); // exact in all three types
    }
    std::vector<test::WrittenTensor> tensors(3);
    for (std::size_t t = 0; t < 3; ++t) {
        tensors[t].type = std::array{StoredType::F32, StoredType::F16, StoredType::BF16}[t];
        tensors[t].name = storedTypeName(tensors[t].type);
        tensors[t].shape = {kRows, kColumns};
        const auto width = static_cast<std::size_t>(storedTypeBytes(tensors[t].type));
        tensors[t].data.resize(values.size() * width);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::uint16_t bits = t == 1 ? floatToHalf(values[i]) : floatToBf16(values[i]);
            std::memcpy(tensors[t].data.data() + i * width,
                        t == 0 ? static_cast<const void*>(&values[i]) : &bits, width);
        }
    }
    tensors.push_back(
        {.name = "I32", .type = StoredType::I32, .shape = {1}, .data = std::vector<std::byte>(4)});
    test::writeSafetensors(folder.path() / "model.safetensors", tensors);
    const Checkpoint checkpoint(folder.path());
    for (const char* name : {"F32", "F16", "BF16"}) {
        const TensorEntry& entry = checkpoint.require(name, {kRows, kColumns});
        EXPECT_EQ(Checkpoint::readAll(entry), values) << name;
        std::vector<float> rows(7 * kColumns);
        Checkpoint::readRows(entry, 290, rows);
        EXPECT_TRUE(std::equal(rows.begin(), rows.end(), values.begin() + 290 * kColumns)) << name;
        std::vector<float> beyond(12 * kColumns);
        EXPECT_THROW(Checkpoint::readRows(entry, 290, beyond), Error);
        EXPECT_THROW(Checkpoint::readRows(entry, -1, rows), Error);
    }
    EXPECT_THROW(Checkpoint::readAll(*checkpoint.find("I32")), Error);
}

TEST(Checkpoint, AFileCutWhileInUseIsAnError) {
    const test::TempFolder folder;
    writeOriginalCopy(folder.path());
    const ModelFolder model = openModelFolder(folder.path());
    std::filesystem::resize_file(folder.path() / "model.safetensors", 100000);
    int unreadable = 0;
    for (const auto& [name, entry] : model.checkpoint.tensors()) {
        try {
            Checkpoint::readAll(entry);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
            ++unreadable;
        }
    }
    EXPECT_GT(unreadable, 100);
}

TEST(TensorNames, KeepNamesThatBelongToNobody) {
    for (const char* name :
         {"", "model", "model.layers.", "model.layers.x.mlp.down_proj.weight",
          "model.layers..mlp.down_proj.weight", "lm_head.weight", "model.norm.weight",
          "model.embed_tokens_extend.image_embed.img_processor.encoder.layers.0.self_attn.q_proj."
          "weight",
          "model.layers.0.self_attn.qkv_proj.base_layer.weight",
          "model.layers.0.self_attn.qkv_proj.lora_A.speech.weight"}) {
        EXPECT_EQ(canonicalTensorName(name), name);
    }
}

TEST(TensorNames, AdapterFilesNameTheirAdapter) {
    const std::string expected = "model.layers.7.mlp.down_proj.lora_B.vision.weight";
    for (const char* stored :
         {"base_model.model.model.layers.7.mlp.down_proj.lora_B.weight",
          "base_model.model.model.layers.7.mlp.down_proj.lora_B.default.weight",
          "base_model.model.model.layers.7.mlp.down_proj.lora_B.vision.weight",
          "model.layers.7.mlp.down_proj.lora_B.weight"}) {
        EXPECT_EQ(canonicalAdapterName(stored, "vision"), expected);
    }
}

} // namespace
} // namespace phial::weights
