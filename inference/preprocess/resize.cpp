// SPDX-License-Identifier: MIT
#include "inference/preprocess/resize.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

namespace phial::preprocess {

namespace {

constexpr int kWeightBits = 22; // 8 bits of level and 2 of headroom leave 22 of a 32-bit sum
constexpr std::int32_t kHalf = std::int32_t{1} << (kWeightBits - 1);

/// Pillow's rounding, cut off towards zero: bit for bit the same taps depend on it.
int pillowRound(double value) {
    return static_cast<int>(value + 0.5); // NOLINT(bugprone-incorrect-roundings)
}

/// Filter taps of one output position.
struct Taps {
    int first = 0;                     ///< first input position
    std::vector<std::int32_t> weights; ///< multiples of 2^-22
};

/// Taps of every output position of one axis.
std::vector<Taps> bilinearTaps(int in, int out) {
    const double scale = static_cast<double>(in) / out;
    const double support = std::max(scale, 1.0);
    std::vector<Taps> axis(static_cast<std::size_t>(out));
    std::vector<double> weights;
    for (int i = 0; i < out; ++i) {
        const double centre = (i + 0.5) * scale;
        const int begin = std::max(pillowRound(centre - support), 0);
        const int end = std::min(pillowRound(centre + support), in);
        weights.clear();
        double sum = 0;
        for (int x = begin; x < end; ++x) {
            const double distance = std::abs((x - centre + 0.5) * (1.0 / support));
            weights.push_back(std::max(1.0 - distance, 0.0));
            sum += weights.back();
        }
        Taps& taps = axis[static_cast<std::size_t>(i)];
        taps.first = begin;
        for (const double weight : weights) {
            taps.weights.push_back(
                pillowRound(weight / sum * static_cast<double>(1 << kWeightBits)));
        }
    }
    return axis;
}

std::uint8_t toLevel(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kWeightBits, 0, 255));
}

Image resizeColumns(const Image& source, int width) {
    const std::vector<Taps> axis = bilinearTaps(source.width, width);
    Image result{.rgb = {}, .width = width, .height = source.height};
    result.rgb.resize(static_cast<std::size_t>(width) * static_cast<std::size_t>(source.height) *
                      3);
    std::uint8_t* out = result.rgb.data();
    for (int y = 0; y < source.height; ++y) {
        const std::uint8_t* row = source.rgb.data() + static_cast<std::size_t>(y) *
                                                          static_cast<std::size_t>(source.width) *
                                                          3;
        for (const Taps& taps : axis) {
            const std::uint8_t* in = row + static_cast<std::size_t>(taps.first) * 3;
            std::int32_t red = kHalf;
            std::int32_t green = kHalf;
            std::int32_t blue = kHalf;
            for (const std::int32_t weight : taps.weights) {
                red += weight * in[0];
                green += weight * in[1];
                blue += weight * in[2];
                in += 3;
            }
            *out++ = toLevel(red);
            *out++ = toLevel(green);
            *out++ = toLevel(blue);
        }
    }
    return result;
}

Image resizeRows(const Image& source, int height) {
    const std::vector<Taps> axis = bilinearTaps(source.height, height);
    Image result{.rgb = {}, .width = source.width, .height = height};
    const std::size_t rowBytes = static_cast<std::size_t>(source.width) * 3;
    result.rgb.resize(rowBytes * static_cast<std::size_t>(height));
    std::vector<std::int32_t> sums(rowBytes);
    std::uint8_t* out = result.rgb.data();
    for (const Taps& taps : axis) {
        std::fill(sums.begin(), sums.end(), kHalf);
        const std::uint8_t* in =
            source.rgb.data() + static_cast<std::size_t>(taps.first) * rowBytes;
        for (const std::int32_t weight : taps.weights) {
            for (std::size_t i = 0; i < rowBytes; ++i) {
                sums[i] += weight * in[i];
            }
            in += rowBytes;
        }
        out = std::transform(sums.begin(), sums.end(), out, toLevel);
    }
    return result;
}

/// Four taps of one output position of the plain bicubic filter.
struct CubicTaps {
    std::array<int, 4> positions{};
    std::array<double, 4> weights{};
};

std::vector<CubicTaps> cubicTaps(int in, int out) {
    constexpr double a = -0.75;
    const auto near = [](double d) { return ((a + 2) * d - (a + 3)) * d * d + 1; };
    const auto far = [](double d) { return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a; };
    std::vector<CubicTaps> axis(static_cast<std::size_t>(out));
    for (int i = 0; i < out; ++i) {
        const double x = (i + 0.5) * in / out - 0.5;
        const double floor = std::floor(x);
        const double t = x - floor;
        CubicTaps& taps = axis[static_cast<std::size_t>(i)];
        taps.weights = {far(t + 1), near(t), near(1 - t), far(2 - t)};
        for (int k = 0; k < 4; ++k) {
            taps.positions[static_cast<std::size_t>(k)] =
                std::clamp(static_cast<int>(floor) - 1 + k, 0, in - 1);
        }
    }
    return axis;
}

void checkTarget(int width, int height) {
    check(width >= 1 && height >= 1, "an image cannot be resized to nothing");
}

} // namespace

void checkImage(const Image& image) {
    const bool sane = image.width >= 1 && image.height >= 1 &&
                      image.rgb.size() / 3 / static_cast<std::size_t>(image.width) ==
                          static_cast<std::size_t>(image.height) &&
                      image.rgb.size() % (3 * static_cast<std::size_t>(image.width)) == 0;
    if (!sane) {
        throw Error(ErrorCode::BadMedia, "the image is broken: " + std::to_string(image.width) +
                                             " x " + std::to_string(image.height) +
                                             " pixels with " + std::to_string(image.rgb.size()) +
                                             " bytes");
    }
}

Image resizeBilinear(const Image& source, int width, int height) {
    checkImage(source);
    checkTarget(width, height);
    if (source.width == width) {
        return source.height == height ? source : resizeRows(source, height);
    }
    Image columns = resizeColumns(source, width);
    return columns.height == height ? std::move(columns) : resizeRows(columns, height);
}

std::array<float, 256> normalizedLevels() {
    std::array<float, 256> levels{};
    for (std::size_t i = 0; i < levels.size(); ++i) {
        levels[i] = (static_cast<float>(i) / 255.0F - 0.5F) / 0.5F;
    }
    return levels;
}

std::vector<float> resizeBicubicNormalized(const Image& source, int width, int height) {
    checkImage(source);
    checkTarget(width, height);
    const std::array<float, 256> levels = normalizedLevels();
    const std::vector<CubicTaps> across = cubicTaps(source.width, width);
    const std::vector<CubicTaps> down = cubicTaps(source.height, height);
    const std::size_t plane = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    std::vector<float> out(3 * plane);
    std::size_t position = 0;
    for (const CubicTaps& rows : down) {
        for (const CubicTaps& columns : across) {
            for (std::size_t channel = 0; channel < 3; ++channel) {
                double value = 0;
                for (std::size_t j = 0; j < 4; ++j) {
                    const std::size_t row = static_cast<std::size_t>(rows.positions[j]) *
                                            static_cast<std::size_t>(source.width);
                    double sum = 0;
                    for (std::size_t i = 0; i < 4; ++i) {
                        const auto pixel = row + static_cast<std::size_t>(columns.positions[i]);
                        sum += columns.weights[i] *
                               static_cast<double>(levels[source.rgb[pixel * 3 + channel]]);
                    }
                    value += rows.weights[j] * sum;
                }
                out[channel * plane + position] = static_cast<float>(value);
            }
            ++position;
        }
    }
    return out;
}

} // namespace phial::preprocess
