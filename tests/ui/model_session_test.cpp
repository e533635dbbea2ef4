// SPDX-License-Identifier: MIT
// The page of models in the whole program: with an engine that notes what it is asked to load, and
// once with the real one.
#include "app/composition/application.h"
#include "tests/app/fake_engine.h"
#include "tests/app/no_microphone.h"
#include "tests/app/spin_until.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"
#include "tests/ui/fixtures.h"
#include "ui/pages/models_page.h"

#include <QCoreApplication>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <thread>

namespace phial::app {
namespace {

namespace fs = std::filesystem;
using test::goldenFolder;
using testing::ElementsAre;
using testing::HasSubstr;

class ModelSessionTest : public testing::Test {
protected:
    void SetUp() override {
        for (const char* const name : {"first", "second", "broken"}) {
            fs::copy(goldenFolder(), folder(name));
        }
    }

    fs::path folder(const std::string& name) const { return m_folder.path() / name; }

    static QString id(const fs::path& path) { return QString::fromStdString(path.string()); }

    WindowServices services() {
        WindowServices services;
        services.loadEngine = [this](const EngineOptions& options, const auto&,
                                     std::stop_token stop) -> std::unique_ptr<Engine> {
            {
                const std::scoped_lock lock(m_mutex);
                m_loads.push_back(options.model.filename().string());
            }
            while (m_holdLoad && !stop.stop_requested()) {
                std::this_thread::yield();
            }
            if (stop.stop_requested()) {
                throw Error(ErrorCode::Cancelled, "stopped");
            }
            if (options.model.filename() == "broken") {
                throw Error(ErrorCode::BadCheckpoint, "its lm_head is broken");
            }
            return std::make_unique<FakeEngine>(m_script);
        };
        services.listDevices = [] {
            gpu::DeviceInfo device;
            device.kind = gpu::DeviceKind::Discrete;
            device.name = "Fake card";
            device.uuid = "00";
            return std::vector<gpu::DeviceInfo>{device};
        };
        services.makeAudioBackend = [] { return std::make_unique<audio::NoMicrophone>(); };
        services.dataDirectory = folder("data");
        services.cacheDirectory = folder("cache");
        services.settingsFile = folder("settings.conf");
        services.freeDeviceMemory = [this](const std::string&) { return m_free.load(); };
        return services;
    }

    void start(const WindowServices& services) {
        m_application = std::make_unique<Application>(services);
        m_application->show();
        window().showPage(ui::MainWindow::Page::Models);
        QCoreApplication::processEvents();
    }

    ui::MainWindow& window() { return m_application->window(); }

    ui::ModelsPage& page() { return window().modelsPage(); }

    /// Longer than the fixture's, for what a real engine does. Only ends a hanging test.
    static bool spinUntil(const std::function<bool()>& condition) {
        return test::spinUntil(condition, std::chrono::minutes(2));
    }

    bool says(const QString& text) {
        const auto labels = window().findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(), [&](const QLabel* label) {
            return label->isVisible() && label->text().contains(text);
        });
    }

    bool inUse(const QString& name) {
        return spinUntil([&] { return says(QStringLiteral("In use: ") + name); });
    }

    QStringList lines() {
        QStringList found;
        const auto* list = page().findChild<QListWidget*>();
        for (int row = 0; row < list->count(); ++row) {
            found.append(list->item(row)->text());
        }
        return found;
    }

    /// Whether a line of that name has been looked at.
    bool listed(const QString& name) {
        return spinUntil([&] {
            const QStringList all = lines();
            return std::any_of(all.begin(), all.end(), [&](const QString& line) {
                return line.startsWith(name) && line.contains(QStringLiteral("bits per weight"));
            });
        });
    }

    std::vector<std::string> loads() {
        const std::scoped_lock lock(m_mutex);
        return m_loads;
    }

