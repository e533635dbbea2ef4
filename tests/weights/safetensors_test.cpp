// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/weights/safetensors.h"
#include "tests/support/golden.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>

namespace phial::weights {
namespace {

using testing::HasSubstr;

class Safetensors : public testing::Test {
protected:
    /// The message with which opening a file of this header and `dataBytes` zeros fails; "" if it
    /// opens.
    std::string problemOf(const std::string& header, std::size_t dataBytes = 16) {
        test::writeRawSafetensors(m_file, header, std::string(dataBytes, '\0'));
        try {
            const SafetensorsFile file(m_file);
            return "";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::BadCheckpoint);
            EXPECT_THAT(error.what(), HasSubstr(m_file.string()));
            return error.what();
        }
    }

    test::TempFolder m_folder;
    std::filesystem::path m_file = m_folder.path() / "x.safetensors";
};

TEST_F(Safetensors, ReadsWhatWasWritten) {
    std::vector<test::WrittenTensor> tensors = {
        {.name = "a", .type = StoredType::F32, .shape = {2, 2}, .data = std::vector<std::byte>(16)},
        {.name = "empty", .type = StoredType::F16, .shape = {0, 5}},
        {.name = "b.c", .type = StoredType::U8, .shape = {3}, .data = std::vector<std::byte>(3)},
        {.name = "scalar", .type = StoredType::I64, .data = std::vector<std::byte>(8)}};
    tensors[2].data = {std::byte{1}, std::byte{2}, std::byte{3}};
    test::writeSafetensors(m_file, tensors, R"({"format": "pt"})");
    const SafetensorsFile file(m_file);
    EXPECT_EQ(file.tensors().size(), 4U);
    EXPECT_EQ(file.metadata().at("format"), "pt");
    EXPECT_EQ(file.find("nothing"), nullptr);
    EXPECT_EQ(file.find("scalar")->shape.rank(), 0);
    EXPECT_EQ(file.find("empty")->bytes, 0U);
    const StoredTensor* tensor = file.find("b.c");
    ASSERT_NE(tensor, nullptr);
    EXPECT_EQ(tensor->type, StoredType::U8);
    EXPECT_EQ(tensor->shape, (Shape{3}));
    std::vector<std::byte> tail(2);
    file.read(*tensor, 1, tail);
    EXPECT_EQ(tail, (std::vector<std::byte>{std::byte{2}, std::byte{3}}));
    EXPECT_EQ(file.mapped(*tensor)[0], std::byte{1});
    EXPECT_THROW(file.read(*tensor, 2, tail), Error);
}

TEST_F(Safetensors, OpensTheGoldenModel) {
    const SafetensorsFile file(test::goldenFolder() / "model.safetensors");
    const StoredTensor* tensor = file.find("model.embed_tokens.weight");
    ASSERT_NE(tensor, nullptr);
    EXPECT_EQ(tensor->type, StoredType::BF16);
    EXPECT_EQ(tensor->shape, (Shape{1024, 192}));
    EXPECT_EQ(tensor->bytes, 1024U * 192 * 2);
}

TEST_F(Safetensors, AcceptsHoles) {
    EXPECT_EQ(problemOf(R"({"a":{"dtype":"U8","shape":[2],"data_offsets":[1,3]},
                            "b":{"dtype":"U8","shape":[2],"data_offsets":[9,11]}})"),
              "");
    EXPECT_EQ(problemOf("{}"), "");
    EXPECT_EQ(problemOf("{}      "), "");
}

TEST_F(Safetensors, RefusesTensorsThatDoNotFit) {
    const auto one = [](const std::string& fields) { return "{\"a\":{" + fields + "}}"; };
    EXPECT_THAT(problemOf(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},
                              "b":{"dtype":"F32","shape":[2],"data_offsets":[7,15]}})"),
                HasSubstr("'a' and 'b' share bytes"));
    EXPECT_THAT(problemOf(one(R"("dtype":"F32","shape":[4],"data_offsets":[4,20])")),
                HasSubstr("it is cut"));
    EXPECT_THAT(problemOf(one(R"("dtype":"F32","shape":[3],"data_offsets":[0,16])")),
                HasSubstr("has 16 bytes, its type and shape need 12"));
    EXPECT_THAT(problemOf(one(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])")),
                HasSubstr("begin and end"));
    EXPECT_THAT(problemOf(one(R"("dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2])")),
                HasSubstr("unknown type 'F8_E4M3'"));
    EXPECT_THAT(
        problemOf(one(R"("dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0])")),
        HasSubstr("an impossible number"));
    EXPECT_THAT(
        problemOf(one(R"("dtype":"U8","shape":[18446744073709551615,0],"data_offsets":[0,0])")),
        HasSubstr("an impossible number"));
    EXPECT_THAT(
        problemOf(one(R"("dtype":"U8","shape":[1],"data_offsets":[0,18446744073709551615])")),
        HasSubstr("it is cut"));
    EXPECT_THAT(problemOf(one(R"("dtype":"U8","shape":[1],"data_offsets":[0])")),
                HasSubstr("begin and end"));
}

