// SPDX-License-Identifier: MIT
#include "inference/package/quantize_job.h"

#include "inference/base/error.h"
#include "inference/package/manifest.h"
#include "inference/package/verify_package.h"
#include "inference/weights/safetensors.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>
#include <random>

namespace phial::package {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(PHIAL_SOURCE_DIR) / "tests/golden/phi4mm-tiny";

class QuantizeJob : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::path(testing::TempDir()) / ("phial_job_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
        fs::remove_all(m_folder);
        fs::create_directories(m_folder);
    }

    void TearDown() override { fs::remove_all(m_folder); }

    QuantizeOptions options(const std::string& name, const char* plan = "default") const {
        QuantizeOptions out;
        out.source = kGolden;
        out.destination = m_folder / name;
        out.plan = Plan::byName(plan);
        out.threads = 2;
        return out;
    }

    static std::map<std::string, std::string> contents(const fs::path& folder) {
        std::map<std::string, std::string> out;
        for (const auto& entry : fs::directory_iterator(folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            out[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
        }
        return out;
    }

    fs::path m_folder;
};

TEST_F(QuantizeJob, WritesAWholePackageThatVerifies) {
    std::int64_t last = 0;
    quantizeCheckpoint(options("p"), [&](const QuantizeProgress& p) { last = p.tensorsTotal; }, {});
    const fs::path package = m_folder / "p";
    EXPECT_GT(last, 100);
    EXPECT_FALSE(fs::exists(package.string() + ".partial"));
    EXPECT_FALSE(fs::exists(package / "journal"));
    EXPECT_TRUE(verifyPackage(package, {}, {}).empty());
    const Manifest manifest = Manifest::load(package);
    EXPECT_EQ(manifest.plan, "default");
    EXPECT_EQ(manifest.sourceName, "phi4mm-tiny");
    const TensorRecord& qkv = manifest.tensors.at("model.layers.0.self_attn.qkv_proj.base_layer.weight");
    EXPECT_EQ(schemeName(qkv.scheme), "sq4");
    const weights::SafetensorsFile file(package / qkv.file);
    for (const weights::StoredTensor& tensor : file.tensors()) {
        EXPECT_EQ(tensor.offset % 16, 0U) << tensor.name;
    }
    EXPECT_EQ(file.find("model.embed_tokens_extend.image_embed.img_processor.head.probe"), nullptr);
}

TEST_F(QuantizeJob, StoppedAnywhereAndContinuedGivesTheSameBytes) {
    quantizeCheckpoint(options("whole"), {}, {});
    const auto expected = contents(m_folder / "whole");
    std::mt19937 random(42);
    for (int round = 0; round < 4; ++round) {
        const std::string name = "resumed" + std::to_string(round);
        int stops = 0;
        for (bool finished = false; !finished;) {
            std::stop_source stop;
            int calls = static_cast<int>(random() % 400) + 1;
            try {
                quantizeCheckpoint(
                    options(name),
                    [&](const QuantizeProgress&) {
                        if (--calls == 0) {
                            stop.request_stop();
                        }
                    },
                    stop.get_token());
                finished = true;
            } catch (const Error& error) {
                ASSERT_EQ(error.code(), ErrorCode::Cancelled) << error.what();
                ASSERT_FALSE(fs::exists(m_folder / name));
                ++stops;
            }
        }
        EXPECT_EQ(contents(m_folder / name), expected) << "after " << stops << " stops";
        fs::remove_all(m_folder / name);
    }
}

TEST_F(QuantizeJob, RefusesAPartialFolderOfOtherWork) {
    std::stop_source stop;
    EXPECT_THROW(quantizeCheckpoint(
                     options("p"),
                     [&](const QuantizeProgress& p) {
                         if (p.tensorsDone == 20) {
                             stop.request_stop();
                         }
                     },
                     stop.get_token()),
                 Error);
    try {
        quantizeCheckpoint(options("p", "compact"), {}, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_NE(std::string(error.what()).find("another source or plan"), std::string::npos) << error.what();
    }
    fs::create_directories(m_folder / "q.partial");
    std::ofstream(m_folder / "q.partial" / "holiday.jpg") << "mine";
    EXPECT_THROW(quantizeCheckpoint(options("q"), {}, {}), Error);
    EXPECT_TRUE(fs::exists(m_folder / "q.partial" / "holiday.jpg"));
    fs::create_directories(m_folder / "r");
    EXPECT_THROW(quantizeCheckpoint(options("r"), {}, {}), Error);
}

TEST_F(QuantizeJob, AFlippedBitAnywhereIsFoundAndNamed) {
    quantizeCheckpoint(options("p"), {}, {});
    const fs::path package = m_folder / "p";
    std::mt19937 random(7);
    for (const auto& entry : fs::directory_iterator(package)) {
        for (int round = 0; round < 6; ++round) {
            const auto size = fs::file_size(entry.path());
            const auto at = static_cast<std::streamoff>(random() % size);
            std::fstream file(entry.path(), std::ios::binary | std::ios::in | std::ios::out);
            file.seekg(at);
            const auto old = static_cast<char>(file.get());
            const auto flip = [&](char value) {
                file.seekp(at);
                file.put(value);
                file.flush();
            };
            flip(static_cast<char>(old ^ (1 << (random() % 8))));
            std::string message;
            try {
                for (const std::string& problem : verifyPackage(package, {}, {})) {
                    message += problem;
                }
            } catch (const Error& error) {
                message = error.what();
            }
            EXPECT_NE(message.find(entry.path().filename().string()), std::string::npos)
                << entry.path() << " byte " << at << ": '" << message << "'";
            flip(old);
        }
    }
    EXPECT_TRUE(verifyPackage(package, {}, {}).empty());
    fs::remove(package / "config.json");
    EXPECT_EQ(verifyPackage(package, {}, {}).size(), 1U);
}

TEST_F(QuantizeJob, EveryPlanShrinksAsItSays) {
    const weights::Checkpoint checkpoint(kGolden);
    const weights::ModelConfig config = weights::loadModelConfig(checkpoint);
    std::uint64_t previous = ~std::uint64_t{0};
    for (const char* plan : {"keep", "default", "compact", "small"}) {
        const Layout layout = makeLayout(checkpoint, config, Plan::byName(plan));
        EXPECT_LT(layout.packageBytes, previous) << plan;
        previous = layout.packageBytes;
    }
}

TEST_F(QuantizeJob, AnUnusableDestinationIsToldBeforeTheWork) {
    QuantizeOptions bad = options("p");
    bad.destination = m_folder / "absent" / "p";
    try {
        quantizeCheckpoint(bad, {}, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::FileUnwritable) << error.what();
        EXPECT_NE(std::string(error.what()).find("absent"), std::string::npos);
    }
}

} // namespace
} // namespace phial::package
