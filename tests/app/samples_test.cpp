// SPDX-License-Identifier: MIT
#include "app/samples/samples.h"
#include "inference/base/error.h"
#include "tests/support/source_root.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace phial::samples {
namespace {

using testing::HasSubstr;

class SamplesTest : public testing::Test {
protected:
    std::vector<Sample> read(const std::string& list) {
        std::ofstream(m_folder.path() / "samples.json") << list;
        return readSamples(m_folder.path());
    }

    std::string refusal(const std::string& list) {
        try {
            read(list);
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::FileUnreadable);
            return error.what();
        }
        return {};
    }

    test::TempFolder m_folder;
};

TEST_F(SamplesTest, EachKindIsReadWithItsFiles) {
    const std::vector<Sample> all = read(
        R"([{"kind": "meeting", "sound": "m.flac", "title": "A meeting", "said": "We met."},
            {"kind": "chart", "picture": "c.png", "sound": "q.flac", "said": "Which?", "answer": "That."},
            {"kind": "page", "picture": "p.png", "question": "Read.", "answer": "Words."},
            {"kind": "sentence", "sound": "s.flac", "said": "Hi.", "translate": ["German", "French"]}])");
    ASSERT_EQ(all.size(), 4U);
    EXPECT_EQ(all[0].kind, Kind::Meeting);
    EXPECT_EQ(all[0].title, "A meeting");
    EXPECT_EQ(all[0].sound, m_folder.path() / "m.flac");
    EXPECT_EQ(all[1].kind, Kind::Chart);
    EXPECT_EQ(all[1].picture, m_folder.path() / "c.png");
    EXPECT_EQ(all[1].answer, "That.");
    EXPECT_EQ(all[2].kind, Kind::Page);
    EXPECT_EQ(all[2].question, "Read.");
    EXPECT_TRUE(all[2].sound.empty());
    EXPECT_EQ(all[3].kind, Kind::Sentence);
    EXPECT_THAT(all[3].languages, testing::ElementsAre("German", "French"));
}

TEST_F(SamplesTest, WhatCannotBeUsedIsNamed) {
    EXPECT_THAT(refusal("{"), HasSubstr("no list"));
    EXPECT_THAT(refusal(R"([{"kind": "film", "sound": "a.flac"}])"), HasSubstr("film"));
    EXPECT_THAT(refusal(R"([{"kind": "page", "question": "Read."}])"), HasSubstr("lacks its file"));
    EXPECT_THAT(refusal(R"([{"kind": "chart", "picture": "c.png"}])"), HasSubstr("lacks its file"));
    EXPECT_THAT(refusal(R"([{"kind": "sentence", "sound": 7}])"), HasSubstr("samples.json"));
    EXPECT_THAT(refusal("[7]"), HasSubstr("samples.json"));
    std::filesystem::remove(m_folder.path() / "samples.json");
    EXPECT_THROW(readSamples(m_folder.path()), Error);
}

TEST(ShippedSamples, AreThereWithAllTheirFiles) {
    const std::vector<Sample> all = readSamples(test::sourceRoot() / "resources/samples");
    EXPECT_GE(all.size(), 3U);
    for (const Sample& sample : all) {
        EXPECT_TRUE(sample.sound.empty() || std::filesystem::exists(sample.sound)) << sample.sound;
        EXPECT_TRUE(sample.picture.empty() || std::filesystem::exists(sample.picture))
            << sample.picture;
    }
}

} // namespace
} // namespace phial::samples
