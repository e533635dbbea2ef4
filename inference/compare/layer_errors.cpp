// SPDX-License-Identifier: MIT
#include "inference/compare/layer_errors.h"

#include "inference/package/open_checkpoint.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace phial::compare {
namespace {

/// The rows of a sample that were read with one adapter.
package::InputSample only(const package::InputSample& sample, const CollectedInputs& collected,
                          models::Adapter adapter) {
    package::InputSample out;
    out.columns = sample.columns;
    for (std::size_t k = 0; k < collected.adapters.size(); ++k) {
        if (collected.adapters[k] == adapter) {
            const auto row =
                sample.values.begin() + static_cast<std::ptrdiff_t>(k) * sample.columns;
            out.values.insert(out.values.end(), row, row + sample.columns);
        }
    }
    return out;
}

/// What the reference's matrix `name` reads; nothing where that was not collected.
std::optional<package::InputSample> inputsOf(const weights::Checkpoint& reference,
                                             const std::string& name,
                                             const CollectedInputs& collected) {
    if (const auto own = collected.inputs.find(name); own != collected.inputs.end()) {
        return own->second;
    }
    const std::size_t at = name.find(".lora_");
    if (at == std::string::npos) {
        return std::nullopt;
    }
    const auto base = collected.inputs.find(name.substr(0, at) + ".base_layer.weight");
    if (base == collected.inputs.end()) {
        return std::nullopt;
    }
    const models::Adapter adapter = name.find(".speech.", at) != std::string::npos
                                        ? models::Adapter::Speech
                                        : models::Adapter::Vision;
    package::InputSample inputs = only(base->second, collected, adapter);
    if (inputs.values.empty()) {
        return std::nullopt;
    }
    // B reads what A gives.
    if (const std::size_t b = name.find(".lora_B."); b != std::string::npos) {
        std::string a = name;
        a.replace(b, 8, ".lora_A.");
        return package::outputsOf(reference, a, inputs);
    }
    return inputs;
}

bool isMatrix(const weights::TensorEntry& entry) {
    return entry.rows() > 1 && entry.rowElements() > 1;
}

bool storedAlike(const weights::TensorEntry& a, const weights::TensorEntry& b) {
    return a.packed == nullptr && b.packed == nullptr && a.type() == b.type();
}

} // namespace

std::vector<package::TensorError>
layerErrors(const std::filesystem::path& reference, const std::filesystem::path& candidate,
            const CollectedInputs& collected, int threads,
            const std::function<void(std::size_t, std::size_t)>& onTensor,
            const std::stop_token& stop) {
    const weights::Checkpoint original = package::openCheckpoint(reference);
    const weights::Checkpoint packed = package::openCheckpoint(candidate);
    std::vector<std::string> names;
    for (const auto& [name, entry] : packed.tensors()) {
        const weights::TensorEntry* const own = original.find(name);
        if (own != nullptr && isMatrix(entry) && !storedAlike(entry, *own)) {
            names.push_back(name);
        }
    }
    std::vector<package::TensorError> errors;
    for (const std::string& name : names) {
        const auto inputs = inputsOf(original, name, collected);
        errors.push_back(package::tensorError(original, packed, name, inputs ? &*inputs : nullptr,
                                              threads, stop));
        if (onTensor) {
            onTensor(errors.size(), names.size());
        }
    }
    std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) {
        if (a.output.has_value() != b.output.has_value()) {
            return a.output.has_value();
        }
        return a.output ? *a.output > *b.output : a.weights > b.weights;
    });
    return errors;
}

} // namespace phial::compare
