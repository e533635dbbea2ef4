// SPDX-License-Identifier: MIT
#include "inference/weights/peft_adapter.h"

#include "inference/base/error.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/json_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <regex>
#include <utility>

namespace phial::weights {
namespace {

constexpr int kLargestRank = 4096;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& why) {
    throw Error(ErrorCode::BadCheckpoint, file.string() + ": " + why);
}

/// A stored name, taken apart.
struct Place {
    std::string module; ///< "model.layers.0.mlp.down_proj"
    char factor = 'A';  ///< or 'B'
};

bool consume(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

/// "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight", also with ".base_layer" before
/// and the adapter's name behind lora_A.
std::optional<Place> placeOf(std::string_view stored) {
    consume(stored, "base_model.model.");
    for (const char factor : {'A', 'B'}) {
        const std::string marker = std::string(".lora_") + factor + ".";
        const std::size_t at = stored.find(marker);
        if (at == std::string_view::npos) {
            continue;
        }
        const std::string_view behind = stored.substr(at + marker.size());
        std::string_view module = stored.substr(0, at);
        if (module.ends_with(".base_layer")) {
            module.remove_suffix(std::string_view(".base_layer").size());
        }
        if (behind == "weight" ||
            (behind.ends_with(".weight") && behind.find('.') == behind.size() - 7)) {
            return Place{std::string(module), factor};
        }
    }
    return std::nullopt;
}

/// [rows, columns] of one of the four linears, or nothing for another module.
std::optional<Shape> matrixShape(std::string_view module, const DecoderConfig& config) {
    if (!consume(module, "model.layers.")) {
        return std::nullopt;
    }
    int layer = -1;
    const auto [end, error] = std::from_chars(module.data(), module.data() + module.size(), layer);
    if (error != std::errc{} || layer < 0 || layer >= config.layers) {
        return std::nullopt;
    }
    module.remove_prefix(static_cast<std::size_t>(end - module.data()));
    const std::int64_t d = config.hiddenSize;
    const std::int64_t f = config.intermediateSize;
    const std::array<std::pair<std::string_view, Shape>, 4> linears = {
        {{".self_attn.qkv_proj", Shape{config.qkvRows(), d}},
         {".self_attn.o_proj", Shape{d, std::int64_t{config.heads} * config.headDim}},
         {".mlp.gate_up_proj", Shape{2 * f, d}},
         {".mlp.down_proj", Shape{d, f}}}};
    for (const auto& [name, shape] : linears) {
        if (module == name) {
            return shape;
        }
    }
    return std::nullopt;
}

/// The number that applies to a module: of the first pattern that matches its name from a dot on,
/// as PEFT reads rank_pattern and alpha_pattern.
std::optional<double> patternValue(const nlohmann::json& config, const char* key,
                                   const std::string& module, const std::filesystem::path& file) {
    const auto found = config.find(key);
    if (found == config.end() || !found->is_object()) {
        return std::nullopt;
    }
    for (const auto& [pattern, value] : found->items()) {
        try {
            if (std::regex_match(module, std::regex("(.*\\.)?(" + pattern + ")"))) {
                if (!value.is_number()) {
                    refuse(file, std::string(key) + " of '" + pattern + "' is not a number");
                }
                return value.get<double>();
            }
        } catch (const std::regex_error&) {
            refuse(file, std::string(key) + " holds '" + pattern + "', which is no pattern");
        }
    }
    return std::nullopt;
}

bool isSet(const nlohmann::json& config, const char* key) {
    const auto found = config.find(key);
    return found != config.end() && !found->is_null() && *found != false && !(*found == "none") &&
           !((found->is_array() || found->is_object()) && found->empty());
}

void checkMethod(const nlohmann::json& config, const std::filesystem::path& file) {
    const auto type = config.find("peft_type");
    if (type == config.end() || *type != "LORA") {
        refuse(file, "peft_type is " + (type == config.end() ? "missing" : type->dump()) +
                         ", but Phial runs adapters of type \"LORA\"");
    }
    constexpr std::array<std::pair<const char*, const char*>, 5> kUnknown = {
        {{"bias", "biases"},
         {"use_dora", "DoRA"},
         {"fan_in_fan_out", "transposed weights"},
         {"modules_to_save", "whole modules beside the adapter"},
         {"trainable_token_indices", "new token embeddings"}}};
    for (const auto& [key, what] : kUnknown) {
        if (isSet(config, key)) {
            refuse(file, std::string(key) + " asks for " + what + ", which Phial does not have");
        }
    }
}

} // namespace

PeftAdapter::PeftAdapter(const std::filesystem::path& folder, const DecoderConfig& config) {
    const std::filesystem::path full = std::filesystem::absolute(folder).lexically_normal();
    m_name = (full.has_filename() ? full : full.parent_path()).filename().string();
    const std::filesystem::path settings = folder / "adapter_config.json";
    const nlohmann::json json = readJsonFile(settings);
    checkMethod(json, settings);
    const JsonObject values(json, settings.string() + ": ");
    const int rank = values.integer("r", {1, kLargestRank});
    const double alpha = values.number("lora_alpha", {-1e6, 1e6}, rank);
    const bool rootScale = isSet(json, "use_rslora");

    const std::filesystem::path file = folder / "adapter_model.safetensors";
    m_file = std::make_unique<SafetensorsFile>(file);
    for (const StoredTensor& tensor : m_file->tensors()) {
        addTensor(tensor, config);
    }
    finish();
    for (auto& [module, factors] : m_factors) {
        const double own = patternValue(json, "rank_pattern", module, settings).value_or(rank);
        if (static_cast<double>(factors.rank()) != own) {
            refuse(file, "tensor '" + factors.a->name + "' has rank " +
                             std::to_string(factors.rank()) + ", but adapter_config.json says " +
                             std::to_string(static_cast<int>(own)));
        }
        const double strength =
            patternValue(json, "alpha_pattern", module, settings).value_or(alpha);
        factors.scale = strength / (rootScale ? std::sqrt(own) : own);
    }
}

void PeftAdapter::addTensor(const StoredTensor& tensor, const DecoderConfig& config) {
    const std::filesystem::path& file = m_file->path();
    const std::optional<Place> place = placeOf(tensor.name);
    const std::optional<Shape> matrix =
        place ? matrixShape(place->module, config) : std::optional<Shape>{};
    if (!matrix) {
        refuse(file, "tensor '" + tensor.name +
                         "' belongs to no matrix that an adapter may change; those are qkv_proj, "
                         "o_proj, gate_up_proj and down_proj of layers 0 to " +
                         std::to_string(config.layers - 1));
    }
    if (!isWeightType(tensor.type)) {
        refuse(file, "tensor '" + tensor.name + "' has the type " +
                         std::string(storedTypeName(tensor.type)) +
                         "; adapters are F32, F16 or BF16");
    }
    const bool first = place->factor == 'A';
    const std::int64_t given = tensor.shape.rank() == 2 ? tensor.shape[first ? 0 : 1] : 0;
    const std::int64_t side = tensor.shape.rank() == 2 ? tensor.shape[first ? 1 : 0] : 0;
    const std::int64_t wanted = first ? (*matrix)[1] : (*matrix)[0];
    if (side != wanted || given < 1 || given > kLargestRank) {
        refuse(file, "tensor '" + tensor.name + "' has the shape " + tensor.shape.text() +
                         ", but this model needs " +
                         (first ? "[rank, " + std::to_string(wanted) + "]"
                                : "[" + std::to_string(wanted) + ", rank]"));
    }
    Factors& factors = m_factors[place->module];
    const StoredTensor*& slot = first ? factors.a : factors.b;
    if (slot != nullptr) {
        refuse(file, "tensors '" + slot->name + "' and '" + tensor.name +
                         "' are the same factor of one matrix");
    }
    slot = &tensor;
}

void PeftAdapter::finish() {
    const std::filesystem::path& file = m_file->path();
    if (m_factors.empty()) {
        refuse(file, "it holds no adapter");
    }
    for (const auto& [module, factors] : m_factors) {
        if (factors.a == nullptr || factors.b == nullptr) {
            refuse(file, module + " has lora_" + (factors.a == nullptr ? "B" : "A") +
                             " but no lora_" + (factors.a == nullptr ? "A" : "B"));
        }
        if (factors.b->shape[1] != factors.rank()) {
            refuse(file, "tensor '" + factors.b->name + "' has the shape " +
                             factors.b->shape.text() + ", but its lora_A has rank " +
                             std::to_string(factors.rank()));
        }
    }
}

const PeftAdapter::Factors* PeftAdapter::find(std::string_view module) const {
    const auto found = m_factors.find(module);
    return found == m_factors.end() ? nullptr : &found->second;
}

std::int64_t PeftAdapter::largestRank() const {
    std::int64_t rank = 0;
    for (const auto& [module, factors] : m_factors) {
        rank = std::max(rank, factors.rank());
    }
    return rank;
}

std::int64_t PeftAdapter::parameters() const {
    std::int64_t count = 0;
    for (const auto& [module, factors] : m_factors) {
        count += factors.a->shape.elements() + factors.b->shape.elements();
    }
    return count;
}

std::vector<float> PeftAdapter::read(const StoredTensor& tensor) const {
    const TensorEntry entry{.name = tensor.name, .stored = &tensor, .file = m_file.get()};
    std::vector<float> values = Checkpoint::readAll(entry);
    if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) {
        refuse(m_file->path(),
               "tensor '" + tensor.name + "' holds NaN or an infinity; the file is damaged");
    }
    return values;
}

} // namespace phial::weights
