// SPDX-License-Identifier: MIT
#include "app/models/model_manager.h"
#include "inference/base/error.h"
#include "tests/app/spin_until.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

#include <QCoreApplication>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <unistd.h>

namespace phial::app {
namespace {

namespace fs = std::filesystem;
using test::goldenFolder;
using test::spinUntil;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using State = ModelWork::State;

/// A place in a worker at which the test holds it.
class Gate {
public:
    /// Worker: waits until the test opens the gate or, if that counts, a stop is asked for.
    void pass(const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        ++m_arrived;
        m_changed.wait(lock, stop, [this] { return m_open; });
    }

    void open() {
        const std::scoped_lock lock(m_mutex);
        m_open = true;
        m_changed.notify_all();
    }

    int arrived() const {
        const std::scoped_lock lock(m_mutex);
        return m_arrived;
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    bool m_open = false;
    int m_arrived = 0;
};

std::map<std::string, std::string> contents(const fs::path& folder) {
    std::map<std::string, std::string> out;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (!entry.is_regular_file()) {
            continue;
        }
        std::ifstream in(entry.path(), std::ios::binary);
        out[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
    }
    return out;
}

class ModelManagerTest : public testing::Test {
protected:
    void start(ModelJobs jobs = {}) {
        m_manager = std::make_unique<ModelManager>(std::move(jobs));
        QObject::connect(m_manager.get(), &ModelManager::changed, [this] {
            const State state = m_manager->work().state;
            if (m_states.empty() || m_states.back() != state) {
                m_states.push_back(state);
                // Whoever sees that the work is over also sees what it left.
                m_insideAtEnd +=
                    state != State::Running && state != State::Stopping ? m_inside.load() : 0;
            }
        });
        QObject::connect(m_manager.get(), &ModelManager::workEnded, [this] { ++m_ended; });
        QObject::connect(m_manager.get(), &ModelManager::refused,
                         [this](const fs::path&, const QString& sentence) {
                             m_refusals.push_back(sentence.toStdString());
                         });
        QObject::connect(m_manager.get(), &ModelManager::discardFailed,
                         [this](const fs::path&, const QString& sentence) {
                             m_refusals.push_back(sentence.toStdString());
                         });
    }

    ModelManager& manager() { return *m_manager; }

    bool looked() {
        return spinUntil([this] {
            return std::none_of(manager().entries().begin(), manager().entries().end(),
                                [](const ModelEntry& entry) { return entry.looking(); });
        });
    }

    /// Lists a folder that holds a model.
    void add(const fs::path& folder) {
        const std::size_t before = manager().entries().size();
        manager().add(folder);
        ASSERT_TRUE(spinUntil([&] { return manager().entries().size() > before; }));
    }

    bool ended(int times = 1) {
        return spinUntil([&] { return m_ended == times; });
    }

    /// A job that does what quantizing does to the disk, and then waits at the gate.
    ModelJobs heldJobs(const std::stop_token& held = {}) {
        ModelJobs jobs;
        jobs.quantize =
            [this, held](const package::QuantizeOptions& options,
                         const std::function<void(const package::QuantizeProgress&)>& onProgress,
                         std::stop_token stop) {
                ++m_inside;
                const fs::path partial = options.destination.string() + ".partial";
                fs::create_directories(partial);
                std::ofstream(partial / "journal") << "phial-quantize-1 identity\n";
                onProgress({.bytesDone = 40,
                            .bytesTotal = 100,
                            .tensorsDone = 4,
                            .tensorsTotal = 10,
                            .tensor = "a"});
                m_gate.pass(held.stop_possible() ? held : stop);
                --m_inside;
                if (stop.stop_requested()) {
                    throw Error(ErrorCode::Cancelled, "stopped");
                }
                fs::copy(options.source, partial);
                fs::remove(partial / "journal");
                fs::rename(partial, options.destination);
            };
        return jobs;
    }

