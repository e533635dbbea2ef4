// SPDX-License-Identifier: MIT
// Judge: golden/quantization, made with the published SINQ code (see its README for the tolerances
// used here).
#include "inference/base/error.h"
#include "inference/quant/sinq.h"
#include "tests/quant/golden_file.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace phial::quant {
namespace {

MatrixView view(const GoldenTensor& tensor) {
    return {tensor.values.data(), tensor.shape[0], tensor.shape[1], tensor.shape[1]};
}

SinqOptions optionsOf(const GoldenFile& file) {
    const std::string method = file.info["method"];
    SinqOptions options;
    options.bits = file.info["bits"];
    options.group = file.info["group"];
    options.gate = file.info["gate"].get<bool>() ? KurtosisGate::Published : KurtosisGate::Off;
    options.normalise =
        method.find("sinq") != std::string::npos ? Normalise::Sinkhorn : Normalise::No;
    options.rounding = method.find("nf4") != std::string::npos   ? Rounding::Nf4
                       : method.find("noz") != std::string::npos ? Rounding::Symmetric
                       : method.find("hqq") != std::string::npos ? Rounding::Hqq
                                                                 : Rounding::Uniform;
    if (file.tensors.contains("awq_scale")) {
        options.activationScale = file.values("awq_scale");
    }
    return options;
}

class PublishedSinq : public testing::TestWithParam<const char*> {};

TEST_P(PublishedSinq, CodesScalesAndValuesAgree) {
    const GoldenFile file = readGolden(GetParam());
    const SinqMatrix m = quantizeSinq(view(file.tensors.at("weight")), optionsOf(file));
    const auto& q = file.values("q");
    const auto& z = file.values("z");
    const auto& s1 = file.values("s1");
    const auto& t = file.values("t");
    ASSERT_EQ(m.codes.size(), q.size());
    ASSERT_EQ(m.s1.size(), s1.size());
    const bool book = m.rounding == Rounding::Nf4;
    const bool auxiliaries =
        file.tensors.contains("aux_scale_codes"); // s1 and z of the file were rounded afterwards
    const std::int64_t groups = m.columns / m.group;
    std::int64_t different = 0;
    float worstProduct = 0;
    for (std::int64_t i = 0; i < m.rows; ++i) {
        for (std::int64_t j = 0; j < m.columns; ++j) {
            const auto k = static_cast<std::size_t>(i * m.columns + j);
            const auto g = static_cast<std::size_t>(i * groups + j / m.group);
            // Codes minus zero: a group shifted by one with its zero is the same value.
            const float ours =
                static_cast<float>(m.codes[k]) - (book || auxiliaries ? 0.0F : m.z[g]);
            const float theirs = q[k] - (book || auxiliaries ? 0.0F : z[g]);
            different += std::abs(ours - theirs) > 1e-3F ? 1 : 0;
            const float product = m.s1[g] * m.t[static_cast<std::size_t>(j)];
            const float expected = s1[g] * t[static_cast<std::size_t>(j)];
            worstProduct =
                std::max(worstProduct, std::abs(product - expected) / std::abs(expected));
        }
    }
    // Ties: 0.01 % ungated; 0.6 % where plain RTN meets bf16 inputs, which make exact halves.
    const bool plain =
        std::all_of(m.t.begin(), m.t.end(), [](float value) { return value == 1.0F; });
    EXPECT_LE(static_cast<double>(different),
              (plain ? 0.006 : 0.0001) * static_cast<double>(q.size()));
    if (!auxiliaries) {
        EXPECT_LE(worstProduct, 1e-5F);
    }
    if (file.tensors.contains("dequant") && different == 0 && !auxiliaries) {
        const std::vector<float> values = dequantize(m);
        const auto& expected = file.values("dequant");
        for (std::size_t k = 0; k < values.size(); ++k) {
            ASSERT_NEAR(values[k], expected[k], 1e-5F * std::max(1.0F, std::abs(expected[k]))) << k;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(
    Golden, PublishedSinq,
    testing::Values("sinq_gauss_4b_g64", "sinq_llm_2b_g64", "sinq_llm_3b_g64", "sinq_llm_3b_g128",
                    "sinq_llm_4b_g64", "sinq_llm_512_4b_g64", "sinq_llm_5b_g64", "sinq_llm_6b_g64",
                    "sinq_llm_8b_g64", "sinq_outcol_3b_g64", "sinq_outcol_4b_g64",
                    "sinq_outcol_gate_4b_g64", "sinq_outrc_4b_g128", "sinq_heavy_4b_g64",
                    "sinq_nf4_llm_g64", "sinq_sym_llm_4b_g64", "sinq_hqq_llm_3b_g64",
                    "sinq_aux8_llm_4b_g64", "sinq_oddwidth_4b_g64", "asinq_llm_4b_g64",
                    "asinq_llm_3b_g64"));

TEST(Sinq, SquareTilesAreBlocksOfRows) {
    const GoldenFile file = readGolden("sinq_llm_2d_4b_g64");
    const GoldenTensor& weight = file.tensors.at("weight");
    SinqOptions options;
    std::int64_t different = 0;
    for (std::int64_t block = 0; block < weight.shape[0]; block += 64) {
        const SinqMatrix m = quantizeSinq(
            {weight.values.data() + block * weight.shape[1], 64, weight.shape[1], weight.shape[1]},
            options);
        for (std::size_t k = 0; k < m.codes.size(); ++k) {
            const std::size_t all = static_cast<std::size_t>(block * weight.shape[1]) + k;
            const std::size_t g = k / 64;
            const std::size_t allGroup = static_cast<std::size_t>(block) * 4 + g;
            different += static_cast<float>(m.codes[k]) - m.z[g] !=
                                 file.values("q")[all] - file.values("z")[allGroup]
                             ? 1
                             : 0;
        }
    }
    EXPECT_LE(different, 3);
}

TEST(Sinq, ActivationSearchFindsThePublishedScale) {
    const GoldenFile file = readGolden("asinq_llm_4b_g64");
    const std::vector<float> c =
        searchActivationScale(view(file.tensors.at("weight")), view(file.tensors.at("x")), {});
    const auto& expected = file.values("awq_scale");
    for (std::size_t j = 0; j < c.size(); ++j) {
        ASSERT_NEAR(c[j], expected[j], 1e-4F * expected[j]) << j;
    }
}

TEST(Sinq, GaugeFixKeepsTheValues) {
    const GoldenFile file = readGolden("sinq_llm_4b_g64");
    SinqMatrix m = quantizeSinq(view(file.tensors.at("weight")), {});
    const std::vector<float> before = dequantize(m);
    fixGauge(m);
    const std::vector<float> after = dequantize(m);
    for (std::size_t k = 0; k < before.size(); ++k) {
        ASSERT_NEAR(before[k], after[k], 1e-6F * std::max(1.0F, std::abs(before[k])));
    }
    std::vector<float> first(m.t.begin(), m.t.begin() + m.group);
    std::sort(first.begin(), first.end());
    EXPECT_NEAR((first[31] + first[32]) / 2, 1.0F, 1e-6F);
}

TEST(Sinq, RefusesWidthsWithoutAGroupAndOddBits) {
    EXPECT_EQ(usableGroup(4304, 64), 16);
    EXPECT_EQ(usableGroup(4352, 64), 64);
    EXPECT_THROW(usableGroup(30, 64), Error);
    const std::vector<float> w(2 * 64, 0.5F);
    EXPECT_THROW(quantizeSinq({w.data(), 2, 64, 64}, {.bits = 9}), Error);
    EXPECT_THROW(quantizeSinq({w.data(), 2, 64, 64}, {.bits = 3, .rounding = Rounding::Nf4}),
                 Error);
}

TEST(Sinkhorn, EvensOutRowsAndColumns) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal;
    std::vector<float> w(96 * 64);
    for (int i = 0; i < 96; ++i) {
        for (int j = 0; j < 64; ++j) {
            w[static_cast<std::size_t>(i * 64 + j)] = normal(random) *
                                                      std::exp(0.5F * static_cast<float>(i % 5)) *
                                                      std::exp(-0.4F * static_cast<float>(j % 7));
        }
    }
    const MatrixView tile{w.data(), 96, 64, 64};
    const TileScales scales = sinkhorn(tile);
    std::vector<float> n(w.size());
    for (std::size_t k = 0; k < w.size(); ++k) {
        n[k] = w[k] / scales.t[k % 64] / scales.s[k / 64];
    }
    EXPECT_GT(imbalance(tile), 10.0F);
    // Not 1: log scales below -0.3 are clamped, as published, and sixteen passes are few.
    EXPECT_LT(imbalance({n.data(), 96, 64, 64}), 2.0F);
}

} // namespace
} // namespace phial::quant
