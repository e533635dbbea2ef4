// SPDX-License-Identifier: MIT
// The models of the window: found, measured, quantized, stopped, resumed, checked, removed.
#include "app/models/model_manager.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

#include <QElapsedTimer>
#include <QEventLoop>

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>

namespace phial::app {
namespace {

namespace fs = std::filesystem;
using ui::ModelKind;
using ui::ModelView;
using ui::WorkState;

class ModelManagerTest : public testing::Test {
protected:
    ModelManagerTest() { start(); }

    void start() {
        m_manager = std::make_unique<ModelManager>(
            ModelManager::Places{.list = m_folder.path() / "data/models.json",
                                 .own = m_folder.path() / "data/models",
                                 .builtIn = {}});
        QObject::connect(m_manager.get(), &ModelManager::listChanged, m_manager.get(),
                         [this](const QList<ModelView>& list) {
                             m_list = list;
                             ++m_told;
                         });
        QObject::connect(m_manager.get(), &ModelManager::plansChanged, m_manager.get(),
                         [this](const ui::PlanChoice& choice) { m_choice = choice; });
    }

    static bool waitFor(const std::function<bool()>& condition) {
        QElapsedTimer clock;
        clock.start();
        QEventLoop loop;
        while (!condition() && clock.elapsed() < 120'000) {
            loop.processEvents(QEventLoop::AllEvents | QEventLoop::WaitForMoreEvents, 50);
        }
        return condition();
    }

    const ModelView* find(const fs::path& folder) const {
        const auto found = std::find_if(m_list.begin(), m_list.end(), [&](const ModelView& m) {
            return m.id.toStdString() == folder.string();
        });
        return found == m_list.end() ? nullptr : &*found;
    }

    bool waitForKind(const fs::path& folder, ModelKind kind) {
        return waitFor([&] {
            const ModelView* model = find(folder);
            return model != nullptr && model->kind == kind;
        });
    }

    bool waitForEnd() {
        return waitFor([&] {
            return m_manager->work().state != WorkState::Running &&
                   m_manager->work().state != WorkState::None;
        });
    }

    static QString id(const fs::path& folder) { return QString::fromStdString(folder.string()); }

    static fs::path golden() { return test::goldenFolder().lexically_normal(); }

    fs::path made() const { return m_folder.path() / "data/models/phi4mm-tiny-small"; }

    static std::map<std::string, std::string> contents(const fs::path& folder) {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::directory_iterator(folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
        }
        return files;
    }