    std::string settingsText() const {
        std::ifstream file(folder("settings.conf"));
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// Starts with "first" in use and the two others listed.
    void startWithThree() {
        std::ofstream(folder("settings.conf")) << "model = " << folder("first").string() << '\n';
        start(services());
        ASSERT_TRUE(inUse(QStringLiteral("first")));
        for (const char* const name : {"second", "broken"}) {
            Q_EMIT page().folderChosen(id(folder(name)));
            ASSERT_TRUE(listed(QString::fromLatin1(name)));
        }
    }

    test::TempFolder m_folder;
    FakeEngineScript m_script;
    std::atomic<bool> m_holdLoad{false};
    std::atomic<std::uint64_t> m_free{std::uint64_t{8} << 30};
    std::mutex m_mutex;
    std::vector<std::string> m_loads; ///< names of the folders, guarded by m_mutex
    std::unique_ptr<Application> m_application;
};

TEST_F(ModelSessionTest, LoadsAnotherModelAndRemembersTheList) {
    startWithThree();
    Q_EMIT page().loadRequested(id(folder("second")));
    ASSERT_TRUE(inUse(QStringLiteral("second")));
    EXPECT_THAT(loads(), ElementsAre("first", "second"));
    EXPECT_THAT(settingsText(), HasSubstr("model = " + folder("second").string()));
    m_application.reset();
    start(services());
    ASSERT_TRUE(inUse(QStringLiteral("second")));
    ASSERT_TRUE(listed(QStringLiteral("first")));
    ASSERT_TRUE(listed(QStringLiteral("broken")));
    Q_EMIT page().removeRequested(id(folder("broken")));
    EXPECT_EQ(lines().size(), 2);
    EXPECT_TRUE(fs::exists(folder("broken") / "model.safetensors"));
    m_application.reset();
    start(services());
    ASSERT_TRUE(listed(QStringLiteral("first")));
    EXPECT_EQ(lines().size(), 2);
}

TEST_F(ModelSessionTest, AModelThatFailsToLoadBringsTheOldOneBack) {
    startWithThree();
    Q_EMIT page().loadRequested(id(folder("broken")));
    ASSERT_TRUE(spinUntil([&] { return loads().size() == 3; }));
    ASSERT_TRUE(inUse(QStringLiteral("first")));
    EXPECT_THAT(loads(), ElementsAre("first", "broken", "first"));
    EXPECT_TRUE(says(QStringLiteral("Its lm_head is broken.")));
    EXPECT_TRUE(says(QStringLiteral("loaded again")));
    EXPECT_THAT(settingsText(), HasSubstr("model = " + folder("first").string()));
}

TEST_F(ModelSessionTest, StoppingALoadBringsTheOldOneBackToo) {
    startWithThree();
    m_holdLoad = true;
    Q_EMIT page().loadRequested(id(folder("second")));
    ASSERT_TRUE(spinUntil([&] { return loads().size() == 2; }));
    Q_EMIT window().jobCancelled();
    m_holdLoad = false;
    ASSERT_TRUE(inUse(QStringLiteral("first")));
    EXPECT_THAT(loads(), ElementsAre("first", "second", "first"));
}

TEST_F(ModelSessionTest, ALoadThatIsGivenUpForAnotherIsNoFailure) {
    startWithThree();
    m_holdLoad = true;
    Q_EMIT page().loadRequested(id(folder("second")));
    ASSERT_TRUE(spinUntil([&] { return loads().size() == 2; }));
    fs::copy(goldenFolder(), folder("third"));
    Q_EMIT page().folderChosen(id(folder("third")));
    ASSERT_TRUE(listed(QStringLiteral("third")));
    Q_EMIT page().loadRequested(id(folder("third")));
    ASSERT_TRUE(spinUntil([&] { return loads().size() == 3; }));
    m_holdLoad = false;
    ASSERT_TRUE(inUse(QStringLiteral("third")));
    EXPECT_THAT(loads(), ElementsAre("first", "second", "third"));
    EXPECT_FALSE(says(QStringLiteral("was not loaded")));
}

TEST_F(ModelSessionTest, WhatCannotWorkNeverCostsTheModelInUse) {
    startWithThree();
    fs::remove_all(folder("second"));
    Q_EMIT page().loadRequested(id(folder("second")));
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("“second” was not loaded.")); }));
    EXPECT_TRUE(says(QStringLiteral("connect its disk")));

    m_free = 1000;
    window().showPage(ui::MainWindow::Page::Chat);
    window().showPage(ui::MainWindow::Page::Models); // looks again
    page().select(id(folder("broken")));
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("does not fit")); }));
    Q_EMIT page().loadRequested(id(folder("broken")));
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("“broken” was not loaded.")); }));
    EXPECT_TRUE(says(QStringLiteral("Fake card")));
    EXPECT_THAT(loads(), ElementsAre("first"));
    EXPECT_TRUE(says(QStringLiteral("In use: first")));
}

