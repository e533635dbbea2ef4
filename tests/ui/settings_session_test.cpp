// SPDX-License-Identifier: MIT
// Every setting of the page in the whole program: changed, and the program does something else; at
// the next start too. Those of microphone and meetings: settings_meetings_test.cpp.
#include "tests/ui/settings_session_fixture.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>

#include <filesystem>

namespace phial::app {
namespace {

using settings::Key;
using ui::test::waitFor;

class OpenedFolders : public QObject {
    Q_OBJECT

public:
    OpenedFolders() { QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "open"); }

    ~OpenedFolders() override { QDesktopServices::unsetUrlHandler(QStringLiteral("file")); }

    QList<QUrl> urls;

public Q_SLOTS:

    void open(const QUrl& url) { urls.append(url); }
};

TEST_F(SettingsSessionTest, ThePageShowsWhatIsThere) {
    start();
    ASSERT_TRUE(waitFor([&] { return row(Key::Device).choices.size() == 2; }));
    EXPECT_EQ(row(Key::Device).choices[1].text, QStringLiteral("A card"));
    ASSERT_TRUE(waitFor([&] { return row(Key::Microphone).choices.size() == 3; }));
    EXPECT_TRUE(
        waitFor([&] { return row(Fact::Version).value.startsWith(QStringLiteral("Built-in")); }));
    EXPECT_TRUE(waitFor([&] { return !row(Fact::Data).text.contains(QStringLiteral("…")); }));
    EXPECT_TRUE(row(Fact::Network).value.contains(QStringLiteral("no connection")));
    for (const ui::SettingGroup& group : page().view().groups) {
        EXPECT_FALSE(group.changed) << group.title.toStdString();
    }
}

TEST_F(SettingsSessionTest, ColorsAndSizeOfLettersChangeAtOnceAndStay) {
    start();
    const QFont before = QApplication::font();
    set(Key::Theme, "dark");
    set(Key::FontPercent, "150");
    EXPECT_TRUE(window().theme().dark());
    EXPECT_LT(QApplication::palette().color(QPalette::Window).lightness(), 80);
    EXPECT_GT(QApplication::font().pointSizeF(), 1.4 * before.pointSizeF());
    EXPECT_TRUE(fileHas("theme = dark"));
    EXPECT_TRUE(groupChanged(SettingsGroup::General));
    startAgain();
    EXPECT_TRUE(window().theme().dark());
    EXPECT_EQ(window().theme().zoomPercent(), 150);
    Q_EMIT page().resetRequested(static_cast<int>(SettingsGroup::General));
    EXPECT_EQ(window().theme().choice(), ui::ThemeChoice::System);
    EXPECT_EQ(window().theme().zoomPercent(), 100);
    EXPECT_TRUE(fileHas("theme = system"));
    EXPECT_FALSE(groupChanged(SettingsGroup::General));
}

TEST_F(SettingsSessionTest, WhatTheMenuChangesIsShownOnThePage) {
    start();
    Q_EMIT window().zoomChosen(120);
    EXPECT_EQ(row(Key::FontPercent).value, QStringLiteral("120"));
}

TEST_F(SettingsSessionTest, CtrlEnterSendsInsteadOfEnter) {
    start();
    set(Key::SendKey, "ctrl-enter");
    type(QStringLiteral("hello"));
    EXPECT_EQ(window().conversation().rowCount(), 0);
    EXPECT_EQ(window().composer().draftText(), QStringLiteral("hello\n"));
    type({}, Qt::ControlModifier);
    EXPECT_TRUE(waitFor([&] { return window().conversation().rowCount() == 2; }));
}

TEST_F(SettingsSessionTest, TheLanguageOfTranslationsIsOfferedInChatsAndMeetings) {
    start();
    set(Key::TranslateTo, "ja");
    window().setAction(ui::Action::Translate, {});
    EXPECT_EQ(window().draft().language, QStringLiteral("ja"));
    import(1);
    ASSERT_TRUE(transcribed());
    bool offered = false;
    for (const QComboBox* box : meetingPage().findChildren<QComboBox*>()) {
        offered =
            offered || (box->accessibleName() == QStringLiteral("Language of the translation") &&
                        box->currentData() == QStringLiteral("Japanese"));
    }
    EXPECT_TRUE(offered);
}

TEST_F(SettingsSessionTest, InstructionsLengthAndFreedomReachTheModel) {
    start();
    Request plain = asked(QStringLiteral("hello"));
    EXPECT_EQ(plain.messages.front().role, Role::User);
    EXPECT_EQ(plain.sampling.maxTokens, 1024);
    EXPECT_EQ(plain.sampling.temperature, 0);
    set(Key::Instructions, "Answer in one word.");
    set(Key::AnswerTokens, "256");
    set(Key::Temperature, "0.8");
    Request free = asked(QStringLiteral("and now"));
    EXPECT_EQ(free.messages.front().role, Role::System);
    EXPECT_EQ(free.messages.front().text, "Answer in one word.");
    EXPECT_EQ(free.sampling.maxTokens, 256);
    EXPECT_FLOAT_EQ(free.sampling.temperature, 0.8F);
    EXPECT_NE(free.sampling.seed, asked(QStringLiteral("again")).sampling.seed);
    startAgain();
    EXPECT_EQ(asked(QStringLiteral("hello")).messages.front().text, "Answer in one word.");
}

TEST_F(SettingsSessionTest, WhatTheModelRunsOnLoadsItAgain) {
    start();
    EXPECT_EQ(lastLoad().device.software, gpu::SoftwareDevices::Refuse);
    EXPECT_EQ(nextLoad(Key::SoftwareDevice, "yes").device.software, gpu::SoftwareDevices::Allow);
    EXPECT_EQ(nextLoad(Key::Device, "aabbccdd").device.select, "aabbccdd");
    EXPECT_EQ(nextLoad(Key::ContextTokens, "2048").contextTokens, 2048);
    EXPECT_EQ(nextLoad(Key::KvCache, "turbo4").kvCache, KvCacheFormat::Tq4);
    EXPECT_EQ(nextLoad(Key::Precision, "fp32").precision, Precision::Fp32);
    EXPECT_TRUE(fileHas("software-device = allow"));
    startAgain();
    EXPECT_EQ(lastLoad().device.select, "aabbccdd");
    EXPECT_EQ(lastLoad().kvCache, KvCacheFormat::Tq4);
    Q_EMIT page().resetRequested(static_cast<int>(SettingsGroup::Model));
    ASSERT_TRUE(waitFor([&] { return loads() == 2; }));
    EXPECT_EQ(lastLoad().device.select, "");
    EXPECT_EQ(lastLoad().contextTokens, 0);
}

TEST_F(SettingsSessionTest, OtherSettingsLeaveTheModelAlone) {
    start();
    const std::size_t before = loads();
    set(Key::Theme, "dark");
    set(Key::SpokenLanguage, "de");
    asked(QStringLiteral("hello"));
    EXPECT_EQ(loads(), before);
}

TEST_F(SettingsSessionTest, ButtonsLeadSomewhere) {
    OpenedFolders opened;
    std::filesystem::create_directories(path("cache") / "deep");
    std::ofstream(path("cache") / "deep/pictures") << std::string(5000, 'x');
    start();
    ASSERT_TRUE(waitFor([&] { return row(Fact::Cache).text.contains(QStringLiteral("5 kB")); }))
        << row(Fact::Cache).text.toStdString();
    press(Fact::Cache);
    EXPECT_TRUE(waitFor([&] { return !std::filesystem::exists(path("cache") / "deep"); }));
    EXPECT_TRUE(std::filesystem::exists(path("cache")));
    EXPECT_TRUE(waitFor([&] { return row(Fact::Cache).text.startsWith(QStringLiteral("0")); }));
    press(Fact::Data);
    press(Fact::SettingsFile);
    ASSERT_EQ(opened.urls.size(), 2);
    EXPECT_EQ(opened.urls[0].toLocalFile().toStdString(), path("data").string());
    EXPECT_EQ(opened.urls[1].toLocalFile(), m_folder.path());
    press(Fact::Model);
    EXPECT_FALSE(page().isVisible());
}

TEST_F(SettingsSessionTest, TheReportHoldsWhatHelpsAndNoWordsOfTheUser) {
    start();
    set(Key::Instructions, "Call me Anna.");
    set(Key::Theme, "dark");
    ASSERT_TRUE(waitFor([&] { return row(Key::Microphone).choices.size() == 3; }));
    asked(QStringLiteral("my secret"));
    press(Fact::Report);
    const QString report = QApplication::clipboard()->text();
    for (const char* part :
         {"Phial 0.1.0", "A card", "Fake/mic", "theme = dark", "instructions = (13 bytes)"}) {
        EXPECT_TRUE(report.contains(QString::fromLatin1(part))) << part << '\n'
                                                                << report.toStdString();
    }
    EXPECT_FALSE(report.contains(QStringLiteral("Anna")));
    EXPECT_FALSE(report.contains(QStringLiteral("secret")));
}

TEST_F(SettingsSessionTest, SafeModeUsesNeitherSettingsNorModelAndKeepsNothing) {
    start();
    set(Key::Theme, "dark");
    set(Key::FontPercent, "150");
    m_asked.loads.clear();
    start(StartMode::Safe);
    EXPECT_EQ(window().theme().zoomPercent(), 100);
    EXPECT_EQ(window().theme().choice(), ui::ThemeChoice::System);
    EXPECT_TRUE(noticeWith(QStringLiteral("safe mode")));
    EXPECT_FALSE(page().view().note.isEmpty());
    set(Key::FontPercent, "90");
    EXPECT_EQ(window().theme().zoomPercent(), 90);
    EXPECT_TRUE(fileHas("font-percent = 150"));
    EXPECT_EQ(loads(), 0U);
    Q_EMIT window().noticeAction(QStringLiteral("safe-mode"), ui::NoticeAction::RetryLoad);
    EXPECT_TRUE(waitFor([&] { return loads() == 1; })); // by the user's wish
}

TEST_F(SettingsSessionTest, AValueThatCannotBeUsedIsTold) {
    std::ofstream(path("settings.conf")) << "version = 1\ntheme = purple\n";
    start();
    EXPECT_TRUE(noticeWith(QStringLiteral("purple")));
}

} // namespace
} // namespace phial::app

#include "settings_session_test.moc"