    test::TempFolder m_folder;
    QList<ModelView> m_list;
    ui::PlanChoice m_choice;
    int m_told = 0;
    std::unique_ptr<ModelManager> m_manager; ///< last: its threads use what is above
};

TEST_F(ModelManagerTest, RefersToFoldersAndKeepsTheList) {
    m_manager->add(golden());
    ASSERT_TRUE(waitForKind(golden(), ModelKind::Checkpoint));
    EXPECT_GT(find(golden())->bytes, 1'000'000);
    EXPECT_FALSE(find(golden())->own);
    m_manager->setCurrent(golden());
    EXPECT_TRUE(find(golden())->current);
    const fs::path stranger = m_folder.path() / "holiday";
    fs::create_directory(stranger);
    m_manager->add(stranger);
    ASSERT_TRUE(waitForKind(stranger, ModelKind::Unusable));
    EXPECT_FALSE(find(stranger)->problem.isEmpty());

    start(); // as the next start of the program
    ASSERT_TRUE(waitForKind(golden(), ModelKind::Checkpoint));
    ASSERT_NE(find(stranger), nullptr);
    m_manager->remove(id(stranger));
    ASSERT_TRUE(waitFor([&] { return find(stranger) == nullptr; }));
    EXPECT_TRUE(fs::exists(stranger)) << "a folder of the user's was deleted";
    EXPECT_NE(find(golden()), nullptr);
}

TEST_F(ModelManagerTest, SaysWhatEachPlanTakesBeforeTheWork) {
    m_manager->measurePlans(id(golden()));
    ASSERT_TRUE(waitFor([&] { return !m_choice.plans.isEmpty(); }));
    ASSERT_EQ(m_choice.plans.size(), 4);
    EXPECT_EQ(m_choice.plans[0].id, QStringLiteral("default"));
    EXPECT_GT(m_choice.plans[0].packageBytes, m_choice.plans[2].packageBytes);
    EXPECT_GT(m_choice.plans[0].diskBytes, m_choice.plans[0].packageBytes);
    EXPECT_GT(m_choice.plans[0].deviceBytes, m_choice.plans[0].packageBytes);
    EXPECT_GT(m_choice.freeBytes, 0);
    EXPECT_TRUE(m_choice.problem.isEmpty());
    m_choice = {};
    m_manager->measurePlans(id(m_folder.path() / "absent"));
    EXPECT_TRUE(waitFor([&] { return !m_choice.problem.isEmpty(); }));
}

TEST_F(ModelManagerTest, QuantizesChecksAndRemoves) {
    m_manager->add(golden());
    m_manager->quantize(id(golden()), QStringLiteral("small"));
    EXPECT_EQ(m_manager->work().state, WorkState::Running);
    ASSERT_TRUE(waitForEnd());
    ASSERT_EQ(m_manager->work().state, WorkState::Done) << m_manager->work().text.toStdString();
    ASSERT_TRUE(waitForKind(made(), ModelKind::Package));
    EXPECT_EQ(find(made())->plan, QStringLiteral("small"));
    EXPECT_EQ(find(made())->source, QStringLiteral("phi4mm-tiny"));
    EXPECT_TRUE(find(made())->own);
    EXPECT_EQ(std::count_if(m_list.begin(), m_list.end(),
                            [](const ModelView& m) { return m.kind == ModelKind::Unfinished; }),
              0);

    m_manager->verify(id(made()));
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(m_manager->work().state, WorkState::Done);
    {
        std::fstream file(made() / "model-00001.safetensors",
                          std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-1, std::ios::end);
        file.put('\x55');
    }
    m_manager->verify(id(made()));
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(m_manager->work().state, WorkState::Failed);
    EXPECT_TRUE(m_manager->work().text.contains(QStringLiteral("model-00001.safetensors")));

    m_manager->remove(id(made()));
    ASSERT_TRUE(waitFor([&] { return find(made()) == nullptr; }));
    EXPECT_FALSE(fs::exists(made()));
    EXPECT_TRUE(fs::exists(golden() / "config.json"));
}

TEST_F(ModelManagerTest, GoesOnWhereItWasStoppedAlsoAfterARestart) {
    const fs::path whole = m_folder.path() / "elsewhere";
    m_manager->quantize(id(golden()), QStringLiteral("small"), whole);
    ASSERT_TRUE(waitForEnd());
    ASSERT_EQ(m_manager->work().state, WorkState::Done);
    ASSERT_TRUE(waitForKind(whole / "phi4mm-tiny-small", ModelKind::Package));

    m_manager->quantize(id(golden()), QStringLiteral("small"));
    // As soon as something is heard of it.
    QObject::connect(m_manager.get(), &ModelManager::workChanged, m_manager.get(),
                     [this](const ui::ModelWorkView& work) {
                         if (work.state == WorkState::Running && work.done > 0) {
                             m_manager->stop();
                         }
                     });
    ASSERT_TRUE(waitForEnd());
    if (m_manager->work().state == WorkState::Done) {
        GTEST_SKIP() << "it was quicker than the stop";
    }
    EXPECT_EQ(m_manager->work().state, WorkState::Stopped);
    ASSERT_TRUE(waitForKind(made(), ModelKind::Unfinished));
    EXPECT_FALSE(fs::exists(made()));

    start();
    ASSERT_TRUE(waitForKind(made(), ModelKind::Unfinished));
    m_manager->resume(id(made()));
    ASSERT_TRUE(waitForEnd());
    ASSERT_EQ(m_manager->work().state, WorkState::Done) << m_manager->work().text.toStdString();
    ASSERT_TRUE(waitForKind(made(), ModelKind::Package));
    EXPECT_EQ(contents(made()), contents(whole / "phi4mm-tiny-small"));
}

TEST_F(ModelManagerTest, TellsWhyAPackageCouldNotBeMade) {
    m_manager->quantize(id(m_folder.path() / "absent"), QStringLiteral("small"));
    ASSERT_TRUE(waitForEnd());
    EXPECT_EQ(m_manager->work().state, WorkState::Failed);
    EXPECT_TRUE(m_manager->work().text.contains(QStringLiteral("absent")));
    m_manager->forgetWork();
    EXPECT_EQ(m_manager->work().state, WorkState::None);
}

} // namespace
} // namespace phial::app
