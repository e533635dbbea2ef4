// SPDX-License-Identifier: MIT
// Broken model folders must give an Error or load, never crash, hang or eat the memory.
#include "inference/base/error.h"
#include "inference/weights/model_folder.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"
#include "tests/weights/model_copies.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>
#include <sys/resource.h>

namespace phial::weights {
namespace {

using nlohmann::ordered_json;

constexpr int kRounds = 20; // of every kind of damage

std::string readFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void writeFile(const std::filesystem::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
}

enum class Outcome { Loaded, Refused };

/// Opens the folder and reads every weight. Anything but success or an Error fails the test.
Outcome open(const std::filesystem::path& folder) {
    try {
        const ModelFolder model = openModelFolder(folder);
        for (const auto& [name, entry] : model.checkpoint.tensors()) {
            if (isWeightType(entry.type())) {
                Checkpoint::readAll(entry);
            }
        }
        return Outcome::Loaded;
    } catch (const Error& error) {
        EXPECT_NE(error.code(), ErrorCode::Internal) << error.what();
        EXPECT_GT(std::strlen(error.what()), 20U);
        EXPECT_LT(std::strlen(error.what()), 2000U);
        return Outcome::Refused;
    }
}

class Mutations : public testing::Test {
protected:
    Mutations() {
        writeOriginalCopy(m_folder.path());
        m_model = readFile(m_folder.path() / "model.safetensors");
        std::uint64_t length = 0;
        std::memcpy(&length, m_model.data(), sizeof(length));
        m_headerEnd = sizeof(length) + static_cast<std::size_t>(length);
        m_header = ordered_json::parse(m_model.begin() + 8,
                                       m_model.begin() + static_cast<std::ptrdiff_t>(m_headerEnd));
    }

    std::size_t below(std::size_t limit) {
        return std::uniform_int_distribution<std::size_t>(0, limit - 1)(m_random);
    }

    /// Runs `damage` on a fresh copy of the model file; the seed of a failing round is printed.
    void rounds(const std::function<void(std::string&)>& damage, bool mustRefuse) {
        for (int round = 0; round < kRounds; ++round) {
            SCOPED_TRACE("round " + std::to_string(round));
            m_random.seed(static_cast<unsigned>(1000 + round));
            std::string file = m_model;
            damage(file);
            writeFile(m_folder.path() / "model.safetensors", file);
            const Outcome outcome = open(m_folder.path());
            if (mustRefuse) {
                EXPECT_EQ(outcome, Outcome::Refused);
            }
        }
    }

    /// The same for damage to the header's JSON; the data stays.
    void headerRounds(const std::function<void(ordered_json&)>& damage, bool mustRefuse) {
        rounds(
            [&](std::string& file) {
                ordered_json header = m_header;
                damage(header);
                replaceHeader(file, header.dump());
            },
            mustRefuse);
    }

    void replaceHeader(std::string& file, const std::string& header) const {
        const auto length =
            std::bit_cast<std::array<char, 8>>(static_cast<std::uint64_t>(header.size()));
        file = std::string(length.begin(), length.end()) + header + file.substr(m_headerEnd);
    }

    ordered_json& anyTensor(ordered_json& header) {
        return std::next(header.begin(), static_cast<std::ptrdiff_t>(below(header.size()))).value();
    }

    /// A number that somebody might not expect.
    ordered_json anyNumber() {
        const std::array<ordered_json, 10> numbers = {
            0,     -1,    1,       1.5, std::uint64_t{18446744073709551615U}, std::int64_t{1} << 62,
            1e300, 65536, nullptr, "8"};
        return numbers[below(numbers.size())];
    }

