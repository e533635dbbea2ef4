// SPDX-License-Identifier: MIT
#include "inference/package/decoded_matrix.h"
#include "inference/package/open_checkpoint.h"
#include "inference/package/quantize_job.h"
#include "inference/reference/packed_weights.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>

namespace phial::package {
namespace {

TEST(DecodedMatrix, IsWhatTheObviousDecoderSaysForEveryScheme) {
    const test::TempFolder folder;
    for (const char* scheme : {"sq2", "sq3", "sq4", "sq5", "sq6", "q8", "sinq:4:64", "sinq:3:32",
                               "nf4", "rtn:2:128", "keep"}) {
        const auto file = folder.path() / "plan.json";
        std::ofstream(file) << R"({"name": "one", "rules": [["*", ")" << scheme << "\"]]}";
        const auto made = folder.path() / scheme;
        quantizeCheckpoint({.source = test::goldenFolder(),
                            .destination = made,
                            .plan = Plan::fromFile(file),
                            .threads = 2},
                           {}, {});
        const weights::Checkpoint checkpoint = openCheckpoint(made);
        const std::string name = "model.layers.0.mlp.down_proj.base_layer.weight";
        const weights::TensorEntry& entry = *checkpoint.find(name);
        const std::vector<float> scale = inputScale(checkpoint, name);
        EXPECT_EQ(inputScale(checkpoint, "model.layers.0.mlp.down_proj.lora_A.speech.weight"),
                  scale);
        const DecodedMatrix matrix(entry, scale);
        const std::vector<float> found = matrix.read(3, 70);
        std::vector<float> expected;
        if (entry.packed == nullptr) {
            expected = weights::Checkpoint::readAll(entry);
        } else {
            std::array<std::vector<std::uint32_t>, 3> planes;
            for (std::size_t i = 0; i < 3; ++i) {
                if (const weights::StoredTensor* plane = entry.packed->planes.at(i)) {
                    planes.at(i).resize(plane->bytes / 4);
                    entry.file->read(*plane, 0, std::as_writable_bytes(std::span(planes.at(i))));
                }
            }
            expected =
                reference::decodeWeights(entry.packed->format, entry.rows(), entry.rowElements(),
                                         {planes[0], planes[1], planes[2]})
                    .values;
        }
        const auto width = static_cast<std::size_t>(matrix.columns());
        ASSERT_EQ(found.size(), 70 * width);
        for (std::size_t i = 0; i < found.size(); ++i) {
            const float t = scale.empty() ? 1.0F : scale[i % width];
            ASSERT_NEAR(found[i], expected[3 * width + i] * t, 2e-6) << scheme << " " << i;
        }
    }
}

} // namespace
} // namespace phial::package
