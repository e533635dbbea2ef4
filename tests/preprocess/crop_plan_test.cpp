// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/preprocess/crop_plan.h"
#include "tests/support/golden.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <limits>
#include <random>

namespace phial::preprocess {
namespace {

ErrorCode codeOf(int width, int height, const CropRules& rules) {
    try {
        planCrops(width, height, rules);
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::Internal;
}

TEST(CropPlan, EqualsAllRowsOfTheReference) {
    std::ifstream file(test::goldenFolder() / "cases/crop_geometry.json");
    const nlohmann::json rows = nlohmann::json::parse(file);
    ASSERT_EQ(rows.size(), 224U);
    for (const auto& row : rows) {
        const int width = row["w"];
        const int height = row["h"];
        const CropRules rules{.maxCrops = row["dynamic_hd"]};
        SCOPED_TRACE(row.dump());
        if (row.contains("error")) {
            try {
                planCrops(width, height, rules);
                ADD_FAILURE() << "no error";
            } catch (const Error& error) {
                EXPECT_EQ(error.code(), ErrorCode::BadMedia);
                EXPECT_THAT(error.what(), testing::HasSubstr(row["error"].get<std::string>()));
            }
            continue;
        }
        const CropPlan plan = planCrops(width, height, rules);
        EXPECT_EQ(nlohmann::json({plan.columns, plan.rows}), row["crops_wh"]);
        EXPECT_EQ(nlohmann::json({plan.resizedWidth, plan.resizedHeight}), row["resize_wh"]);
        EXPECT_EQ(plan.padRight, row["pad_right"]);
        EXPECT_EQ(plan.padBottom, row["pad_bottom"]);
        EXPECT_EQ(nlohmann::json({plan.validColumns, plan.validRows}), row["valid_patches_wh"]);
        EXPECT_EQ(plan.tokens, row["tokens"]);
    }
}

TEST(CropPlan, GivesTheTokensOfTheSpecification) {
    const auto tokens = [](int width, int height) { return planCrops(width, height, {}).tokens; };
    EXPECT_EQ(tokens(448, 448), 545);
    EXPECT_EQ(tokens(640, 480), 1065);
    EXPECT_EQ(tokens(1024, 768), 1681);
    EXPECT_EQ(tokens(1920, 1080), 3918);
    EXPECT_EQ(tokens(2480, 3508), 9345);
}

TEST(CropPlan, HoldsItsPromisesForAnySize) {
    std::mt19937 random(5);
    std::uniform_real_distribution<double> magnitude(0, std::log(1000000.0));
    int planned = 0;
    for (int i = 0; i < 3000; ++i) {
        const int width = static_cast<int>(std::exp(magnitude(random)));
        const int height = static_cast<int>(std::exp(magnitude(random)));
        const CropRules rules{.cropSize = i % 2 == 0 ? 448 : 224, .maxCrops = 1 + i % 40};
        try {
            const CropPlan plan = planCrops(width, height, rules);
            ++planned;
            ASSERT_LE(plan.columns * plan.rows, rules.maxCrops);
            ASSERT_TRUE(plan.padRight == 0 || plan.padBottom == 0);
            ASSERT_EQ(plan.resizedWidth + plan.padRight, plan.tiledWidth());
            ASSERT_EQ(plan.resizedHeight + plan.padBottom, plan.tiledHeight());
            ASSERT_GE(plan.resizedWidth, 10);
            ASSERT_GE(plan.resizedHeight, 10);
        } catch (const Error& error) {
            ASSERT_EQ(error.code(), ErrorCode::BadMedia)
                << width << " x " << height << ": " << error.what();
        }
    }
    EXPECT_GT(planned, 1000);
}

TEST(CropPlan, RefusesBogusSizesAndRules) {
    constexpr int kLargest = std::numeric_limits<int>::max();
    for (const auto& [width, height] : {std::pair(0, 100),
                                        {100, 0},
                                        {-1, 100},
                                        {100, -448},
                                        {kLargest, kLargest},
                                        {2000000, 448},
                                        {std::numeric_limits<int>::min(), 1},
                                        {100000, 20}}) {
        EXPECT_EQ(codeOf(width, height, {}), ErrorCode::BadMedia) << width << " x " << height;
    }
    for (const CropRules& rules : {CropRules{.cropSize = 0},
                                   {.cropSize = -448},
                                   {.cropSize = 450},
                                   {.cropSize = 14},
                                   {.cropSize = kLargest},
                                   {.patchSize = 0},
                                   {.patchSize = -14},
                                   {.patchSize = kLargest},
                                   {.maxCrops = 0},
                                   {.maxCrops = kLargest}}) {
        EXPECT_EQ(codeOf(640, 480, rules), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace phial::preprocess