TEST_F(ModelSessionTest, AFolderThatIsDroppedAnywhereIsListedOrRefusedWithTheReason) {
    std::ofstream(folder("settings.conf")) << "model = " << folder("first").string() << '\n';
    start(services());
    window().showPage(ui::MainWindow::Page::Chat);
    Q_EMIT window().modelFolderDropped(id(folder("second")));
    EXPECT_TRUE(page().isVisible());
    ASSERT_TRUE(listed(QStringLiteral("second")));
    fs::create_directories(folder("nothing"));
    Q_EMIT window().modelFolderDropped(id(folder("nothing")));
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("“nothing” was not added.")); }));
    EXPECT_TRUE(says(QStringLiteral("config.json")));
    EXPECT_EQ(lines().size(), 2);
}

TEST_F(ModelSessionTest, WorkThatEndsElsewhereIsTold) {
    WindowServices held = services();
    held.modelJobs.quantize = [](const package::QuantizeOptions&, const auto&, std::stop_token) {
        throw Error(ErrorCode::DiskFull, "cannot write model-00001.safetensors: no space left");
    };
    start(held);
    Q_EMIT page().folderChosen(id(folder("second")));
    ASSERT_TRUE(listed(QStringLiteral("second")));
    Q_EMIT page().quantizeRequested(id(folder("second")), QStringLiteral("default"),
                                    id(folder("made")));
    window().showPage(ui::MainWindow::Page::Chat);
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("on the model “made” failed")); }));
    EXPECT_TRUE(says(QStringLiteral("no space left.")));
}

TEST_F(ModelSessionTest, QuantizesVerifiesLoadsAndAnswersWithTheRealEngine) {
    try {
        if (gpu::listDevices().empty()) {
            GTEST_SKIP() << "no Vulkan device";
        }
    } catch (const Error&) {
        GTEST_SKIP() << "no Vulkan loader";
    }
    std::ofstream(folder("settings.conf")) << "model = " << folder("first").string()
                                           << "\nsoftware-device = allow\ncontext-tokens = 256\n";
    WindowServices real = services();
    real.loadEngine = [](const EngineOptions& options, const auto& onProgress,
                         std::stop_token stop) { return loadEngine(options, onProgress, stop); };
    real.listDevices = gpu::listDevices;
    start(real);
    ASSERT_TRUE(inUse(QStringLiteral("first")));
    const fs::path package = folder("small");
    Q_EMIT page().quantizeRequested(id(folder("first")), QStringLiteral("default"), id(package));
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("“small” is made, whole")); }));
    Q_EMIT page().verifyRequested(id(package));
    ASSERT_TRUE(spinUntil([&] { return says(QStringLiteral("“small” is whole")); }));
    Q_EMIT page().loadRequested(id(package));
    ASSERT_TRUE(inUse(QStringLiteral("small")));
    EXPECT_TRUE(says(QStringLiteral("of its memory")));
    window().showPage(ui::MainWindow::Page::Chat);
    Q_EMIT window().submitted({.text = QStringLiteral("Hello"),
                               .attachments = {},
                               .action = ui::Action::Ask,
                               .language = {},
                               .editsMessage = {}});
    ui::ConversationView& view = window().conversation();
    const auto waitFor = [&](const auto& holds) {
        return spinUntil([&] {
            view.flush();
            return view.rowCount() == 2 && holds(view.item(1));
        });
    };
    ASSERT_TRUE(waitFor([](const auto& answer) {
        return !answer.text().isEmpty() || answer.view().state == ui::MessageState::Failed;
    }));
    EXPECT_FALSE(view.item(1).text().isEmpty());
    Q_EMIT window().stopRequested(); // random weights talk until the context is full
    EXPECT_TRUE(waitFor([](const auto& answer) {
        return answer.view().state != ui::MessageState::Waiting &&
               answer.view().state != ui::MessageState::Streaming;
    }));
}

} // namespace
} // namespace phial::app