    test::TempFolder m_folder;
    std::mt19937 m_random;
    std::string m_model;
    std::size_t m_headerEnd = 0;
    ordered_json m_header;
};

TEST_F(Mutations, TheUndamagedCopyLoads) {
    EXPECT_EQ(open(m_folder.path()), Outcome::Loaded);
    headerRounds([](ordered_json&) {}, false);
    EXPECT_EQ(open(m_folder.path()), Outcome::Loaded);
}

TEST_F(Mutations, CutFiles) {
    rounds([&](std::string& file) { file.resize(below(file.size())); }, true);
}

TEST_F(Mutations, CutHeaders) {
    rounds([&](std::string& file) { file.resize(below(m_headerEnd)); }, true);
}

TEST_F(Mutations, FlippedBitsInTheHeader) {
    rounds(
        [&](std::string& file) {
            for (std::size_t i = 0; i <= below(4); ++i) {
                file[below(m_headerEnd)] ^= static_cast<char>(1 << below(8));
            }
        },
        false);
}

TEST_F(Mutations, GarbageInTheHeader) {
    rounds(
        [&](std::string& file) {
            const std::size_t begin = below(m_headerEnd);
            for (std::size_t i = begin; i < std::min(begin + 100, m_headerEnd); ++i) {
                file[i] = static_cast<char>(below(256));
            }
        },
        true);
}

TEST_F(Mutations, ImpossibleHeaderLengths) {
    rounds(
        [&](std::string& file) {
            const std::uint64_t length = std::uint64_t{1} << below(64);
            std::memcpy(file.data(), &length, sizeof(length));
        },
        true);
}

TEST_F(Mutations, ShiftedOffsets) {
    headerRounds(
        [&](ordered_json& header) {
            ordered_json& offsets = anyTensor(header)["data_offsets"];
            const int shift = below(2) == 0 ? 2 : -2;
            offsets[0] = offsets[0].get<std::int64_t>() + shift;
            offsets[1] = offsets[1].get<std::int64_t>() + shift;
        },
        true);
}

TEST_F(Mutations, WrongOffsets) {
    headerRounds(
        [&](ordered_json& header) { anyTensor(header)["data_offsets"][below(2)] = anyNumber(); },
        false);
}

TEST_F(Mutations, SharedOffsets) {
    headerRounds(
        [&](ordered_json& header) {
            // Two different tensors of one size
            ordered_json& a = header["model.layers.0.input_layernorm.weight"];
            ordered_json& b =
                header["model.layers." + std::to_string(1 + below(2)) + ".input_layernorm.weight"];
            a["data_offsets"] = b["data_offsets"];
        },
        true);
}

TEST_F(Mutations, WrongTypes) {
    headerRounds(
        [&](ordered_json& header) {
            const std::array<const char*, 6> types = {"F32", "F64", "I16", "bf16", "", "U8"};
            // Layer 0 is needed in full; F16 would be as good as BF16 by its size.
            header["model.layers.0.mlp.down_proj.base_layer.weight"]["dtype"] =
                types[below(types.size())];
        },
        true);
}

TEST_F(Mutations, WrongShapes) {
    headerRounds(
        [&](ordered_json& header) {
            ordered_json& shape = anyTensor(header)["shape"];
            if (!shape.empty() && below(4) != 0) {
                shape[below(shape.size())] = anyNumber();
            } else {
                shape.push_back(anyNumber());
            }
        },
        false);
}

TEST_F(Mutations, MissingTensors) {
    headerRounds(
        [&](ordered_json& header) {
            std::size_t removed = 0;
            while (removed == 0) {
                const auto victim =
                    std::next(header.begin(), static_cast<std::ptrdiff_t>(below(header.size())));
                if (victim.key().find("img_processor.") == std::string::npos) {
                    header.erase(victim);
                    ++removed;
                }
            }
        },
        true);
}

TEST_F(Mutations, StrangeEntries) {
    headerRounds(
        [&](ordered_json& header) {
            const std::array<ordered_json, 6> values = {
                7, "text", ordered_json::array({1, 2}), nullptr, ordered_json::object(), true};
            anyTensor(header) = values[below(values.size())];
        },
        true);
}

TEST_F(Mutations, RepeatedNames) {
    rounds(
        [&](std::string& file) {
            const auto victim =
                std::next(m_header.begin(), static_cast<std::ptrdiff_t>(below(m_header.size())));
            const std::string header = m_header.dump();
            replaceHeader(file, "{\"" + victim.key() + "\":" + victim.value().dump() + "," +
                                    header.substr(1));
        },
        true);
}

TEST_F(Mutations, DeepNesting) {
    rounds(
        [&](std::string& file) {
            std::string header;
            const std::string piece = std::array{"[", "{\"a\":", "[{\"a\":["}[below(3)];
            for (std::size_t i = 0; i < 1 + below(100000); ++i) {
                header += piece;
            }
            replaceHeader(file, header);
        },
        true);
}

/// Damage to config.json; every value in turn comes from the same list as above.
TEST_F(Mutations, StrangeConfigs) {
    const nlohmann::json config = readJson(m_folder.path() / "config.json").flatten();
    for (int round = 0; round < 4 * kRounds; ++round) {
        m_random.seed(static_cast<unsigned>(2000 + round));
        nlohmann::json changed = config;
        const auto victim =
            std::next(changed.begin(), static_cast<std::ptrdiff_t>(below(changed.size())));
        SCOPED_TRACE(victim.key());
        victim.value() = nlohmann::json::parse(anyNumber().dump());
        writeJson(m_folder.path() / "config.json", changed.unflatten());
        open(m_folder.path());
    }
}

TEST_F(Mutations, BrokenJsonFiles) {
    for (const char* name : {"config.json", "generation_config.json", "preprocessor_config.json"}) {
        const std::string good = readFile(m_folder.path() / name);
        for (int round = 0; round < kRounds; ++round) {
            SCOPED_TRACE(std::string(name) + " round " + std::to_string(round));
            m_random.seed(static_cast<unsigned>(3000 + round));
            std::string bad = good;
            if (round % 2 == 0) {
                bad.resize(below(bad.size() - 2));
            } else {
                bad[below(bad.size())] ^= static_cast<char>(1 << below(8));
            }
            writeFile(m_folder.path() / name, bad);
            const Outcome outcome = open(m_folder.path());
            if (round % 2 == 0) {
                EXPECT_EQ(outcome, Outcome::Refused);
            }
        }
        writeFile(m_folder.path() / name, good);
    }
}

TEST_F(Mutations, BrokenIndexes) {
    const test::TempFolder sharded;
    writeShardedCopy(sharded.path(), 2);
    const auto path = sharded.path() / "model.safetensors.index.json";
    const std::string good = readFile(path);
    for (int round = 0; round < kRounds; ++round) {
        SCOPED_TRACE(round);
        m_random.seed(static_cast<unsigned>(4000 + round));
        std::string bad = good;
        if (round % 2 == 0) {
            bad.resize(below(bad.size() - 2));
        } else {
            bad[below(bad.size())] ^= static_cast<char>(1 << below(8));
        }
        writeFile(path, bad);
        open(sharded.path());
    }
}

TEST_F(Mutations, NeverTookAGigabyte) {
    // A header of the largest size accepted, full of the smallest entries.
    std::string header = "{";
    for (int i = 0; header.size() < (std::size_t{32} << 20) - 200; ++i) {
        header += (i > 0 ? ",\"" : "\"") + std::to_string(i) +
                  R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
    }
    std::string file = m_model;
    replaceHeader(file, header + "}");
    writeFile(m_folder.path() / "model.safetensors", file);
    EXPECT_EQ(open(m_folder.path()), Outcome::Refused);
    rusage usage = {};
    ASSERT_EQ(getrusage(RUSAGE_SELF, &usage), 0);
    EXPECT_LT(usage.ru_maxrss, 1L << 20) << "KiB, the most that this program ever held";
}

} // namespace
} // namespace phial::weights
