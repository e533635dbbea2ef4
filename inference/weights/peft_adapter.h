// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/weights/model_config.h"
#include "inference/weights/safetensors.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

/// A low-rank adapter that somebody trained with PEFT: `adapter_config.json` and
/// `adapter_model.safetensors`, for any of the decoder's four linears of any layer. Opening checks
/// everything but the numbers themselves. Move-only; const calls are thread-safe.
class PeftAdapter {
public:
    /// Throws Error{FileUnreadable} for a folder without these files, Error{BadCheckpoint} naming
    /// file, tensor, expected and found for one that does not fit a decoder of this configuration,
    /// or that uses what Phial does not have (other methods than LoRA, biases, DoRA, whole
    /// modules).
    PeftAdapter(const std::filesystem::path& folder, const DecoderConfig& config);

    /// y += scale * (x A^T) B^T beside one matrix.
    struct Factors {
        const StoredTensor* a = nullptr; ///< [rank, columns]
        const StoredTensor* b = nullptr; ///< [rows, rank]
        double scale = 0;

        std::int64_t rank() const { return a->shape[0]; }
    };

    /// Folder name.
    const std::string& name() const { return m_name; }

    /// The factors beside a matrix, by its canonical name without ".base_layer.weight"
    /// ("model.layers.0.mlp.down_proj"); nullptr where the adapter leaves it alone.
    const Factors* find(std::string_view module) const;

    std::int64_t largestRank() const;

    /// Numbers in all factors.
    std::int64_t parameters() const;

    /// A factor widened to fp32. Throws Error{FileUnreadable}, Error{BadCheckpoint} naming the
    /// tensor when it holds NaN or an infinity.
    std::vector<float> read(const StoredTensor& tensor) const;

private:
    void addTensor(const StoredTensor& tensor, const DecoderConfig& config);
    void finish();

    std::string m_name;
    std::unique_ptr<SafetensorsFile> m_file; ///< the factors point into it
    std::map<std::string, Factors, std::less<>> m_factors;
};

} // namespace phial::weights
