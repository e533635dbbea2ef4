// SPDX-License-Identifier: MIT
#include "tests/engine/mutated_checkpoint.h"

#include "inference/base/error.h"
#include "inference/engine/engine.h"
#include "tests/support/golden.h"
#include "tests/support/gpu_fixture.h"
#include "tests/support/temp_folder.h"

#include <nlohmann/json.hpp>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <random>

namespace phial::test {
namespace {

using Random = std::mt19937;

std::string readFile(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

void flipBytes(std::string& bytes, std::size_t end, Random& random) {
    for (auto n = 1 + random() % 4; n > 0; --n) {
        bytes[random() % end] = static_cast<char>(random());
    }
}

/// Another value for a random number or string of a JSON tree.
void mutateJson(nlohmann::json& value, Random& random) {
    if ((value.is_object() || value.is_array()) && !value.empty()) {
        auto child = value.begin();
        std::advance(child, static_cast<std::ptrdiff_t>(random() % value.size()));
        if (random() % 6 == 0) {
            value.erase(child);
        } else {
            mutateJson(*child, random);
        }
        return;
    }
    const std::vector<nlohmann::json> values{0,
                                             -1,
                                             1,
                                             3,
                                             1e30,
                                             0.5,
                                             true,
                                             nullptr,
                                             "other",
                                             "",
                                             1ULL << 40U,
                                             7.0,
                                             nlohmann::json::array()};
    value = values[random() % values.size()];
}

std::string mutateJsonFile(const std::string& text, Random& random) {
    nlohmann::json tree = nlohmann::json::parse(text);
    mutateJson(tree, random);
    return tree.dump();
}

/// Header edits keep the data where it is: only the 8-byte length changes with the text.
std::string mutateSafetensorsHeader(const std::string& bytes, Random& random) {
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    const std::string header = mutateJsonFile(bytes.substr(8, length), random);
    const std::uint64_t newLength = header.size();
    std::string result(8, '\0');
    std::memcpy(result.data(), &newLength, 8);
    return result + header + bytes.substr(8 + length);
}

void mutateFolder(const std::filesystem::path& folder, Random& random) {
    const auto edit = [&](const char* name, const auto& change) {
        std::string bytes = readFile(folder / name);
        std::filesystem::remove(folder / name); // it is a link to the original
        bytes = change(std::move(bytes));
        std::ofstream(folder / name, std::ios::binary) << bytes;
    };
    const auto flipped = [&](std::string bytes) {
        flipBytes(bytes, bytes.size(), random);
        return bytes;
    };
    const auto cut = [&](const std::string& bytes) {
        return bytes.substr(0, random() % bytes.size());
    };
    const auto json = [&](const std::string& bytes) { return mutateJsonFile(bytes, random); };
    switch (random() % 10) {
    case 0:
        edit("model.safetensors", cut);
        break;
    case 1:
        edit("model.safetensors", [&](std::string bytes) {
            flipBytes(bytes, 20'000, random); // header
            return bytes;
        });
        break;
    case 2:
        edit("model.safetensors", flipped); // weights
        break;
    case 3:
    case 4:
        edit("model.safetensors",
             [&](const std::string& bytes) { return mutateSafetensorsHeader(bytes, random); });
        break;
    case 5:
    case 6:
    case 7:
        edit("config.json", json);
        break;
    case 8:
        edit("tokenizer.json", random() % 2 == 0 ? std::function<std::string(std::string)>(flipped)
                                                 : std::function<std::string(std::string)>(json));
        break;
    default:
        edit(random() % 2 == 0 ? "generation_config.json" : "preprocessor_config.json", json);
        break;
    }
}

} // namespace

std::string loadMutated(std::uint32_t seed) {
    const TempFolder folder;
    for (const char* name : {"model.safetensors", "config.json", "tokenizer.json",
                             "generation_config.json", "preprocessor_config.json"}) {
        std::filesystem::create_symlink(goldenFolder() / name, folder.path() / name);
    }
    Random random(seed);
    mutateFolder(folder.path(), random);
    try {
        EngineOptions options;
        options.model = folder.path();
        options.device = gpuTestOptions();
        options.precision = Precision::Fp32;
        options.contextTokens = 128;
        const auto engine = loadEngine(options);
        Request request;
        request.messages.emplace_back();
        request.messages.back().text = "The assistant listens.";
        request.sampling.maxTokens = 3;
        auto clip = std::make_shared<AudioClip>();
        clip->samples.assign(4000, 0.01F);
        if (engine->info().hears) {
            request.messages.back().clips = {clip};
        }
        engine->generate(request, {}, {});
    } catch (const Error& error) {
        return std::strlen(error.what()) > 10 ? "" : "an error without a sentence";
    } catch (const std::exception& error) {
        return std::string("an exception of another kind: ") + error.what();
    }
    return "";
}

} // namespace phial::test
