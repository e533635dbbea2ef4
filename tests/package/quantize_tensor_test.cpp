// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/package/plan.h"
#include "inference/package/quantize_tensor.h"
#include "inference/quant/packing.h"
#include "inference/quant/sq.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <random>

namespace phial::package {
namespace {

/// A seeded matrix with uneven columns.
std::vector<float> randomMatrix(std::int64_t rows, std::int64_t columns, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> column(static_cast<std::size_t>(columns));
    for (float& value : column) {
        value = std::exp(0.4F * normal(random));
    }
    std::vector<float> w(static_cast<std::size_t>(rows * columns));
    for (std::size_t k = 0; k < w.size(); ++k) {
        w[k] = normal(random) * column[k % static_cast<std::size_t>(columns)];
    }
    return w;
}

MatrixSource sourceOf(const std::vector<float>& w, std::int64_t rows, std::int64_t columns) {
    return {"w", rows, columns,
            [&w, columns](std::int64_t firstRow, std::int64_t n, std::int64_t firstColumn,
                          std::int64_t count, float* out, std::int64_t stride) {
                for (std::int64_t i = 0; i < n; ++i) {
                    std::memcpy(out + i * stride, w.data() + (firstRow + i) * columns + firstColumn,
                                static_cast<std::size_t>(count) * sizeof(float));
                }
            }};
}

std::vector<std::vector<std::byte>> quantizeInto(const MatrixSource& source,
                                                 const QuantizeTensorOptions& options) {
    std::vector<std::vector<std::byte>> planes;
    for (const Plane& plane : planesOf(source.rows, source.columns, options.scheme)) {
        planes.emplace_back(plane.bytes, std::byte{0xee});
    }
    std::int64_t weights = 0;
    std::mutex mutex;
    quantizeTensor(
        source, options,
        [&](std::size_t plane, std::uint64_t offset, std::span<const std::byte> bytes) {
            ASSERT_LE(offset + bytes.size(), planes[plane].size());
            std::memcpy(planes[plane].data() + offset, bytes.data(), bytes.size());
        },
        [&](std::int64_t n) {
            const std::lock_guard lock(mutex);
            weights += n;
        },
        {});
    EXPECT_EQ(weights, source.rows * source.columns);
    return planes;
}

std::uint32_t word(const std::vector<std::byte>& plane, std::int64_t index) {
    std::uint32_t value = 0;
    std::memcpy(&value, plane.data() + index * 4, 4);
    return value;
}

float half(const std::vector<std::byte>& plane, std::int64_t index) {
    std::uint16_t value = 0;
    std::memcpy(&value, plane.data() + index * 2, 2);
    return halfToFloat(value);
}

/// Decodes planes as docs/package-format.md says, written from that page and not from the writer's
/// code.
std::vector<float> decode(const std::vector<std::vector<std::byte>>& planes, std::int64_t rows,
                          std::int64_t columns, const Scheme& scheme) {
    const std::int64_t padded = paddedColumns(columns, scheme);
    const int low = scheme.bits < 4 ? 2 : scheme.bits < 7 ? 4 : 8;
    const int high = scheme.bits - low;
    const auto planeWords = [&](int field) {
        return field == 0 ? 0 : (padded * field / 32 + 3) / 4 * 4;
    };
    std::vector<float> out;
    for (std::int64_t i = 0; i < rows; ++i) {
        const std::int64_t row = i * (planeWords(low) + planeWords(high));
        for (std::int64_t j = 0; j < columns; ++j) {
            const auto field = [&](std::int64_t base, int bits) {
                return word(planes[0], base + j / (32 / bits)) >> (bits * (j % (32 / bits))) &
                       ((1U << bits) - 1);
            };
            std::uint32_t q = field(row, low);
            if (high > 0) {
                q |= field(row + planeWords(low), high) << low;
            }
            float value = 0;
            if (scheme.kind == SchemeKind::Sq) {
                const std::int64_t g = j / 32;
                const std::int64_t at = i * ((padded / 32 + 7) / 8 * 16) + g / 8 * 16 + g % 8;
                const auto scale = static_cast<float>(
                    static_cast<std::uint8_t>(planes[1][static_cast<std::size_t>(at)]));
                const auto offset = static_cast<float>(
                    static_cast<std::int8_t>(planes[1][static_cast<std::size_t>(at + 8)]));
                value = static_cast<float>(q) * (half(planes[2], 2 * i) * scale / 255) +
                        half(planes[2], 2 * i + 1) * offset / 127;
            } else {
                const std::int64_t pair = (i * (padded / scheme.group) + j / scheme.group) * 2;
                const float level =
                    scheme.kind == SchemeKind::Nf4 ? quant::kNf4[q] : static_cast<float>(q);
                value = (level - half(planes[1], pair + 1)) * half(planes[1], pair);
            }
            out.push_back(value *
                          (scheme.columnScale == ColumnScale::No ? 1.0F : half(planes.back(), j)));
        }
    }
    return out;
}

double relativeError(const std::vector<float>& restored, const std::vector<float>& w) {
    double error = 0;
    double energy = 0;
    for (std::size_t k = 0; k < w.size(); ++k) {
        error += std::pow(static_cast<double>(restored[k] - w[k]), 2);
        energy += std::pow(static_cast<double>(w[k]), 2);
    }
    return error / energy;
}

struct Expectation {
    const char* scheme;
    double error; ///< largest relative squared error on the seeded matrix; a plain bound that a
                  ///< wrong plane breaks by far
};

class EveryScheme : public testing::TestWithParam<Expectation> {};

TEST_P(EveryScheme, DecodesToTheMatrix) {
    for (const auto& [rows, columns] :
         {std::pair<std::int64_t, std::int64_t>{130, 256}, {67, 208}, {33, 64}, {129, 4304}}) {
        const std::vector<float> w = randomMatrix(rows, columns, 5);
        QuantizeTensorOptions options;
        options.scheme = parseScheme(GetParam().scheme);
        options.threads = 2;
        const auto planes = quantizeInto(sourceOf(w, rows, columns), options);
        EXPECT_LT(relativeError(decode(planes, rows, columns, options.scheme), w), GetParam().error)
            << rows << " x " << columns;
    }
}

INSTANTIATE_TEST_SUITE_P(Schemes, EveryScheme,
                         testing::Values(Expectation{"sq2", 0.12}, Expectation{"sq3", 0.03},
                                         Expectation{"sq4", 0.007}, Expectation{"sq5", 0.002},
                                         Expectation{"sq6", 0.0006}, Expectation{"q8", 0.0001},
                                         Expectation{"sinq", 0.02}, Expectation{"sinq:8", 0.0005},
                                         Expectation{"sinq:3:128", 0.1},
                                         Expectation{"sinq:5:32", 0.01}, Expectation{"nf4", 0.02},
                                         Expectation{"hqq", 0.02}, Expectation{"rtn", 0.05},
                                         Expectation{"rtn:6:32", 0.005}),
                         [](const auto& instance) {
                             std::string name = instance.param.scheme;
                             std::replace(name.begin(), name.end(), ':', '_');
                             return name;
                         });

TEST(QuantizeTensor, BytesDoNotDependOnThreadsOrMemory) {
    const std::vector<float> w = randomMatrix(150, 192, 9);
    for (const char* name : {"sq4", "sq3", "sinq"}) {
        QuantizeTensorOptions options;
        options.scheme = parseScheme(name);
        const auto one = quantizeInto(sourceOf(w, 150, 192), options);
        options.threads = 4;
        options.memoryBytes = 1;
        EXPECT_EQ(quantizeInto(sourceOf(w, 150, 192), options), one) << name;
    }
}

TEST(QuantizeTensor, ColumnFactorMultipliesTheColumns) {
    std::vector<float> w = randomMatrix(40, 96, 2);
    std::vector<float> factor(96);
    for (std::size_t j = 0; j < factor.size(); ++j) {
        factor[j] = 0.5F + static_cast<float>(j) / 64.0F;
    }
    QuantizeTensorOptions options;
    options.scheme = parseScheme("q8");
    options.columnFactor = factor;
    const auto planes = quantizeInto(sourceOf(w, 40, 96), options);
    for (std::size_t k = 0; k < w.size(); ++k) {
        w[k] *= factor[k % 96];
    }
    EXPECT_LT(relativeError(decode(planes, 40, 96, options.scheme), w), 1e-4);
}

TEST(QuantizeTensor, NamesTheTensorAndThePlaceOfABadNumber) {
    std::vector<float> w = randomMatrix(20, 64, 1);
    for (const float bad : {std::nanf(""), INFINITY}) {
        w[5 * 64 + 7] = bad;
        QuantizeTensorOptions options;
        for (const char* name : {"sq4", "sinq"}) {
            options.scheme = parseScheme(name);
            try {
                quantizeInto(sourceOf(w, 20, 64), options);
                FAIL() << "no error";
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::BadCheckpoint);
                EXPECT_NE(std::string(error.what()).find("w holds"), std::string::npos)
                    << error.what();
                EXPECT_NE(std::string(error.what()).find("row 5, column 7"), std::string::npos)
                    << error.what();
            }
        }
    }
}

TEST(QuantizeTensor, StopsWhenAsked) {
    const std::vector<float> w = randomMatrix(300, 64, 1);
    std::stop_source stop;
    QuantizeTensorOptions options;
    options.scheme = parseScheme("sq4");
    try {
        quantizeTensor(
            sourceOf(w, 300, 64), options,
            [](std::size_t, std::uint64_t, std::span<const std::byte>) {},
            [&](std::int64_t) { stop.request_stop(); }, stop.get_token());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Cancelled);
    }
}

} // namespace
} // namespace phial::package
