// SPDX-License-Identifier: MIT
#include "inference/gpu/pipeline_cache_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace phial::gpu {
namespace {

namespace fs = std::filesystem;

class PipelineCacheFileTest : public ::testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::temp_directory_path() /
                   ("phial-cache-" +
                    std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        fs::remove_all(m_folder);
        m_device.info.driverVersion = 7;
        m_device.pipelineCacheUuid.fill(0xab);
    }

    void TearDown() override { fs::remove_all(m_folder); }

    PipelineCacheFile file() const { return {m_folder / "nested", m_device}; }

    std::string content() const {
        std::ifstream in(file().path(), std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }

    void replaceContent(const std::string& bytes) const {
        std::ofstream(file().path(), std::ios::binary | std::ios::trunc) << bytes;
    }

    fs::path m_folder;
    PhysicalDevice m_device;
    const std::vector<std::byte> m_data{std::byte{1}, std::byte{2}, std::byte{3}};
};

TEST_F(PipelineCacheFileTest, GivesBackWhatWasStored) {
    EXPECT_TRUE(file().load().empty()) << "nothing there yet";
    EXPECT_TRUE(file().store(m_data));
    EXPECT_EQ(file().load(), m_data);
    EXPECT_TRUE(file().store(std::span(m_data).first(1)));
    EXPECT_EQ(file().load().size(), 1U) << "a later store replaces it";
    EXPECT_EQ(std::distance(fs::directory_iterator(m_folder / "nested"), {}), 1)
        << "no drafts are left";
}

TEST_F(PipelineCacheFileTest, KeepsDriversApart) {
    ASSERT_TRUE(file().store(m_data));
    m_device.info.driverVersion = 8;
    EXPECT_TRUE(file().load().empty());
}

TEST_F(PipelineCacheFileTest, ATruncatedOrAlteredFileCountsAsEmpty) {
    ASSERT_TRUE(file().store(m_data));
    const std::string good = content();
    for (std::size_t length = 0; length < good.size(); ++length) {
        replaceContent(good.substr(0, length));
        EXPECT_TRUE(file().load().empty()) << length;
    }
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ 0x40);
        replaceContent(bad);
        EXPECT_TRUE(file().load().empty()) << at;
    }
    replaceContent(good + "x");
    EXPECT_TRUE(file().load().empty());
}

TEST_F(PipelineCacheFileTest, NoFolderMeansNoFile) {
    const PipelineCacheFile none({}, m_device);
    EXPECT_FALSE(none.store(m_data));
    EXPECT_TRUE(none.load().empty());
}

TEST_F(PipelineCacheFileTest, AnUnwritableFolderIsNoError) {
    std::ofstream(m_folder) << "a file where the folder should be";
    EXPECT_FALSE(file().store(m_data));
    EXPECT_TRUE(file().load().empty());
}

} // namespace
} // namespace phial::gpu
