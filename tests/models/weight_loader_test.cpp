// SPDX-License-Identifier: MIT
#include "inference/models/weight_loader.h"
#include "tests/support/gpu_fixture.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <vector>

namespace phial::models {
namespace {

class WeightLoaderTest : public GpuTest {};

TEST_F(WeightLoaderTest, TellsTheProgressInsideOfALargeTensor) {
    const test::TempFolder folder;
    const Shape shape{5000, 1024};
    const std::size_t bytes = 2 * 5000 * 1024; // less than one piece
    const std::size_t wide = 4 * 5000 * 1024; // two pieces of the uploader, and as many of a matrix
    const auto tensor = [&](const char* name, weights::StoredType type, std::size_t size) {
        return test::WrittenTensor{
            .name = name, .type = type, .shape = shape, .data = std::vector<std::byte>(size)};
    };
    test::writeSafetensors(folder.path() / "model.safetensors",
                           {tensor("small.weight", weights::StoredType::BF16, bytes),
                            tensor("large.weight", weights::StoredType::F32, wide)});
    const weights::Checkpoint checkpoint(folder.path());
    std::vector<double> told;
    const LoadOptions options{.onProgress = [&](double done, double) { told.push_back(done); }};
    WeightLoader loader(device(), checkpoint, options);
    loader.matrix("small.weight", shape);
    loader.matrix("large.weight", shape);
    loader.finish();
    EXPECT_TRUE(std::is_sorted(told.begin(), told.end()));
    EXPECT_THAT(told, testing::Contains(static_cast<double>(bytes)));
    const auto inside = std::count_if(told.begin(), told.end(), [&](double done) {
        return done > static_cast<double>(bytes) && done < static_cast<double>(bytes + wide);
    });
    EXPECT_GE(inside, 1);
    EXPECT_EQ(told.back(), static_cast<double>(bytes + wide));
}

} // namespace
} // namespace phial::models
