// SPDX-License-Identifier: MIT
// Every op has all its faces: parameters, shader, host code, CPU reference and test, under one
// stem.
#include "tests/architecture/source_tree.h"
#include "tests/support/source_root.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace phial::architecture {
namespace {

TEST(OpFaces, EveryOpHasParametersShaderHostReferenceAndTest) {
    const auto root = test::sourceRoot();
    int ops = 0;
    for (const auto& entry : std::filesystem::directory_iterator(root / "inference/ops")) {
        // A header with a source of the same stem is an op; headers alone are shared pieces
        // (argument structs, checks).
        const std::string stem = entry.path().stem().string();
        if (entry.path().extension() != ".h" ||
            !std::filesystem::exists(root / "inference/ops" / (stem + ".cpp")) ||
            !std::filesystem::exists(root / "shaders/params" / (stem + ".h"))) {
            continue;
        }
        ++ops;
        for (const std::string& face :
             {"shaders/ops/" + stem + ".comp", "inference/reference/" + stem + ".h",
              "inference/reference/" + stem + ".cpp", "tests/ops/" + stem + "_test.cpp"}) {
            EXPECT_TRUE(std::filesystem::exists(root / face)) << "op " << stem << " lacks " << face;
        }
    }
    EXPECT_GE(ops, 15) << "the ops of the three networks";
}

TEST(OpFaces, EveryShaderBelongsToAnOp) {
    const auto root = test::sourceRoot();
    for (const auto& entry : std::filesystem::directory_iterator(root / "shaders/ops")) {
        if (entry.path().extension() != ".comp") {
            continue;
        }
        // <op>.comp or <op>_<variant>.comp
        std::string stem = entry.path().stem().string();
        bool found = false;
        while (!found && !stem.empty()) {
            found = std::filesystem::exists(root / "inference/ops" / (stem + ".h"));
            const auto cut = stem.rfind('_');
            stem = cut == std::string::npos ? "" : stem.substr(0, cut);
        }
        EXPECT_TRUE(found) << entry.path().filename() << " has no op in inference/ops";
    }
}

TEST(OpFaces, EveryParameterHeaderBelongsToAnOp) {
    const auto root = test::sourceRoot();
    for (const auto& entry : std::filesystem::directory_iterator(root / "shaders/params")) {
        const auto stem = entry.path().stem().string();
        EXPECT_TRUE(std::filesystem::exists(root / "inference/ops" / (stem + ".h")))
            << "parameters of no op: " << stem;
    }
}

} // namespace
} // namespace phial::architecture
