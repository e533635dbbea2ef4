// SPDX-License-Identifier: MIT
#pragma once

#include "inference/package/plan.h"
#include "inference/package/scheme.h"
#include "inference/weights/checkpoint.h"
#include "inference/weights/model_config.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace phial::package {

/// Where a stored tensor of the package lies.
struct Placement {
    std::string name; ///< tensor name, or tensor name + plane suffix
    std::string dtype;
    std::vector<std::int64_t> shape;
    std::size_t file = 0;     ///< index into Layout::files
    std::uint64_t offset = 0; ///< in the file, a multiple of 16
    std::uint64_t bytes = 0;
};

/// One tensor of the source and how it goes into the package.
struct PackedTensor {
    const weights::TensorEntry* source = nullptr;
    Scheme scheme;
    std::int64_t rows = 0;    ///< quantized: of the matrix
    std::int64_t columns = 0; ///< quantized: of the matrix, before padding
    /// LoRA factors A: the package tensor whose column scale divides this one's columns; empty
    /// otherwise.
    std::string dividedBy;
    std::vector<Placement> stored; ///< one, or one per plane
};

struct LayoutFile {
    std::string name;   ///< "model-00001.safetensors"
    std::string header; ///< length prefix and JSON, padded to 16 bytes
    std::uint64_t bytes = 0;
};

/// The complete form of a package, known before any work: names, sizes and places of everything.
/// Borrowing: the checkpoint outlives it.
struct Layout {
    std::vector<PackedTensor>
        tensors; ///< in the order of work: bases before the adapters that depend on them
    std::vector<LayoutFile> files;
    std::uint64_t sourceBytes = 0;
    std::uint64_t packageBytes = 0;
    std::int64_t weights = 0; ///< elements to be processed
};

Layout makeLayout(const weights::Checkpoint& checkpoint, const weights::ModelConfig& config,
                  const Plan& plan);

/// Size of one part of the model, for the dry run.
struct PartSize {
    std::string part; ///< "decoder", "embedding", "speech adapter", ...
    std::int64_t weights = 0;
    std::uint64_t sourceBytes = 0;
    std::uint64_t packageBytes = 0;

    double bitsPerWeight() const {
        return weights == 0 ? 0
                            : static_cast<double>(packageBytes) * 8 / static_cast<double>(weights);
    }
};

std::vector<PartSize> partSizes(const Layout& layout);

/// The part that a tensor of that canonical name belongs to.
std::string_view partOf(std::string_view tensor);

/// All parts in the order in which people read them.
std::span<const std::string_view> partNames();

/// Free bytes that writing the package takes: a tenth more than the package, so that the disk is
/// not filled to its last byte.
std::uint64_t diskNeeded(const Layout& layout);

} // namespace phial::package
