// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/package/discard_partial.h"
#include "inference/package/manifest.h"
#include "inference/package/open_checkpoint.h"
#include "inference/package/quantize_job.h"
#include "inference/package/verify_package.h"
#include "inference/package/work_journal.h"
#include "inference/weights/model_config.h"
#include "inference/weights/safetensors.h"
#include "inference/weights/tensor_list.h"
#include "tests/support/source_root.h"
#include "tests/weights/model_copies.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>
#include <unistd.h>

namespace phial::package {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = test::sourceRoot() / "tests/golden/phi4mm-tiny";

class QuantizeJob : public testing::Test {
protected:
    void SetUp() override {
        m_folder = fs::path(testing::TempDir()) /
                   ("phial_job_" + std::to_string(::getpid()) + "_" +
                    std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
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

    /// Leaves the unfinished work of a run that was cancelled.
    void stopAfterTwentyTensors(const std::string& name) const {
        std::stop_source stop;
        EXPECT_THROW(quantizeCheckpoint(
                         options(name),
                         [&](const QuantizeProgress& p) {
                             if (p.tensorsDone == 20) {
                                 stop.request_stop();
                             }
                         },
                         stop.get_token()),
                     Error);
    }

    static std::map<std::string, std::string> contents(const fs::path& folder) {
        std::map<std::string, std::string> out;
        for (const auto& entry : fs::directory_iterator(folder)) {
            std::ifstream in(entry.path(), std::ios::binary);
            out[entry.path().filename().string()] = {std::istreambuf_iterator<char>(in), {}};
        }
        return out;
    }

    /// A copy of the golden model that may be damaged.
    fs::path ownSource() const {
        const fs::path folder = m_folder / "source";
        if (!fs::exists(folder)) {
            fs::copy(kGolden, folder);
        }
        return folder;
    }

    /// What the job says when it fails.
    static std::string messageOf(const QuantizeOptions& options,
                                 const std::function<void(const QuantizeProgress&)>& onProgress) {
        try {
            quantizeCheckpoint(options, onProgress, {});
        } catch (const Error& error) {
            return error.what();
        }
        ADD_FAILURE() << "no error";
        return {};
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
    const TensorRecord& qkv =
        manifest.tensors.at("model.layers.0.self_attn.qkv_proj.base_layer.weight");
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
    int stops = 0;
    while (stops < 50) {
        for (bool finished = false; !finished;) {
            std::stop_source stop;
            int calls = static_cast<int>(random() % 80) + 2;
            try {
                quantizeCheckpoint(
                    options("resumed"),
                    [&](const QuantizeProgress&) {
                        if (--calls == 0) {
                            stop.request_stop();
                        }
                    },
                    stop.get_token());
                finished = true;
            } catch (const Error& error) {
                ASSERT_EQ(error.code(), ErrorCode::Cancelled) << error.what();
                ASSERT_FALSE(fs::exists(m_folder / "resumed"));
                ++stops;
            }
        }
        EXPECT_EQ(contents(m_folder / "resumed"), expected) << "after " << stops << " stops";
        fs::remove_all(m_folder / "resumed");
    }
}

TEST_F(QuantizeJob, TemporariesOfAKilledProgramDoNotEnterThePackage) {
    quantizeCheckpoint(options("whole"), {}, {});
    stopAfterTwentyTensors("p");
    std::ofstream(m_folder / "p.partial" / "tokenizer_config.json.aB3dE9") << "{";
    std::ofstream(m_folder / "p.partial" / "phial.json.aB3dE9") << "{";
    quantizeCheckpoint(options("p"), {}, {});
    EXPECT_EQ(contents(m_folder / "p"), contents(m_folder / "whole"));
}

TEST_F(QuantizeJob, RefusesAPartialFolderOfOtherWork) {
    stopAfterTwentyTensors("p");
    try {
        quantizeCheckpoint(options("p", "compact"), {}, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_NE(std::string(error.what()).find("another source or plan"), std::string::npos)
            << error.what();
    }
    fs::create_directories(m_folder / "q.partial");
    std::ofstream(m_folder / "q.partial" / "holiday.jpg") << "mine";
    EXPECT_THROW(quantizeCheckpoint(options("q"), {}, {}), Error);
    EXPECT_TRUE(fs::exists(m_folder / "q.partial" / "holiday.jpg"));
    fs::create_directories(m_folder / "r");
    EXPECT_THROW(quantizeCheckpoint(options("r"), {}, {}), Error);
}

TEST_F(QuantizeJob, UnfinishedWorkIsDeletedOnlyWithFilesOfItsOwn) {
    stopAfterTwentyTensors("p");
    const fs::path partial = m_folder / "p.partial";
    EXPECT_TRUE(isPartial(partial));
    std::ofstream(partial / "config.json.aB3dE9") << "{"; // of a killed program
    const auto messageOfDiscarding = [](const fs::path& folder) {
        try {
            discardPartial(folder);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    const auto before = contents(partial);
    for (const char* const stranger :
         {"holiday.jpg", "model-final.safetensors", "config.json.bak"}) {
        std::ofstream(partial / stranger) << "mine";
        EXPECT_NE(messageOfDiscarding(partial).find(stranger), std::string::npos);
        fs::remove(partial / stranger);
        EXPECT_EQ(contents(partial), before);
    }
    fs::create_directories(partial / "model-00009.safetensors");
    EXPECT_NE(messageOfDiscarding(partial), "");
    fs::remove(partial / "model-00009.safetensors");
    fs::create_directories(partial / "vision-lora"); // of a source in the port's layout
    std::ofstream(partial / "vision-lora/adapter_config.json") << "{";
    std::ofstream(partial / "vision-lora/mine.txt") << "mine";
    EXPECT_NE(messageOfDiscarding(partial).find("vision-lora/mine.txt"), std::string::npos);
    EXPECT_TRUE(fs::exists(partial / "vision-lora/adapter_config.json"));
    fs::remove(partial / "vision-lora/mine.txt");
    {
        const WorkJournal::Lock writing(partial);
        EXPECT_NE(messageOfDiscarding(partial).find("another process"), std::string::npos);
        EXPECT_THROW(quantizeCheckpoint(options("p"), {}, {}), Error);
    }
    EXPECT_EQ(messageOfDiscarding(partial), "");
    EXPECT_FALSE(fs::exists(partial));

    quantizeCheckpoint(options("p"), {}, {}); // a whole package is no unfinished one
    EXPECT_FALSE(isPartial(m_folder / "p"));
    fs::rename(m_folder / "p", m_folder / "q.partial");
    EXPECT_NE(messageOfDiscarding(m_folder / "q.partial"), "");
    EXPECT_TRUE(verifyPackage(m_folder / "q.partial", {}, {}).empty());
    fs::create_directories(m_folder / "r.partial"); // killed before the journal
    EXPECT_EQ(messageOfDiscarding(m_folder / "r.partial"), "");
    EXPECT_FALSE(fs::exists(m_folder / "r.partial"));
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

TEST_F(QuantizeJob, ASourceThatIsCutOrVanishesMidwayIsNamedAndTheWorkGoesOnLater) {
    quantizeCheckpoint(options("whole"), {}, {});
    const fs::path shard = ownSource() / "model.safetensors";
    const auto bytes = fs::file_size(shard);
    QuantizeOptions own = options("p");
    own.source = ownSource();
    bool cut = false;
    const std::string message = messageOf(own, [&](const QuantizeProgress& p) {
        if (p.tensorsDone == 30 && !cut) {
            cut = true;
            fs::resize_file(shard, bytes / 8);
        }
    });
    EXPECT_NE(message.find("model.safetensors"), std::string::npos) << message;
    EXPECT_NE(message.find("tensor 'model."), std::string::npos) << message;
    EXPECT_FALSE(fs::exists(own.destination));
    fs::copy_file(kGolden / "model.safetensors", shard, fs::copy_options::overwrite_existing);

    // A file that is removed stays readable for who has it open; what is opened later is missed.
    bool removed = false;
    const std::string missing = messageOf(own, [&](const QuantizeProgress& p) {
        if (p.tensorsDone == p.tensorsTotal - 1 && !removed) {
            removed = true;
            fs::remove(shard);
            std::ofstream(ownSource() / "config.json").close();
            fs::remove(ownSource() / "tokenizer.json");
            fs::create_directory(ownSource() / "tokenizer.json");
        }
    });
    EXPECT_NE(missing.find("tokenizer.json"), std::string::npos) << missing;
    EXPECT_FALSE(fs::exists(own.destination));
    fs::remove(ownSource() / "tokenizer.json");
    fs::copy(kGolden, ownSource(),
             fs::copy_options::overwrite_existing | fs::copy_options::recursive);
    quantizeCheckpoint(own, {}, {});
    auto found = contents(own.destination);
    auto expected = contents(m_folder / "whole");
    found.erase("phial.json"); // they name different source folders
    expected.erase("phial.json");
    EXPECT_EQ(found, expected);
}

TEST_F(QuantizeJob, ABadNumberAnywhereIsNamedWithTensorAndFile) {
    const fs::path shard = ownSource() / "model.safetensors";
    const weights::SafetensorsFile file(shard);
    for (const char* name :
         {"model.norm.weight", "model.layers.1.mlp.down_proj.base_layer.weight"}) {
        const auto at = static_cast<std::streamoff>(file.find(name)->offset);
        std::fstream out(shard, std::ios::binary | std::ios::in | std::ios::out);
        char old[2];
        out.seekg(at + 2);
        out.read(old, 2);
        out.seekp(at + 2);
        out.write("\x80\x7f", 2); // bf16 infinity
        out.flush();
        QuantizeOptions own = options("p");
        own.source = ownSource();
        const std::string message = messageOf(own, {});
        EXPECT_NE(message.find(name), std::string::npos) << message;
        EXPECT_NE(message.find("model.safetensors"), std::string::npos) << message;
        out.seekp(at + 2);
        out.write(old, 2);
    }
}

TEST_F(QuantizeJob, EveryLayoutOfTheSameWeightsGivesTheSamePlanes) {
    quantizeCheckpoint(options("whole"), {}, {});
    const Manifest whole = Manifest::load(m_folder / "whole");
    using Write = std::function<void(const fs::path&)>;
    const std::map<std::string, Write> layouts = {
        {"sharded", [](const fs::path& folder) { weights::writeShardedCopy(folder, 3); }},
        {"ported", weights::writePortedCopy},
        {"textonly", weights::writeTextOnlyCopy}};
    for (const auto& [name, write] : layouts) {
        SCOPED_TRACE(name);
        QuantizeOptions other = options(name + "-package");
        other.source = m_folder / name;
        fs::create_directories(other.source);
        write(other.source);
        quantizeCheckpoint(other, {}, {});
        EXPECT_TRUE(verifyPackage(other.destination, {}, {}).empty());
        const Manifest found = Manifest::load(other.destination);
        if (name == "textonly") {
            EXPECT_LT(found.tensors.size(), whole.tensors.size());
        } else {
            EXPECT_EQ(found.tensors.size(), whole.tensors.size());
        }
        for (const auto& [tensor, record] : found.tensors) {
            ASSERT_TRUE(whole.tensors.contains(tensor)) << tensor;
            EXPECT_EQ(record.sha256, whole.tensors.at(tensor).sha256) << tensor;
        }
        const weights::Checkpoint checkpoint = openCheckpoint(other.destination);
        const weights::ModelConfig config = weights::loadModelConfig(checkpoint);
        weights::checkTensors(checkpoint, config);
        EXPECT_EQ(config.hears(), name != "textonly");
        EXPECT_EQ(config.sees(), name != "textonly");
    }
}

TEST_F(QuantizeJob, AnAudioPackageLeavesOutWhatOnlySees) {
    quantizeCheckpoint(options("p", "audio"), {}, {});
    EXPECT_TRUE(verifyPackage(m_folder / "p", {}, {}).empty());
    bool hears = false;
    for (const auto& [name, record] : Manifest::load(m_folder / "p").tensors) {
        EXPECT_EQ(name.find(".image_embed."), std::string::npos) << name;
        EXPECT_EQ(name.find(".lora_A.vision."), std::string::npos) << name;
        hears = hears || name.find(".lora_A.speech.") != std::string::npos;
    }
    EXPECT_TRUE(hears);
}

TEST_F(QuantizeJob, CalibrationChangesTheColumnsThatItKnowsAndNothingElse) {
    quantizeCheckpoint(options("plain"), {}, {});
    const std::string name = "model.layers.0.self_attn.qkv_proj.base_layer.weight";
    QuantizeOptions calibrated = options("calibrated");
    InputSample sample;
    sample.columns = 192;
    std::mt19937 random(4);
    std::normal_distribution<float> normal;
    for (int k = 0; k < 24 * 192; ++k) {
        // Columns of very different size: an exponent above 0 must win.
        sample.values.push_back(normal(random) * std::exp(static_cast<float>(k % 16) / 4.0F));
    }
    calibrated.calibration[name] = sample;
    quantizeCheckpoint(calibrated, {}, {});
    EXPECT_TRUE(verifyPackage(m_folder / "calibrated", {}, {}).empty());
    const Manifest plain = Manifest::load(m_folder / "plain");
    const Manifest other = Manifest::load(m_folder / "calibrated");
    EXPECT_EQ(other.plan, "default, calibrated");
    for (const auto& [tensor, record] : plain.tensors) {
        const bool touched =
            tensor == name || tensor.starts_with("model.layers.0.self_attn.qkv_proj.lora_A.");
        EXPECT_EQ(other.tensors.at(tensor).sha256 == record.sha256, !touched) << tensor;
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
