// SPDX-License-Identifier: MIT
#include "inference/engine/media_input.h"
#include "inference/engine/probe_stages.h"
#include "inference/preprocess/image_pixels.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>

namespace phial {
namespace {

// One level of 8 bits after normalisation to [-1, 1].
constexpr double kOneLevel = 2.0 / 255 + 1e-6;
// Stages behind a picture whose resized pixels are off by one level somewhere (README of the set).
constexpr double kOffByOneLevel = 1e-2;

/// Every `step`-th row and column of [planes, height, width].
std::vector<float> sampled(const std::vector<float>& planes, std::int64_t height,
                           std::int64_t width, std::int64_t step) {
    std::vector<float> out;
    const auto count = static_cast<std::int64_t>(planes.size()) / (height * width);
    for (std::int64_t p = 0; p < count; ++p) {
        for (std::int64_t y = 0; y < height; y += step) {
            for (std::int64_t x = 0; x < width; x += step) {
                out.push_back(planes[static_cast<std::size_t>((p * height + y) * width + x)]);
            }
        }
    }
    return out;
}

/// [height, width, 3] bytes -> [3, height, width] values.
std::vector<float> planesOf(const Image& image) {
    const auto pixels =
        static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height);
    std::vector<float> out(3 * pixels);
    for (std::size_t i = 0; i < pixels; ++i) {
        for (std::size_t c = 0; c < 3; ++c) {
            out[c * pixels + i] = static_cast<float>(image.rgb[3 * i + c]);
        }
    }
    return out;
}

std::vector<float> normalised(std::vector<float> levels) {
    for (float& value : levels) {
        value = (value / 255.0F - 0.5F) / 0.5F;
    }
    return levels;
}

/// The number behind the last of `prefix` in "global_sample_7", "projected_s3"; 1 when there is
/// none.
std::int64_t strideIn(const std::string& name) {
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    return digits < name.size() ? std::stoll(name.substr(digits)) : 1;
}

bool startsWith(const std::string& text, std::string_view prefix) {
    return std::string_view(text).substr(0, prefix.size()) == prefix;
}

/// What the taps of one image showed, per crop. A tap has the rows of a group of crops.
struct ImageStages {
    std::map<std::string, HostRows> perCrop; ///< "patch_pos_embed@0", "layer1@2", "pooled@0"
    HostRows hdSequence;
    HostRows projected;
    Tensor tokens;
};

ImageStages encode(ProbeBench& bench, const std::shared_ptr<const preprocess::ImageCrops>& crops) {
    gpu::Device& device = *bench.parts.device;
    models::SiglipEncoder& encoder = bench.parts.model->imageEncoder();
    ImageStages stages;
    const auto side = static_cast<std::int64_t>(crops->plan().patchesPerSide());
    std::int64_t first = 0; // crop of the group
    const auto appendCrops = [&](const std::string& key, std::int64_t rows,
                                 const TensorView& view) {
        for (std::int64_t i = 0; i * rows < view.rows(); ++i) {
            stages.perCrop[key + "@" + std::to_string(first + i)].append(
                device, view.rowSlice(i * rows, rows));
        }
    };
    const models::TapListener listener(encoder.tap, [&](std::string_view name, std::int64_t index,
                                                        const TensorView& view) {
        if (name == "hd_sequence") {
            stages.hdSequence.append(device, view);
        } else if (name == "projected") {
            stages.projected.append(device, view);
        } else if (name == "layer") {
            appendCrops("layer" + std::to_string(index), side * side, view);
        } else {
            first = index;
            appendCrops(std::string(name), name == "pooled" ? side * side / 4 : side * side, view);
        }
    });
    gpu::CommandStream s(device, gpu::CommandStream::Mode::Immediate, bench.stop);
    stages.tokens = encoder.encode(s, imageInput(crops));
    return stages;
}

void probePixels(ProbeBench& bench, const GoldenCase& golden, const preprocess::ImageCrops& crops) {
    const preprocess::CropPlan& plan = crops.plan();
    const bool resized = golden.info().value("resize_needed", true);
    const double tolerance = resized ? kOneLevel : 1e-5;
    const std::vector<float> tiled = planesOf(crops.tiled());
    const std::int64_t side = plan.rules.cropSize;
    std::vector<float> global(static_cast<std::size_t>(3 * side * side));
    crops.pixels(0, global);
    for (const std::string& name : golden.tensors()) {
        const std::string label = golden.name() + "." + name;
        if (name == "padded_u8") {
            bench.report.absolute(label, tiled, golden.floats(name), 1);
        } else if (startsWith(name, "pixels_sample_")) {
            bench.report.absolute(
                label,
                sampled(normalised(tiled), plan.tiledHeight(), plan.tiledWidth(), strideIn(name)),
                golden.floats(name), tolerance);
        } else if (startsWith(name, "global_sample_")) {
            // Bicubic weights sum to less than 1.6 in absolute value, so one level stays near one.
            bench.report.absolute(label, sampled(global, side, side, strideIn(name)),
                                  golden.floats(name), resized ? 1.6 * kOneLevel : 1e-5);
        } else if (name == "patch_mask") {
            std::vector<std::int32_t> mask;
            for (int crop = 0; crop < plan.cropCount(); ++crop) {
                const std::vector<std::int32_t> part = preprocess::patchMask(plan, crop);
                mask.insert(mask.end(), part.begin(), part.end());
            }
            bench.report.exact(label, mask, golden.ints(name));
        }
    }
}

/// Whether our resized picture is the golden one to the last level, as far as it is stored.
bool samePixels(const GoldenCase& golden, const preprocess::ImageCrops& crops) {
    const std::vector<float> tiled = planesOf(crops.tiled());
    if (golden.has("padded_u8")) {
        return tiled == golden.floats("padded_u8");
    }
    if (!golden.has("pixels_sample_7")) {
        return false;
    }
    const std::vector<float> got =
        sampled(normalised(tiled), crops.plan().tiledHeight(), crops.plan().tiledWidth(), 7);
    const std::vector<float> expected = golden.floats("pixels_sample_7");
    return std::equal(got.begin(), got.end(), expected.begin(), expected.end(),
                      [](float a, float b) { return std::abs(a - b) < 1e-4F; });
}

/// Stages of the crops that a case stores, one after the other: "layer1_s8", "pooled".
std::vector<float> cropStage(const GoldenCase& golden, ImageStages& stages, const std::string& name,
                             std::int64_t step) {
    std::vector<float> out;
    for (const auto& crop : golden.info()["stage_crops"]) {
        const HostRows& rows = stages.perCrop[name + "@" + std::to_string(crop.get<int>())];
        const std::vector<float> part = rows.every(step);
        out.insert(out.end(), part.begin(), part.end());
    }
    return out;
}

} // namespace

