// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/base/mapped_file.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <fstream>

namespace phial {
namespace {

std::filesystem::path writeFile(const std::string& name, const std::string& content) {
    const auto path = std::filesystem::path(testing::TempDir()) / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

TEST(MappedFile, ShowsTheBytesOfTheFile) {
    const MappedFile file(writeFile("phial_map_a", "phial"));
    ASSERT_EQ(file.bytes().size(), 5U);
    EXPECT_EQ(static_cast<char>(file.bytes()[4]), 'l');
    EXPECT_TRUE(MappedFile(writeFile("phial_map_empty", "")).bytes().empty());
}

TEST(MappedFile, NamesTheMissingFileAndTheReason) {
    try {
        MappedFile("/nonexistent/model.safetensors");
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
        EXPECT_STREQ(error.what(),
                     "cannot read /nonexistent/model.safetensors: No such file or directory");
    }
    EXPECT_THROW(MappedFile("/"), Error);
}

TEST(MappedFile, ReadAtSurvivesAFileThatWasCut) {
    const auto path = writeFile("phial_map_cut", std::string(100, 'x'));
    const MappedFile file(path);
    std::filesystem::resize_file(path, 10);
    std::array<std::byte, 20> out{};
    EXPECT_THROW(file.readAt(0, out), Error);
    EXPECT_NO_THROW(file.readAt(0, std::span(out).first(10)));
}

} // namespace
} // namespace phial