    test::TempFolder m_folder;
    Gate m_gate;
    std::atomic<int> m_inside{0};
    int m_insideAtEnd = 0;
    std::vector<State> m_states;
    int m_ended = 0;
    std::vector<std::string> m_refusals;
    std::unique_ptr<ModelManager> m_manager; ///< last: its threads use what is above
};

TEST_F(ModelManagerTest, ListsWhatHoldsAModelAndRefusesTheRest) {
    start();
    add(goldenFolder());
    manager().add(goldenFolder() / ""); // the same folder, spelled otherwise
    manager().add(m_folder.path());
    ASSERT_TRUE(spinUntil([&] { return !m_refusals.empty(); }));
    ASSERT_TRUE(looked());
    ASSERT_EQ(manager().entries().size(), 1U);
    EXPECT_EQ(manager().entries().front().report.kind, FolderKind::Checkpoint);
    EXPECT_THAT(m_refusals.front(),
                AllOf(HasSubstr(m_folder.path().string()), HasSubstr("config.json")));
    EXPECT_THAT(manager().list(), ElementsAre(settings::ListedModel{
                                      .folder = goldenFolder(), .source = {}, .plan = {}}));
}

TEST_F(ModelManagerTest, AListedFolderThatVanishesSaysSoAndComesBack) {
    const fs::path folder = m_folder.path() / "disk" / "model";
    fs::create_directories(folder.parent_path());
    fs::copy(goldenFolder(), folder);
    start();
    manager().setList({{.folder = folder, .source = {}, .plan = {}}});
    ASSERT_TRUE(looked());
    EXPECT_EQ(manager().entries().front().report.kind, FolderKind::Checkpoint);
    fs::rename(folder.parent_path(), m_folder.path() / "unplugged");
    manager().lookAtAll();
    ASSERT_TRUE(looked());
    EXPECT_EQ(manager().entries().front().report.kind, FolderKind::Unusable);
    EXPECT_THAT(manager().entries().front().report.problem,
                AllOf(HasSubstr(folder.string()), HasSubstr("connect its disk")));
    fs::rename(m_folder.path() / "unplugged", folder.parent_path());
    manager().lookAtAll();
    ASSERT_TRUE(looked());
    EXPECT_EQ(manager().entries().front().report.kind, FolderKind::Checkpoint);
}

TEST_F(ModelManagerTest, RemovingFromTheListDeletesNothing) {
    const fs::path folder = m_folder.path() / "model";
    fs::copy(goldenFolder(), folder);
    start();
    add(folder);
    manager().remove(folder);
    EXPECT_TRUE(manager().entries().empty());
    EXPECT_EQ(contents(folder), contents(goldenFolder()));
}

TEST_F(ModelManagerTest, MakesAPackageThatVerifiesAndNamesTheDamagedFile) {
    start();
    add(goldenFolder());
    const fs::path package = m_folder.path() / "deeper" / "golden-small";
    manager().quantize(goldenFolder(), "small", package);
    EXPECT_EQ(manager().list().back(),
              (settings::ListedModel{.folder = package.string() + ".partial",
                                     .source = goldenFolder(),
                                     .plan = "small"}));
    ASSERT_TRUE(ended());
    EXPECT_EQ(manager().work().state, State::Done) << manager().work().problem;
    EXPECT_THAT(m_states, ElementsAre(State::None, State::Running, State::Done));
    const ModelEntry* made = manager().find(package);
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(manager().entries().size(), 2U); // and no unfinished one
    EXPECT_EQ(made->report.kind, FolderKind::Package) << made->report.problem;
    EXPECT_EQ(made->report.plan, "small");
    EXPECT_FALSE(made->listed.unfinished());

    manager().verify(package);
    ASSERT_TRUE(ended(2));
    EXPECT_EQ(manager().find(package)->verdict, ModelEntry::Verdict::Whole);
    EXPECT_EQ(manager().work().progress.bytesDone, manager().work().progress.bytesTotal);
    EXPECT_GT(manager().work().progress.bytesTotal, 1'000'000U);

    {
        std::fstream file(package / "model-00001.safetensors",
                          std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(500'000);
        const int old = file.peek();
        file.put(static_cast<char>(old ^ 1));
    }
    manager().verify(package);
    ASSERT_TRUE(ended(3));
    EXPECT_EQ(manager().work().state, State::Done);
    EXPECT_EQ(manager().find(package)->verdict, ModelEntry::Verdict::Damaged);
    EXPECT_THAT(manager().find(package)->damages,
                ElementsAre(HasSubstr("model-00001.safetensors")));
}

TEST_F(ModelManagerTest, StoppedAnywhereAndContinuedGivesTheSamePackage) {
    package::QuantizeOptions whole;
    whole.source = goldenFolder();
    whole.destination = m_folder.path() / "whole";
    whole.plan = package::Plan::byName("compact");
    package::quantizeCheckpoint(whole, {}, {});

    std::mt19937 random(11);
    std::atomic<int> stopAt{0}; // in calls of the job's progress; 0 = not
    std::atomic<bool> waiting{false};
    ModelJobs jobs;
    jobs.quantize = [&](const package::QuantizeOptions& options,
                        const std::function<void(const package::QuantizeProgress&)>& onProgress,
                        std::stop_token stop) {
        int calls = 0;
        package::quantizeCheckpoint(
            options,
            [&](const package::QuantizeProgress& progress) {
                onProgress(progress);
                if (++calls == stopAt) {
                    waiting = true;
                    Gate never;
                    never.pass(stop); // until the manager asks this job to stop
                }
            },
            stop);
    };
    start(jobs);
    add(goldenFolder());
    const fs::path package = m_folder.path() / "made";
    const fs::path partial = package.string() + ".partial";
    int ends = 0;
    for (int round = 0; round < 8; ++round) {
        stopAt = static_cast<int>(random() % 60) + 1;
        waiting = false;
        if (round == 0) {
            manager().quantize(goldenFolder(), "compact", package);
        } else {
            manager().resume(partial);
        }
        ++ends;
        ASSERT_TRUE(spinUntil([&] { return waiting || m_ended == ends; }));
        if (!waiting) {
            break; // it was finished before the moment came
        }
        EXPECT_EQ(manager().work().state, State::Running);
        manager().stop();
        EXPECT_EQ(manager().work().state, State::Stopping);
        ASSERT_TRUE(ended(ends));
        ASSERT_EQ(manager().work().state, State::Stopped) << manager().work().problem;
        EXPECT_TRUE(manager().work().canGoOn);
        EXPECT_EQ(manager().find(partial)->report.kind, FolderKind::Unfinished);
        EXPECT_EQ(manager().find(partial)->report.problem, "");
    }
    EXPECT_GT(ends, 2);
    stopAt = 0;
    if (manager().work().state != State::Done) {
        manager().resume(partial);
        ASSERT_TRUE(ended(ends + 1));
    }
    EXPECT_EQ(manager().work().state, State::Done) << manager().work().problem;
    EXPECT_EQ(contents(package), contents(whole.destination));
}

TEST_F(ModelManagerTest, TheEndIsOneEventThatComesAfterTheJob) {
    std::stop_source never; // this job ends when the gate opens, however often it is asked to stop
    start(heldJobs(never.get_token()));
    add(goldenFolder());
    const fs::path package = m_folder.path() / "p";
    manager().quantize(goldenFolder(), "default", package);
    ASSERT_TRUE(spinUntil([&] { return m_gate.arrived() == 1; }));
    ASSERT_TRUE(spinUntil([&] { return manager().work().progress.tensorsDone == 4; }));
    manager().stop();
    manager().stop(); // a second click changes nothing
    EXPECT_EQ(manager().work().state, State::Stopping);
    manager().quantize(goldenFolder(), "small", m_folder.path() / "q"); // one at a time
    manager().verify(goldenFolder());
    manager().dismissWork();
    manager().remove(package.string() + ".partial");
    manager().discard(package.string() + ".partial");
    manager().look(goldenFolder());
    ASSERT_TRUE(looked()); // the event loop goes round while the job goes on
    EXPECT_EQ(manager().work().state, State::Stopping);
    EXPECT_EQ(m_inside, 1);
    EXPECT_EQ(manager().entries().size(), 2U);
    m_gate.open();
    ASSERT_TRUE(ended());
    EXPECT_THAT(m_states,
                ElementsAre(State::None, State::Running, State::Stopping, State::Stopped));
    EXPECT_EQ(m_insideAtEnd, 0);
    EXPECT_TRUE(manager().work().canGoOn);
    manager().dismissWork();
    EXPECT_EQ(manager().work().state, State::None);
}

TEST_F(ModelManagerTest, ADiskThatIsTooSmallIsSaidBeforeTheWork) {
    ModelJobs jobs = heldJobs();
    jobs.freeDisk = [](const fs::path&) { return std::uint64_t{1'000'000}; };
    start(jobs);
    add(goldenFolder());
    manager().quantize(goldenFolder(), "default", m_folder.path() / "p");
    ASSERT_TRUE(ended());
    EXPECT_EQ(manager().work().state, State::Failed);
    EXPECT_THAT(manager().work().problem,
                AllOf(HasSubstr("0.01 GB"), HasSubstr(m_folder.path().string()),
                      HasSubstr("another target")));
    EXPECT_FALSE(manager().work().canGoOn);
    EXPECT_EQ(m_gate.arrived(), 0);
    EXPECT_FALSE(fs::exists(m_folder.path() / "p.partial"));
    EXPECT_EQ(manager().entries().size(), 1U); // nothing unfinished is listed
}

TEST_F(ModelManagerTest, ATargetThatCannotBeWrittenIsSaid) {
    start();
    add(goldenFolder());
    std::ofstream(m_folder.path() / "file") << "text";
    manager().quantize(goldenFolder(), "default", m_folder.path() / "file" / "p");
    ASSERT_TRUE(ended());
    EXPECT_EQ(manager().work().state, State::Failed);
    EXPECT_THAT(manager().work().problem, AllOf(HasSubstr("file"), HasSubstr("another target")));
    EXPECT_EQ(manager().entries().size(), 1U);

    fs::create_directories(m_folder.path() / "there");
    manager().quantize(goldenFolder(), "default", m_folder.path() / "there");
    ASSERT_TRUE(ended(2));
    EXPECT_THAT(manager().work().problem, HasSubstr("exists already"));
    if (::geteuid() != 0) { // nothing is read-only for root
        fs::create_directories(m_folder.path() / "closed");
        fs::permissions(m_folder.path() / "closed", fs::perms::owner_read | fs::perms::owner_exec);
        manager().quantize(goldenFolder(), "default", m_folder.path() / "closed" / "p");
        ASSERT_TRUE(ended(3));
        EXPECT_EQ(manager().work().state, State::Failed);
        EXPECT_THAT(manager().work().problem, HasSubstr("closed"));
        fs::permissions(m_folder.path() / "closed", fs::perms::owner_all);
    }
    EXPECT_EQ(manager().entries().size(), 1U);
}

TEST_F(ModelManagerTest, ASourceThatVanishesIsSaidAndTheWorkIsKept) {
    const fs::path source = m_folder.path() / "source";
    fs::copy(goldenFolder(), source);
    start(heldJobs());
    add(source);
    const fs::path package = m_folder.path() / "p";
    manager().quantize(source, "default", package);
    ASSERT_TRUE(spinUntil([&] { return m_gate.arrived() == 1; }));
    manager().stop();
    ASSERT_TRUE(ended());
    fs::remove_all(source);
    manager().lookAtAll();
    ASSERT_TRUE(looked());
    const ModelEntry* unfinished = manager().find(package.string() + ".partial");
    ASSERT_NE(unfinished, nullptr);
    EXPECT_THAT(unfinished->report.problem, HasSubstr("when it is back"));
    EXPECT_EQ(manager().find(source)->report.kind, FolderKind::Unusable);
    fs::copy(goldenFolder(), source);
    m_gate.open();
    manager().resume(package.string() + ".partial");
    ASSERT_TRUE(ended(2));
    EXPECT_EQ(manager().work().state, State::Done);
}

TEST_F(ModelManagerTest, UnfinishedWorkIsFoundAgainAndOnlyItsOwnFilesAreDeleted) {
    const fs::path package = m_folder.path() / "p";
    const fs::path partial = package.string() + ".partial";
    start(heldJobs());
    add(goldenFolder());
    manager().quantize(goldenFolder(), "audio", package);
    ASSERT_TRUE(spinUntil([&] { return m_gate.arrived() == 1; }));
    const std::vector<settings::ListedModel> kept = manager().list(); // then the program is killed
    m_manager.reset();
    start();
    manager().setList(kept);
    ASSERT_TRUE(looked());
    ASSERT_NE(manager().find(partial), nullptr);
    EXPECT_EQ(manager().find(partial)->report.kind, FolderKind::Unfinished);
    EXPECT_EQ(manager().find(partial)->listed.plan, "audio");

    // Another plan for the same target would make nothing of the work that is there.
    manager().quantize(goldenFolder(), "small", package);
    EXPECT_EQ(manager().work().state, State::Failed);
    EXPECT_THAT(manager().work().problem, HasSubstr("plan audio"));
    EXPECT_EQ(manager().find(partial)->listed.plan, "audio");

    std::ofstream(partial / "holiday.jpg") << "mine";
    manager().discard(partial);
    ASSERT_TRUE(spinUntil([&] { return !m_refusals.empty(); }));
    EXPECT_THAT(m_refusals.front(), HasSubstr("holiday.jpg"));
    EXPECT_TRUE(fs::exists(partial / "journal"));
    fs::remove(partial / "holiday.jpg");
    manager().discard(partial);
    ASSERT_TRUE(spinUntil([&] { return manager().find(partial) == nullptr; }));
    EXPECT_FALSE(fs::exists(partial));
    EXPECT_EQ(manager().entries().size(), 1U);
}

TEST_F(ModelManagerTest, IsDestroyedInTheMiddleOfTheWork) {
    for (int i = 0; i < 5; ++i) {
        start();
        manager().setList({{.folder = goldenFolder(), .source = {}, .plan = {}}});
        manager().quantize(goldenFolder(), "default", m_folder.path() / "p");
        if (i % 2 == 1) {
            ASSERT_TRUE(spinUntil([&] { return manager().work().progress.bytesTotal > 0; }));
        }
        m_manager.reset();
        EXPECT_FALSE(fs::exists(m_folder.path() / "p"));
    }
}

TEST_F(ModelManagerTest, OnlyTheLastQuestionForRoomIsAnswered) {
    ModelJobs jobs;
    jobs.freeDisk = [](const fs::path& folder) {
        if (folder.filename() == "bad") {
            throw Error(ErrorCode::FileUnwritable, "no such disk");
        }
        return folder.string().size();
    };
    start(jobs);
    std::vector<std::string> answers;
    QObject::connect(m_manager.get(), &ModelManager::roomMeasured,
                     [&](const fs::path& folder, quint64 bytes, const QString& problem) {
                         answers.push_back(folder.string() + " " + std::to_string(bytes) + " " +
                                           problem.toStdString());
                     });
    for (const char* const target : {"/a", "/ab", "/abc"}) {
        manager().measureRoom(target);
    }
    ASSERT_TRUE(spinUntil([&] { return !answers.empty(); }));
    EXPECT_THAT(answers, ElementsAre("/abc 4 "));
    manager().measureRoom(m_folder.path() / "bad");
    ASSERT_TRUE(spinUntil([&] { return answers.size() == 2; }));
    EXPECT_THAT(answers.back(), HasSubstr("No such disk."));
}

} // namespace
} // namespace phial::app
