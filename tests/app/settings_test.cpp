// SPDX-License-Identifier: MIT
#include "app/settings/setting_fields.h"
#include "app/settings/settings.h"
#include "inference/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

namespace phial::settings {
namespace {

using testing::HasSubstr;

class SettingsTest : public testing::Test {
protected:
    SettingsTest() {
        std::string folder =
            (std::filesystem::temp_directory_path() / "phial-settings-XXXXXX").string();
        m_folder = ::mkdtemp(folder.data());
        m_path = m_folder / "deep/er/settings.conf";
    }

    ~SettingsTest() override { std::filesystem::remove_all(m_folder); }

    void write(const std::string& text) const {
        std::filesystem::create_directories(m_path.parent_path());
        std::ofstream(m_path) << text;
    }

    static std::string read(const std::filesystem::path& path) {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::filesystem::path m_folder;
    std::filesystem::path m_path;
};

Settings unusual() {
    return {.model = "/data/with spaces = and ä/model",
            .models = {{.folder = "/data/with \"quotes\" and ä/phi4"},
                       {.folder = "/data/small.partial", .source = "/data/phi4", .plan = "small"}},
            .device = "0123456789abcdef",
            .software = gpu::SoftwareDevices::Allow,
            .precision = Precision::Fp16,
            .kvCache = KvCacheFormat::K8V4,
            .unloadMinutes = 0,
            .contextTokens = 4096,
            .microphone = "ALSA/Headset #2",
            .systemAudio = true,
            .consentReminder = false,
            .spokenLanguage = "fr",
            .translateTo = "ja",
            .transcribeRecordings = true,
            .summarizeWith = "actions",
            .summaryLanguage = "es",
            .quietMinutes = 0,
            .keepImportedSound = false,
            .trashDays = 90,
            .instructions = "Be brief. a = b",
            .answerTokens = 256,
            .temperature = 0.4,
            .sendKey = SendKey::CtrlEnter,
            .theme = Theme::Dark,
            .fontPercent = 150,
            .notifications = false};
}

TEST_F(SettingsTest, AreTheDefaultsWithoutAFile) {
    SettingsFile file(m_path);
    EXPECT_EQ(file.load(), Settings{});
    EXPECT_TRUE(file.problems().empty());
    EXPECT_FALSE(std::filesystem::exists(m_path)); // reading writes nothing
}

TEST_F(SettingsTest, ComeBackAsTheyWereSaved) {
    SettingsFile(m_path).save(unusual());
    EXPECT_EQ(SettingsFile(m_path).load(), unusual());
    EXPECT_FALSE(std::filesystem::exists(m_path.string() + ".new"));
}

TEST_F(SettingsTest, EveryKeyHasALineOfItsOwn) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(Key::FontPercent); ++i) {
        const Key key = static_cast<Key>(i);
        Settings changed;
        // What `unusual` has differs from the default everywhere.
        EXPECT_NE(valueOf(unusual(), key), valueOf({}, key)) << i;
        EXPECT_TRUE(setValue(changed, key, valueOf(unusual(), key))) << i;
        EXPECT_EQ(valueOf(changed, key), valueOf(unusual(), key)) << i;
        EXPECT_TRUE(setValue(changed, key, valueOf({}, key))) << i;
        EXPECT_EQ(changed, Settings{}) << i;
    }
    for (const Field& field : fields()) {
        EXPECT_TRUE(names.insert(field.name).second) << field.name;
    }
    EXPECT_EQ(names.size(), static_cast<std::size_t>(Key::FontPercent) + 1);
}

TEST_F(SettingsTest, RefuseWhatCannotBeUsed) {
    const std::pair<Key, const char*> wrong[] = {
        {Key::Theme, "purple"},          {Key::SystemAudio, "1"},
        {Key::SpokenLanguage, "german"}, {Key::TranslateTo, ""},
        {Key::SummarizeWith, "all"},     {Key::QuietMinutes, "-3"},
        {Key::AnswerTokens, "0"},        {Key::Temperature, "3"},
        {Key::Temperature, "nan"},       {Key::Temperature, "0.5 warm"},
        {Key::SendKey, "space"},         {Key::KvCache, "none"},
        {Key::UnloadMinutes, "1441"},    {Key::Notifications, "never"}};
    for (const auto& [key, value] : wrong) {
        Settings settings = unusual();
        EXPECT_FALSE(setValue(settings, key, value)) << value;
        EXPECT_EQ(settings, unusual()) << value;
    }
}

TEST_F(SettingsTest, ArePutAwayAndBeginAfresh) {
    SettingsFile file(m_path);
    file.putAway(); // there is none yet
    file.save(unusual());
    file.putAway();
    EXPECT_EQ(SettingsFile(m_path).load(), Settings{});
    EXPECT_EQ(SettingsFile(m_path.string() + ".old").load(), unusual());
}

TEST_F(SettingsTest, FallBackOneByOneAndSayWhichValueIsWrong) {
    write("version = 1\n# a comment\ntheme = purple\nfont-percent = "
          "900\nprecision=fp32\ncontext-tokens = 12\nnonsense\n");
    SettingsFile file(m_path);
    const Settings settings = file.load();
    EXPECT_EQ(settings.theme, Theme::System);
    EXPECT_EQ(settings.fontPercent, 100);
    EXPECT_EQ(settings.contextTokens, 0);
    EXPECT_EQ(settings.precision, Precision::Fp32);
    ASSERT_EQ(file.problems().size(), 3U);
    EXPECT_THAT(file.problems(),
                testing::Contains(testing::AllOf(HasSubstr("theme"), HasSubstr("purple"))));
}

TEST_F(SettingsTest, KeepNoListOfModelsThatCannotBeRead) {
    for (const char* text : {"models = /data/phi4", "models = [\"/data/phi4\"]",
                             "models = [{\"plan\": \"small\"}]", "models = [{\"folder\": 4}]"}) {
        write(text);
        SettingsFile file(m_path);
        EXPECT_TRUE(file.load().models.empty()) << text;
        EXPECT_EQ(file.problems().size(), 1U) << text;
    }
}

TEST_F(SettingsTest, KeepLinesOfOtherVersions) {
    write("version = 1\ntheme = dark\nfuture-thing = 42\n");
    SettingsFile file(m_path);
    Settings settings = file.load();
    settings.theme = Theme::Light;
    file.save(settings);
    EXPECT_THAT(read(m_path),
                testing::AllOf(HasSubstr("theme = light"), HasSubstr("future-thing = 42")));
}

TEST_F(SettingsTest, KeepACopyOfAFileFromANewerVersion) {
    write("version = 7\ntheme = dark\n");
    SettingsFile file(m_path);
    file.save(file.load());
    EXPECT_EQ(read(m_path.string() + ".v7"), "version = 7\ntheme = dark\n");
    EXPECT_EQ(SettingsFile(m_path).load().theme, Theme::Dark);
}

TEST_F(SettingsTest, DoNotBreakTheFileWithALineEnd) {
    Settings settings;
    settings.microphone = "two\nversion = 9";
    SettingsFile(m_path).save(settings);
    EXPECT_EQ(SettingsFile(m_path).load().microphone, "two version = 9");
}

TEST_F(SettingsTest, SayWhenTheFileCannotBeUsed) {
    std::filesystem::create_directories(m_path);
    SettingsFile file(m_path);
    EXPECT_THROW(file.load(), Error);
    EXPECT_THROW(file.save({}), Error);
}

TEST_F(SettingsTest, LieInTheConfigurationFolder) {
    ::setenv("XDG_CONFIG_HOME", m_folder.c_str(), 1);
    EXPECT_EQ(SettingsFile::standardPath(), m_folder / "phial/settings.conf");
    ::setenv("XDG_CONFIG_HOME", "relative", 1);
    ::setenv("HOME", "/home/somebody", 1);
    EXPECT_EQ(SettingsFile::standardPath(), "/home/somebody/.config/phial/settings.conf");
}

} // namespace
} // namespace phial::settings
