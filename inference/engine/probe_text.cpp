// SPDX-License-Identifier: MIT
#include "inference/base/error.h"
#include "inference/engine/probe_stages.h"
#include "inference/text/detokenizer.h"

#include <string>

namespace phial {
namespace {

using Pair = std::array<int, 2>;

/// Why our plan for one row of crop_geometry.json is wrong; empty when it is right.
std::string planDifference(const nlohmann::json& row) {
    const int width = row.at("w").get<int>();
    const int height = row.at("h").get<int>();
    const std::string name = std::to_string(width) + "x" + std::to_string(height) + " ";
    preprocess::CropRules rules; // the rows are for the full-size model
    rules.maxCrops = row.at("dynamic_hd").get<int>();
    try {
        const preprocess::CropPlan plan = preprocess::planCrops(width, height, rules);
        if (row.contains("error")) {
            return name + "should have been refused";
        }
        const bool same =
            row.at("crops_wh").get<Pair>() == Pair{plan.columns, plan.rows} &&
            row.at("resize_wh").get<Pair>() == Pair{plan.resizedWidth, plan.resizedHeight} &&
            row.at("pad_right").get<int>() == plan.padRight &&
            row.at("pad_bottom").get<int>() == plan.padBottom &&
            row.at("valid_patches_wh").get<Pair>() == Pair{plan.validColumns, plan.validRows} &&
            row.at("tokens").get<int>() == plan.tokens;
        return same ? "" : name + "is cut differently";
    } catch (const Error& error) {
        return row.contains("error") ? "" : name + error.what();
    }
}

} // namespace

void probeCropGeometry(ProbeBench& bench, const nlohmann::json& rows) {
    std::int64_t wrong = 0;
    std::string note;
    for (const nlohmann::json& row : rows) {
        const std::string difference = planDifference(row);
        if (!difference.empty() && wrong++ == 0) {
            note = difference;
        }
    }
    bench.report.count("crop_geometry", wrong, static_cast<std::int64_t>(rows.size()), note);
}

void probeTokenizer(ProbeBench& bench, const nlohmann::json& cases) {
    const text::Tokenizer& tokenizer = *bench.parts.tokenizer;
    std::int64_t wrongIds = 0;
    std::int64_t wrongText = 0;
    std::string idsNote;
    std::string textNote;
    for (const nlohmann::json& entry : cases) {
        const auto text = entry.at("text").get<std::string>();
        const auto ids = entry.at("ids").get<std::vector<text::TokenId>>();
        if (tokenizer.encodeTemplate(text) != ids && wrongIds++ == 0) {
            idsNote = "first difference: \"" + text + "\"";
        }
        const bool same = text::decode(tokenizer, ids, text::SpecialTokens::Show) ==
                              entry.at("decode_keep_special").get<std::string>() &&
                          text::decode(tokenizer, ids, text::SpecialTokens::Skip) ==
                              entry.at("decode_skip_special").get<std::string>();
        if (!same && wrongText++ == 0) {
            textNote = "first difference: \"" + text + "\"";
        }
    }
    const auto total = static_cast<std::int64_t>(cases.size());
    bench.report.count("tokenizer.ids", wrongIds, total, idsNote);
    bench.report.count("tokenizer.text", wrongText, total, textNote);
}

} // namespace phial
