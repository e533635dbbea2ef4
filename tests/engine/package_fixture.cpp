// SPDX-License-Identifier: MIT
#include "tests/engine/package_fixture.h"

#include "inference/package/open_checkpoint.h"
#include "inference/package/quantize_job.h"
#include "inference/reference/packed_weights.h"
#include "inference/weights/tensor_list.h"
#include "tests/support/safetensors_writer.h"

#include <algorithm>
#include <array>

namespace phial::test {
namespace {

std::vector<float> decodedTensor(const weights::TensorEntry& entry) {
    if (entry.packed == nullptr) {
        return weights::Checkpoint::readAll(entry);
    }
    std::array<std::vector<std::uint32_t>, 3> planes;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        if (const weights::StoredTensor* plane = entry.packed->planes.at(i)) {
            planes.at(i).resize(plane->bytes / 4);
            entry.file->read(*plane, 0, std::as_writable_bytes(std::span(planes.at(i))));
        }
    }
    return reference::decodeWeights(entry.packed->format, entry.rows(), entry.rowElements(),
                                    {planes[0], planes[1], planes[2]})
        .values;
}

} // namespace

std::filesystem::path PackageTest::quantized(const package::Plan& plan) {
    const std::filesystem::path folder = m_folder.path() / plan.name();
    package::quantizeCheckpoint(
        {.source = goldenFolder(), .destination = folder, .plan = plan, .threads = 2}, {}, {});
    return folder;
}

Request PackageTest::speechRequest(int maxTokens) {
    Request request = ask("Transcribe the audio clip into text and explain.", maxTokens);
    request.messages[0].clips = {goldenClip("logmel_a")};
    return request;
}

Request PackageTest::imageRequest(int maxTokens) {
    Request request = ask("What is shown in this image? Answer in short.", maxTokens);
    request.messages[0].images = {goldenImage("image_low")};
    return request;
}

PackageTest::Prompt PackageTest::readPrompt(Phi4Parts& parts, const Request& request,
                                            std::int64_t more) {
    const weights::ModelConfig& config = parts.model->config();
    PromptRules rules{.hears = config.hears(), .sees = config.sees(), .crops = {}};
    if (config.vision) {
        rules.crops = {.cropSize = config.vision->cropSize,
                       .patchSize = config.vision->patchSize,
                       .maxCrops = config.vision->maxCrops};
    }
    const PromptPlan plan = planPrompt(request, text::ChatTemplate(*parts.tokenizer), rules);
    MediaEncoder encoder(*parts.device, *parts.model, rules);
    const auto media = encoder.encode(plan, {}, {});
    std::vector<models::MediaRows> rows;
    for (std::size_t i = 0; i < media.size(); ++i) {
        std::int64_t first = plan.media[i].first;
        for (const Tensor& piece : media[i]->pieces) {
            rows.push_back({first, piece.view()});
            first += piece.shape()[0];
        }
    }
    models::Phi4Decoder& decoder = parts.model->decoder();
    const auto length = static_cast<std::int64_t>(plan.ids.size());
    const models::DecoderMode mode{.adapter = plan.adapter,
                                   .rotary = decoder.longRope().setFor(length)};
    decoder.reserve(length + more);
    gpu::CommandStream s(*parts.device);
    decoder.prefill(s, {plan.ids, rows}, 0, mode);
    return {length, mode};
}

std::vector<float> PackageTest::logitsAfter(Phi4Parts& parts, const Request& request) {
    readPrompt(parts, request, 1);
    const std::span<const float> logits = parts.model->decoder().logits();
    return {logits.begin(), logits.end()};
}

Steps PackageTest::agreement(Phi4Parts& parts, const Request& request, const std::string& golden) {
    const std::vector<std::int32_t> expected = goldenIds(golden);
    const auto [length, mode] = readPrompt(parts, request, std::ssize(expected));
    models::Phi4Decoder& decoder = parts.model->decoder();
    decoder.prepareStep(mode.adapter);
    Steps steps;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::span<const float> logits = decoder.logits();
        const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
        steps.agreeing += best == expected[i] ? 1 : 0;
        ++steps.all;
        if (i + 1 < expected.size()) {
            decoder.step(expected[i], length + static_cast<std::int64_t>(i), mode);
        }
    }
    return steps;
}

void PackageTest::writeDecoded(const std::filesystem::path& package,
                               const std::filesystem::path& folder) {
    std::filesystem::create_directory(folder);
    for (const auto& file : std::filesystem::directory_iterator(package)) {
        if (file.path().extension() == ".json" && file.path().filename() != "phial.json") {
            std::filesystem::copy_file(file.path(), folder / file.path().filename());
        }
    }
    const weights::Checkpoint checkpoint = package::openCheckpoint(package);
    std::vector<WrittenTensor> tensors;
    for (const auto& [name, shape] :
         weights::expectedTensors(weights::loadModelConfig(checkpoint))) {
        const weights::TensorEntry& entry = checkpoint.require(name, shape);
        std::vector<float> values = decodedTensor(entry);
        const std::size_t lora = name.find(".lora_A.");
        const std::string base = name.substr(0, lora) + ".base_layer.weight";
        const bool own = lora == std::string::npos;
        const std::vector<float> scale =
            weights::Checkpoint::readColumnScale(own ? entry : *checkpoint.find(base));
        for (std::size_t i = 0; i < values.size() && !scale.empty(); ++i) {
            values[i] *= scale[i % scale.size()];
        }
        const auto bytes = std::as_bytes(std::span(values));
        tensors.push_back({.name = name,
                           .type = weights::StoredType::F32,
                           .shape = shape,
                           .data = {bytes.begin(), bytes.end()}});
    }
    writeSafetensors(folder / "model.safetensors", tensors);
}

} // namespace phial::test
