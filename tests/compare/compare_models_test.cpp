// SPDX-License-Identifier: MIT
// Two models on the same material: the golden model against itself, and against a disturbed copy.
#include "inference/base/half.h"
#include "inference/compare/compare_models.h"
#include "tests/engine/engine_fixture.h"
#include "tests/support/safetensors_writer.h"
#include "tests/support/temp_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>

namespace phial::compare {
namespace {

using test::errorCodeOf;
using test::goldenFolder;
using testing::HasSubstr;

class CompareModels : public test::EngineTest {
protected:
    static std::vector<Material> material() {
        Request speech = ask("Transcribe the audio clip into text.", 1);
        speech.messages[0].clips = {goldenClip("logmel_a")};
        Request picture = ask("What is shown in this image?", 1);
        picture.messages[0].images = {goldenImage("image_low")};
        return {{.name = "text", .text = text(), .request = {}, .right = {}},
                {.name = "speech", .text = {}, .request = speech, .right = {}},
                {.name = "picture", .text = {}, .request = picture, .right = "a red bar"}};
    }

    static std::string text() {
        std::string text;
        for (int i = 0; i < 20; ++i) {
            text += "The meeting of group " + std::to_string(i) + " begins at noon.\n";
        }
        return text;
    }

    static CompareOptions against(const std::filesystem::path& candidate) {
        return {.reference = options(700), .candidate = options(700, candidate), .tokens = 16};
    }

    /// The golden model with one matrix multiplied.
    std::filesystem::path disturbed(const std::string& tensor, float factor) const {
        const std::filesystem::path folder = m_folder.path() / "disturbed";
        std::filesystem::copy(goldenFolder(), folder, std::filesystem::copy_options::recursive);
        auto tensors = test::readSafetensors(folder / "model.safetensors");
        for (test::WrittenTensor& each : tensors) {
            for (std::size_t at = 0; each.name == tensor && at < each.data.size(); at += 2) {
                std::uint16_t value = 0;
                std::memcpy(&value, each.data.data() + at, 2);
                value = floatToBf16(bf16ToFloat(value) * factor);
                std::memcpy(each.data.data() + at, &value, 2);
            }
        }
        test::writeSafetensors(folder / "model.safetensors", tensors);
        return folder;
    }

    test::TempFolder m_folder;
};

TEST_F(CompareModels, AModelIsTheSameAsItself) {
    std::size_t told = 0;
    const auto found =
        compareModels(against(goldenFolder()), material(),
                      {.onProgress = {}, .onMaterial = [&](Side, std::size_t) { ++told; }}, {});
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(told, 6U);
    EXPECT_EQ(found[0].divergence.positions(), 15);
    for (const Comparison& each : found) {
        EXPECT_EQ(each.divergence.meanKl(), 0) << each.name;
        EXPECT_EQ(each.divergence.quantileKl(1), 0) << each.name;
        EXPECT_EQ(each.divergence.agreement(), 1) << each.name;
        EXPECT_EQ(each.divergence.perplexity(), each.divergence.referencePerplexity());
        EXPECT_EQ(each.words.edits, each.referenceWords.edits) << each.name;
    }
    EXPECT_EQ(found[1].characters.edits, 0U);
    EXPECT_GT(found[1].characters.length, 0U);
    EXPECT_GT(found[2].words.edits, 0U) << "the right answer is not what random weights say";
    // The reference is most sure of its own greedy answer.
    EXPECT_LT(found[1].divergence.perplexity(), found[0].divergence.perplexity());
}

TEST_F(CompareModels, ADisturbedModelDiffersTheMoreTheMoreItIsDisturbed) {
    double before = 0;
    for (const float factor : {1.03F, 1.3F}) {
        const auto folder = disturbed("model.layers.1.mlp.down_proj.base_layer.weight", factor);
        const auto found = compareModels(against(folder), {material()[0]}, {}, {});
        std::filesystem::remove_all(folder);
        EXPECT_GT(found[0].divergence.meanKl(), before);
        EXPECT_GE(found[0].divergence.quantileKl(0.99), found[0].divergence.meanKl());
        EXPECT_TRUE(std::isfinite(found[0].divergence.meanKl()));
        EXPECT_NE(found[0].divergence.perplexity(), found[0].divergence.referencePerplexity());
        before = found[0].divergence.meanKl();
    }
}

TEST_F(CompareModels, ScoresEveryTokenOfALongTextOnceInWindows) {
    CompareOptions wide = against(goldenFolder());
    wide.tokens = 10000;
    wide.reference.contextTokens = 100;
    wide.candidate.contextTokens = 100;
    const auto found = compareModels(wide, {material()[0]}, {}, {});
    wide.reference.contextTokens = 700;
    wide.candidate.contextTokens = 700;
    const auto whole = compareModels(wide, {material()[0]}, {}, {});
    // Each window has a first token that nothing predicts.
    const auto tokens = whole[0].divergence.positions() + 1;
    EXPECT_GT(tokens, 200);
    EXPECT_EQ(found[0].divergence.positions(), tokens - (tokens + 99) / 100);
    EXPECT_EQ(found[0].divergence.meanKl(), 0);
}

TEST_F(CompareModels, RefusesWhatCannotBeRead) {
    std::string message;
    const Material nothing{.name = "empty.txt", .text = "a", .request = {}, .right = {}};
    EXPECT_EQ(
        errorCodeOf([&] { compareModels(against(goldenFolder()), {nothing}, {}, {}); }, &message),
        ErrorCode::InvalidArgument);
    EXPECT_THAT(message, HasSubstr("empty.txt is too short"));
    std::stop_source stop;
    EXPECT_EQ(errorCodeOf([&] {
                  compareModels(against(goldenFolder()), material(),
                                {.onProgress = {},
                                 .onMaterial = [&](Side, std::size_t) { stop.request_stop(); }},
                                stop.get_token());
              }),
              ErrorCode::Cancelled);
}

} // namespace
} // namespace phial::compare
