// SPDX-License-Identifier: MIT
#include "app/models/model_folder.h"
#include "app/models/model_work.h"
#include "inference/package/quantize_job.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace phial::app {
namespace {

namespace fs = std::filesystem;
using test::goldenFolder;
using testing::AllOf;
using testing::HasSubstr;

class ModelFolderTest : public testing::Test {
protected:
    /// A copy that may be damaged.
    fs::path copy(const char* name) const {
        const fs::path folder = m_folder.path() / name;
        fs::copy(goldenFolder(), folder);
        return folder;
    }

    static std::string problemOf(const fs::path& folder) {
        const FolderReport report = inspectFolder(folder, DType::F16);
        EXPECT_EQ(report.kind, FolderKind::Unusable);
        EXPECT_THAT(report.problem, testing::EndsWith("."));
        return report.problem;
    }

    test::TempFolder m_folder;
};

TEST_F(ModelFolderTest, ACheckpointIsKnownWithWhatEveryPlanWouldTake) {
    const FolderReport report = inspectFolder(goldenFolder(), DType::F16);
    EXPECT_EQ(report.kind, FolderKind::Checkpoint);
    EXPECT_EQ(report.problem, "");
    EXPECT_GT(report.diskBytes, fs::file_size(goldenFolder() / "model.safetensors"));
    EXPECT_GT(report.bitsPerWeight, 15);
    ASSERT_EQ(report.packagePlans.size(), kPlans.size());
    for (const PlanSize& plan : report.packagePlans) {
        EXPECT_LT(plan.packageBytes, report.diskBytes) << plan.plan;
        EXPECT_GT(plan.diskNeeded, plan.packageBytes) << plan.plan;
    }
    EXPECT_LT(report.packagePlans[2].packageBytes, report.packagePlans[1].packageBytes);
    ASSERT_FALSE(report.needs.empty());
    EXPECT_GT(report.needs.front().bytes, report.leastMemory);
    EXPECT_LT(report.packagePlans[2].needs.front().bytes, report.needs.front().bytes);
    // Twice as wide activations need more.
    EXPECT_GT(inspectFolder(goldenFolder(), DType::F32).needs.front().bytes,
              report.needs.front().bytes);
}

TEST_F(ModelFolderTest, APackageIsKnownWithItsPlan) {
    package::QuantizeOptions options;
    options.source = goldenFolder();
    options.destination = m_folder.path() / "small";
    options.plan = package::Plan::byName("small");
    package::quantizeCheckpoint(options, {}, {});
    const FolderReport report = inspectFolder(options.destination, DType::F16);
    EXPECT_EQ(report.kind, FolderKind::Package) << report.problem;
    EXPECT_EQ(report.plan, "small");
    EXPECT_LT(report.bitsPerWeight, 10);
    EXPECT_TRUE(report.packagePlans.empty());
    fs::remove(options.destination / "model-00001.safetensors");
    EXPECT_THAT(problemOf(options.destination), HasSubstr("model-00001.safetensors"));
}

TEST_F(ModelFolderTest, WhatIsWrongIsSaidWithTheWayOut) {
    EXPECT_THAT(problemOf(m_folder.path() / "gone"),
                AllOf(HasSubstr("gone"), HasSubstr("connect")));
    EXPECT_THAT(problemOf(m_folder.path()), HasSubstr("config.json"));
    const fs::path file = m_folder.path() / "file";
    std::ofstream(file) << "text";
    EXPECT_THAT(problemOf(file), HasSubstr("choose the folder"));

    const fs::path other = copy("other");
    std::ofstream(other / "config.json") << R"({"model_type": "llama"})";
    EXPECT_THAT(problemOf(other), AllOf(HasSubstr("llama"), HasSubstr("Phi-4-multimodal")));

    const fs::path shards = copy("shards");
    fs::remove(shards / "model.safetensors");
    std::ofstream(shards / "model.safetensors.index.json")
        << R"({"weight_map": {"a": "model-00001-of-00003.safetensors", "b": "model-00003-of-00003.safetensors"}})";
    EXPECT_THAT(problemOf(shards),
                AllOf(HasSubstr("model-00001-of-00003.safetensors"),
                      HasSubstr("model-00003-of-00003.safetensors"), HasSubstr("copy them")));

    const fs::path cut = copy("cut");
    fs::resize_file(cut / "model.safetensors", 1'000'000);
    EXPECT_THAT(problemOf(cut), HasSubstr("model.safetensors"));

    const fs::path mute = copy("mute");
    fs::remove(mute / "tokenizer.json");
    EXPECT_THAT(problemOf(mute), AllOf(HasSubstr("tokenizer.json"), HasSubstr("copy")));
}

TEST_F(ModelFolderTest, UnfinishedWorkIsToldFromWhatIsGone) {
    const fs::path partial = m_folder.path() / "x.partial";
    EXPECT_THAT(inspectUnfinished(partial, goldenFolder()).problem, HasSubstr("not there"));
    fs::create_directories(partial);
    std::ofstream(partial / "journal") << "phial-quantize-1 identity\n";
    EXPECT_EQ(inspectUnfinished(partial, goldenFolder()).problem, "");
    EXPECT_THAT(inspectUnfinished(partial, m_folder.path() / "gone").problem,
                HasSubstr("go on when it is back"));
    EXPECT_THAT(problemOf(partial), HasSubstr("unfinished package"));
}

TEST(ModelWork, TellsTheTimeThatIsLeftOnceThereIsAPace) {
    const WorkProgress progress{.bytesDone = 300, .bytesTotal = 1000, .bytesResumed = 100};
    EXPECT_FALSE(secondsLeft(progress, 1).has_value());      // too early
    EXPECT_DOUBLE_EQ(secondsLeft(progress, 10).value(), 35); // 20 bytes a second, not 30
    EXPECT_FALSE(secondsLeft({.bytesDone = 100, .bytesTotal = 1000, .bytesResumed = 100}, 10));
    EXPECT_FALSE(secondsLeft({}, 10).has_value());
}

TEST(ModelWork, SentencesBeginAndEndAsSentences) {
    EXPECT_EQ(sentence("the package needs 3 GB"), "The package needs 3 GB.");
    EXPECT_EQ(sentence("/data/x is cut."), "/data/x is cut.");
    EXPECT_EQ(sentence("config.json is empty"), "config.json is empty.");
    EXPECT_EQ(sentence(""), "");
}

} // namespace
} // namespace phial::app