TEST_F(Safetensors, RefusesHeadersOfAnotherForm) {
    const std::string good = R"({"dtype":"U8","shape":[1],"data_offsets":[0,1]})";
    for (const std::string& header : {
             std::string("[]"),
             std::string("7 "),
             std::string("nul"),
             std::string("{\"a\":"),
             std::string("{} {}"),
             std::string("{\"a\":7}"),
             std::string("{\"a\":[]}"),
             std::string("{\"a\":{}}"),
             std::string("{\"\\ud800\":{}}"),
             std::string("{\"\xff\":{}}"),
             std::string(R"({"a":{"dtype":"U8","shape":[1]}})"),
             std::string(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":"1","data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[[1]],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[{}],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[null],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[true],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,1]}})"),
             std::string(
                 R"({"a":{"dtype":"U8","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","dtype":"U8","shape":[1],"data_offsets":[0,1]}})"),
             std::string(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"x":1}})"),
             std::string(R"({"__metadata__":{"a":1}})"),
             std::string(R"({"__metadata__":{"a":{}}})"),
             std::string(R"({"__metadata__":7})"),
         }) {
        EXPECT_NE(problemOf(header), "") << header;
    }
    EXPECT_THAT(problemOf("{\"a\":" + good + ",\"a\":" + good + "}"), HasSubstr("'a' twice"));
}

TEST_F(Safetensors, RefusesDeepNestingWithoutExhaustingTheStack) {
    constexpr std::size_t kDepth = 2000000;
    EXPECT_NE(problemOf(std::string(kDepth, '[')), "");
    std::string objects;
    for (std::size_t i = 0; i < kDepth / 5; ++i) {
        objects += "{\"a\":";
    }
    EXPECT_NE(problemOf(objects), "");
}

TEST_F(Safetensors, RefusesFilesThatAreNoSafetensors) {
    const auto openingBytes = [&](const std::string& content) {
        std::ofstream(m_file, std::ios::binary) << content;
        try {
            const SafetensorsFile file(m_file);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_THAT(openingBytes(""), HasSubstr("only 0 bytes"));
    EXPECT_THAT(openingBytes("1234567"), HasSubstr("only 7 bytes"));
    EXPECT_THAT(openingBytes("a text file, nothing else"), HasSubstr("not a safetensors file"));
    EXPECT_THAT(openingBytes(std::string(8, '\0')), HasSubstr("not a safetensors file"));
    EXPECT_THAT(openingBytes(std::string("\x40\0\0\0\0\0\0\0{}", 10)),
                HasSubstr("the file is cut"));
    EXPECT_THROW(SafetensorsFile(m_folder.path() / "missing.safetensors"), Error);
}

TEST_F(Safetensors, ReadingACutFileIsAnErrorAndNoCrash) {
    test::writeSafetensors(m_file, {{.name = "a",
                                     .type = StoredType::F32,
                                     .shape = {100000},
                                     .data = std::vector<std::byte>(400000)}});
    const SafetensorsFile file(m_file);
    std::filesystem::resize_file(m_file, 200);
    std::vector<std::byte> all(400000);
    try {
        file.read(file.tensors()[0], 0, all);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
        EXPECT_THAT(error.what(), HasSubstr("reading tensor 'a'"));
    }
}

TEST(StoredTypes, NamesAreUnique) {
    for (const StoredType type :
         {StoredType::F32, StoredType::F16, StoredType::BF16, StoredType::F64, StoredType::I64,
          StoredType::I32, StoredType::I16, StoredType::I8, StoredType::U8, StoredType::Bool}) {
        EXPECT_EQ(storedTypeFromName(storedTypeName(type)), type);
    }
    EXPECT_EQ(storedTypeFromName("f32"), std::nullopt);
    EXPECT_EQ(storedTypeFromName(""), std::nullopt);
}

} // namespace
} // namespace phial::weights
