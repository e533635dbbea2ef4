// SPDX-License-Identifier: MIT
// Adapters of the user's own: beside a model they must say what the model says whose weights they
// were merged into.
#include "inference/package/decoded_matrix.h"
#include "inference/package/open_checkpoint.h"
#include "inference/weights/model_config.h"
#include "inference/weights/peft_adapter.h"
#include "tests/engine/package_fixture.h"
#include "tests/support/peft_writer.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace phial {
namespace {

using test::errorCodeOf;
using test::goldenFolder;
using testing::HasSubstr;

class UserAdapter : public test::PackageTest {
protected:
    static weights::ModelConfig config() {
        return weights::loadModelConfig(weights::Checkpoint(goldenFolder()));
    }

    std::filesystem::path adapter(const std::string& name, const std::vector<std::string>& modules,
                                  int rank, std::uint32_t seed) const {
        const auto folder = m_folder.path() / name;
        test::makePeft(config().decoder, modules, rank, 2.0 * rank, 0.03F, seed).write(folder);
        return folder;
    }

    /// A checkpoint in fp32 with the adapter added to its matrices.
    std::filesystem::path merged(const std::filesystem::path& model,
                                 const std::filesystem::path& adapter) const {
        const std::filesystem::path folder = m_folder.path() / "merged";
        std::filesystem::remove_all(folder);
        std::filesystem::copy(model, folder, std::filesystem::copy_options::recursive);
        const weights::PeftAdapter factors(adapter, config().decoder);
        const weights::Checkpoint checkpoint(model);
        std::vector<test::WrittenTensor> tensors;
        for (const auto& [name, entry] : checkpoint.tensors()) {
            if (!weights::isWeightType(entry.type())) {
                continue;
            }
            std::vector<float> values = weights::Checkpoint::readAll(entry);
            const std::string module = name.substr(0, name.find(".base_layer.weight"));
            if (const auto* const own = module == name ? nullptr : factors.find(module)) {
                add(factors, *own, values);
            }
            const auto bytes = std::as_bytes(std::span(values));
            tensors.push_back({.name = name,
                               .type = weights::StoredType::F32,
                               .shape = entry.shape(),
                               .data = {bytes.begin(), bytes.end()}});
        }
        test::writeSafetensors(folder / "model.safetensors", tensors);
        return folder;
    }

    static std::vector<std::vector<std::int32_t>> answers(Engine& engine, int adapter) {
        std::vector<std::vector<std::int32_t>> all;
        for (Request request : {textRequest(12), speechRequest(12), imageRequest(12)}) {
            request.adapter = adapter;
            request.sampling.drafts = Drafts::Off; // how much is guessed depends on the clock
            all.push_back(run(engine, request).tokenIds);
        }
        return all;
    }

    static EngineOptions with(const std::filesystem::path& model,
                              const std::vector<std::filesystem::path>& adapters) {
        EngineOptions options = PackageTest::options(600, model);
        options.adapters = adapters;
        return options;
    }

private:
    /// w += scale B A
    static void add(const weights::PeftAdapter& adapter, const weights::PeftAdapter::Factors& f,
                    std::vector<float>& w) {
        const std::vector<float> a = adapter.read(*f.a);
        const std::vector<float> b = adapter.read(*f.b);
        const auto rank = static_cast<std::size_t>(f.rank());
        const std::size_t columns = a.size() / rank;
        for (std::size_t i = 0; i < b.size() / rank; ++i) {
            for (std::size_t j = 0; j < columns; ++j) {
                double sum = 0;
                for (std::size_t r = 0; r < rank; ++r) {
                    sum += static_cast<double>(b[i * rank + r]) * a[r * columns + j];
                }
                w[i * columns + j] += static_cast<float>(f.scale * sum);
            }
        }
    }
};

TEST_F(UserAdapter, AnswersAsTheMergedWeightsDo) {
    const auto mine = adapter("mine", test::allModules(config().decoder), 5, 1);
    const auto engine = loadEngine(with(goldenFolder(), {mine}));
    const auto plain = answers(*engine, kNoAdapter);
    const auto found = answers(*engine, 0);
    EXPECT_EQ(found, answers(*loadEngine(with(merged(goldenFolder(), mine), {})), 0));
    for (std::size_t i = 0; i < plain.size(); ++i) {
        EXPECT_NE(found[i], plain[i]) << "the adapter changes nothing";
    }
}

TEST_F(UserAdapter, AnswersAsTheMergedWeightsDoOnAPackage) {
    // Column scales in front of all four linears.
    const auto package = quantized(package::Plan::byName("default"));
    const auto decoded = m_folder.path() / "decoded";
    writeDecoded(package, decoded);
    const auto mine = adapter("mine", test::allModules(config().decoder), 4, 2);
    const auto engine = loadEngine(with(package, {mine}));
    const auto expected = loadEngine(with(merged(decoded, mine), {}));
    EXPECT_EQ(answers(*engine, 0), answers(*expected, 0));
    EXPECT_EQ(answers(*engine, kNoAdapter), answers(*loadEngine(with(decoded, {})), 0));
}

TEST_F(UserAdapter, SwitchesWithoutLoadingAnything) {
    const auto one = adapter("one", test::allModules(config().decoder), 3, 3);
    const auto two = adapter("two", {"model.layers.1.mlp.down_proj"}, 24, 4);
    const auto engine = loadPhi4Engine(with(goldenFolder(), {one, two}), {}, {});
    EXPECT_EQ(engine->info().adapters, (std::vector<std::string>{"one", "two"}));
    const auto first = answers(*engine, 0);
    const auto second = answers(*engine, 1);
    const auto none = answers(*engine, kNoAdapter);
    EXPECT_NE(first, second);
    EXPECT_NE(second, none);
    EXPECT_EQ(none, answers(*loadEngine(with(goldenFolder(), {})), 0));
    const std::uint64_t bytes = engine->info().deviceBytes;
    const std::uint64_t pipelines = engine->device().pipelinesCreated();
    EXPECT_EQ(answers(*engine, 0), first);
    EXPECT_EQ(answers(*engine, 1), second);
    EXPECT_EQ(answers(*engine, kNoAdapter), none);
    EXPECT_EQ(engine->info().deviceBytes, bytes);
    EXPECT_EQ(engine->device().pipelinesCreated(), pipelines);
}

TEST_F(UserAdapter, IsRefusedBeforeTheModelIsLoaded) {
    weights::DecoderConfig other = config().decoder;
    other.hiddenSize = 64;
    const auto folder = m_folder.path() / "stranger";
    test::makePeft(other, {"model.layers.0.mlp.down_proj"}, 4, 8, 0.1F, 5).write(folder);
    std::string message;
    EXPECT_EQ(errorCodeOf([&] { loadEngine(with(goldenFolder(), {folder})); }, &message),
              ErrorCode::BadCheckpoint);
    EXPECT_THAT(message, HasSubstr("stranger/adapter_model.safetensors"));
    EXPECT_THAT(message, HasSubstr("needs [192, rank]"));

    const auto mine = adapter("mine", {"model.layers.0.mlp.down_proj"}, 4, 6);
    const auto engine = loadEngine(with(goldenFolder(), {mine}));
    Request request = textRequest(1);
    request.adapter = 1;
    EXPECT_EQ(errorCodeOf([&] { run(*engine, request); }), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace phial