std::shared_ptr<const Image> goldenImage(const GoldenCase& golden) {
    auto image = std::make_shared<Image>();
    const Shape& shape = golden.shape("image_u8");
    image->height = static_cast<int>(shape[0]);
    image->width = static_cast<int>(shape[1]);
    for (const std::int32_t level : golden.ints("image_u8")) {
        image->rgb.push_back(static_cast<std::uint8_t>(level));
    }
    return image;
}

preprocess::CropRules goldenCropRules(const ProbeBench& bench, const GoldenCase& golden) {
    const weights::VisionConfig& config = *bench.parts.model->config().vision;
    return {.cropSize = config.cropSize,
            .patchSize = config.patchSize,
            .maxCrops = golden.info().value("dynamic_hd", config.maxCrops)};
}

const Tensor& imageTokens(ProbeBench& bench, const std::string& name) {
    const auto known = bench.imageTokens.find(name);
    if (known != bench.imageTokens.end()) {
        return known->second;
    }
    const GoldenCase golden = bench.set.open(name);
    const auto crops = std::make_shared<const preprocess::ImageCrops>(
        *goldenImage(golden), goldenCropRules(bench, golden));
    gpu::CommandStream s(*bench.parts.device, gpu::CommandStream::Mode::Immediate, bench.stop);
    Tensor tokens = bench.parts.model->imageEncoder().encode(s, imageInput(crops));
    return bench.imageTokens.emplace(name, std::move(tokens)).first->second;
}

void probeImage(ProbeBench& bench, const GoldenCase& golden) {
    const auto crops = std::make_shared<const preprocess::ImageCrops>(
        *goldenImage(golden), goldenCropRules(bench, golden));
    probePixels(bench, golden, *crops);
    ImageStages stages = encode(bench, crops);
    bench.imageTokens.insert_or_assign(golden.name(), std::move(stages.tokens));
    const double tolerance = samePixels(golden, *crops)
                                 ? bench.tolerances.encoder
                                 : std::max(bench.tolerances.encoder, kOffByOneLevel);
    // The port also stores the last layer, which the model never runs.
    const std::string unused =
        "layer" + std::to_string(bench.parts.model->config().vision->usedLayers) + "_";
    for (const std::string& name : golden.tensors()) {
        std::vector<float> got;
        if (name == "hd_sequence") {
            got = stages.hdSequence.values;
        } else if (startsWith(name, "projected")) {
            got = stages.projected.every(strideIn(name));
        } else if (name == "pooled") {
            got = cropStage(golden, stages, name, 1);
        } else if (startsWith(name, "patch_pos_embed_s") ||
                   (startsWith(name, "layer") && !startsWith(name, unused))) {
            got = cropStage(golden, stages, name.substr(0, name.rfind("_s")), strideIn(name));
        } else {
            continue;
        }
        bench.report.relative(golden.name() + "." + name, got, golden.floats(name), tolerance);
    }
}

} // namespace phial
