// SPDX-License-Identifier: MIT
#include "inference/package/plan.h"

#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <fstream>

namespace phial::package {

namespace {

constexpr std::int64_t kSmallestColumns =
    64; // below this the planes' own overhead outweighs the gain
constexpr std::int64_t kSmallestElements = 4096;

constexpr const char* kDecoder = "model.layers.*.base_layer.weight";
constexpr const char* kDecoderPlain =
    "model.layers.*_proj.weight"; // text-only checkpoints have no base_layer
constexpr const char* kAdapters = "model.layers.*.lora_*";
constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr const char* kHead = "lm_head.weight";
constexpr const char* kVisionAdapter = "model.layers.*.lora_*.vision.*";
constexpr const char* kSpeechB = "model.layers.*.lora_B.speech.*";
constexpr const char* kVisionEncoder = "model.embed_tokens_extend.image_embed.*";
constexpr const char* kEncoders = "model.embed_tokens_extend.*";

} // namespace

bool matches(std::string_view pattern, std::string_view text) {
    std::size_t p = 0;
    std::size_t t = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') {
        ++p;
    }
    return p == pattern.size();
}

Scheme parseScheme(std::string_view text) {
    int numbers[2] = {0, 0};
    const std::size_t colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    std::string_view rest =
        colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    for (int& number : numbers) {
        if (rest.empty()) {
            break;
        }
        const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
        const auto used = static_cast<std::size_t>(end - rest.data());
        if (error != std::errc{} || (used < rest.size() && rest[used] != ':')) {
            throw Error(ErrorCode::InvalidArgument,
                        "scheme '" + std::string(text) + "': written name[:bits[:group]]");
        }
        rest = used < rest.size() ? rest.substr(used + 1) : std::string_view{};
    }
    if (!rest.empty() || text.ends_with(':')) {
        throw Error(ErrorCode::InvalidArgument,
                    "scheme '" + std::string(text) + "': written name[:bits[:group]]");
    }
    return schemeByName(name, numbers[0], numbers[1]);
}

Plan Plan::byName(std::string_view name) {
    struct Parts {
        const char* decoder;
        const char* tables;
        const char* adapters;
        const char* speechB; ///< ten groups a row, padded to sixteen: the dearest plane
        const char* vision;
        const char* audio;
    };

    const auto plan = [&](const Parts& parts) {
        Plan out;
        out.m_name = name;
        out.m_rules = {{kSpeechB, parseScheme(parts.speechB)},
                       {kAdapters, parseScheme(parts.adapters)},
                       {kDecoder, parseScheme(parts.decoder)},
                       {kDecoderPlain, parseScheme(parts.decoder)},
                       {kEmbedding, parseScheme(parts.tables)},
                       {kHead, parseScheme(parts.tables)},
                       {kVisionEncoder, parseScheme(parts.vision)},
                       {kEncoders, parseScheme(parts.audio)}};
        return out;
    };
    // Sizes on the full model are held by tests/package/plan_sizes_test.py.
    if (name == "default") {
        return plan({"sq4", "q8", "q8", "sq6", "q8", "q8"});
    }
    if (name == "compact") {
        return plan({"sq4", "sq4", "sq4", "sq4", "sq6", "q8"});
    }
    if (name == "small") {
        return plan({"sq3", "sq4", "sq4", "sq4", "sq6", "q8"});
    }
    if (name == "audio") {
        Plan out = plan({"sq4", "q8", "q8", "sq6", "q8", "q8"});
        out.m_rules.insert(out.m_rules.begin(), {{kVisionEncoder, parseScheme("omit")},
                                                 {kVisionAdapter, parseScheme("omit")}});
        return out;
    }
    if (name == "keep") {
        return plan({"keep", "keep", "keep", "keep", "keep", "keep"});
    }
    throw Error(
        ErrorCode::InvalidArgument,
        "plan '" + std::string(name) +
            "' is not known; there are default, compact, small, audio and keep, or a plan file");
}

Plan Plan::withDecoder(const Scheme& scheme) {
    Plan out = byName("default");
    out.m_name = schemeName(scheme);
    for (Rule& rule : out.m_rules) {
        if (rule.pattern == kDecoder || rule.pattern == kDecoderPlain) {
            rule.scheme = scheme;
        }
    }
    return out;
}

Plan Plan::fromFile(const std::filesystem::path& path) {
    std::ifstream in(path);
    if (!in) {
        throw Error(ErrorCode::FileUnreadable, "cannot read the plan " + path.string());
    }
    const auto fail = [&](const std::string& why) {
        return Error(ErrorCode::InvalidArgument, "the plan " + path.string() + " " + why);
    };
    const auto json = nlohmann::json::parse(in, nullptr, false);
    if (!json.is_object() || !json.contains("rules") || !json["rules"].is_array()) {
        throw fail("is not a JSON object with a list of rules");
    }
    Plan out;
    out.m_name = json.contains("name") && json["name"].is_string() ? json["name"].get<std::string>()
                                                                   : path.stem().string();
    for (std::size_t i = 0; i < json["rules"].size(); ++i) {
        const auto& rule = json["rules"][i];
        if (!rule.is_array() || rule.size() != 2 || !rule[0].is_string() || !rule[1].is_string()) {
            throw fail("has a rule " + std::to_string(i + 1) +
                       " that is not a pair [pattern, scheme]");
        }
        try {
            out.m_rules.push_back(
                {rule[0].get<std::string>(), parseScheme(rule[1].get<std::string>())});
        } catch (const Error& error) {
            throw fail("has a rule " + std::to_string(i + 1) +
                       " that cannot be used: " + error.what());
        }
    }
    return out;
}

Scheme Plan::schemeFor(std::string_view tensor, const std::vector<std::int64_t>& shape) const {
    // Linears are 2-D, or pointwise convolutions whose further extents are 1.
    std::int64_t elements = 1;
    for (const std::int64_t extent : shape) {
        elements *= extent;
    }
    const bool pointwise = shape.size() > 2 && elements == shape[0] * shape[1];
    const bool matrix = shape.size() == 2 || pointwise;
    const bool table = tensor.find("position_embedding") != std::string_view::npos ||
                       tensor.find("relative_attention_bias") != std::string_view::npos;
    for (const Rule& rule : m_rules) {
        if (rule.scheme.kind == SchemeKind::Omit && matches(rule.pattern, tensor)) {
            return rule.scheme;
        }
    }
    if (!matrix || table || shape[0] < 2 || shape[1] < kSmallestColumns ||
        elements < kSmallestElements) {
        return {};
    }
    for (const Rule& rule : m_rules) {
        if (matches(rule.pattern, tensor)) {
            Scheme scheme = rule.scheme;
            // Only these inputs pass a norm or an epilogue of ours that can carry the scale;
            // adapters share their base's.
            const bool foldable = tensor.find(".lora_") == std::string_view::npos &&
                                  tensor.find("embed_tokens_extend") == std::string_view::npos;
            if (!foldable) {
                scheme.columnScale = ColumnScale::No;
            }
            return scheme;
        }
    }
    return {};
}

bool Plan::unused(std::string_view tensor, int visionLayers) {
    constexpr std::string_view kTower = "model.embed_tokens_extend.image_embed.img_processor.";
    if (!tensor.starts_with(kTower)) {
        return false;
    }
    const std::string_view rest = tensor.substr(kTower.size());
    return rest.starts_with("head.") || rest.starts_with("post_layernorm.") ||
           rest.starts_with("encoder.layers." + std::to_string(visionLayers - 1) + ".");
}

} // namespace phial::package
