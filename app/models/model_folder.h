// SPDX-License-Identifier: MIT
#pragma once

#include "inference/tensor/dtype.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace phial::app {

/// The plans that come with Phial, in the order in which they are offered.
inline constexpr std::array kPlans = {"default", "compact", "small", "audio"};

/// Contexts in tokens for which device memory is told.
inline constexpr std::array<std::int64_t, 3> kShownContexts = {4096, 16384, 65536};

/// The shortest context that is loaded unasked; a model that does not fit with it is not begun.
inline constexpr std::int64_t kLeastContext = 256;

enum class FolderKind { Unusable, Checkpoint, Package, Unfinished };

/// Device memory in bytes that a model needs with a context of so many tokens.
struct MemoryNeed {
    std::int64_t tokens = 0;
    std::uint64_t bytes = 0;

    bool operator==(const MemoryNeed&) const = default;
};

/// A package that could be made from a checkpoint.
struct PlanSize {
    std::string plan;
    std::uint64_t packageBytes = 0;
    std::uint64_t diskNeeded = 0;  ///< free bytes that making it takes
    std::vector<MemoryNeed> needs; ///< kShownContexts, as far as the model's positions go

    bool operator==(const PlanSize&) const = default;
};

/// What a folder is, found from the headers of its files: milliseconds, whatever the size. A value.
struct FolderReport {
    FolderKind kind = FolderKind::Unusable;
    std::string
        problem; ///< Unusable, or an Unfinished that cannot go on: a sentence with a way out
    std::uint64_t diskBytes = 0; ///< of the files in the folder
    double bitsPerWeight = 0;
    std::string plan;                   ///< Package
    std::uint64_t leastMemory = 0;      ///< bytes of device memory with kLeastContext
    std::vector<MemoryNeed> needs;      ///< as it is
    std::vector<PlanSize> packagePlans; ///< Checkpoint

    bool operator==(const FolderReport&) const = default;
};

/// Whether a folder holds a model that can be loaded: family, presence and size of all files,
/// names, types and shapes of all tensors, a tokenizer. Any thread; never throws, what is wrong is
/// in the report. `activations`: the type that the device will use, for the needs.
FolderReport inspectFolder(const std::filesystem::path& folder, DType activations);

/// The same for the folder of an unfinished package, which is being made from `source`.
FolderReport inspectUnfinished(const std::filesystem::path& folder,
                               const std::filesystem::path& source);

/// A message of the engine as a sentence that stands alone.
std::string sentence(std::string text);

} // namespace phial::app
