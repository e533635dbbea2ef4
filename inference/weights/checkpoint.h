// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/weights/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

/// One tensor of a checkpoint under its canonical name (Microsoft's). Borrowed from a Checkpoint,
/// valid as long as that lives.
struct TensorEntry {
    std::string name; ///< canonical; StoredTensor::name is the one in the file
    const StoredTensor* stored = nullptr;
    const SafetensorsFile* file = nullptr;

    StoredType type() const { return stored->type; }

    const Shape& shape() const { return stored->shape; }

    std::size_t bytes() const { return stored->bytes; }

    /// Extent of the first axis; 1 for a scalar.
    std::int64_t rows() const;

    /// Elements of one row.
    std::int64_t rowElements() const;
};

/// A model folder: `model.safetensors`, or `model.safetensors.index.json` and its shards; adapters
/// either among them (Microsoft's layout) or in `speech-lora/` and `vision-lora/` (PEFT). Names of
/// all known layouts are mapped to Microsoft's. Opening reads headers only; weights are read in
/// pieces by pread, so that host memory stays bounded and a file that is cut meanwhile gives an
/// Error. Move-only; const calls are thread-safe.
class Checkpoint {
public:
    /// Throws Error{FileUnreadable} when `folder` is no folder, Error{BadCheckpoint} with all
    /// missing files when it is incomplete, and whatever SafetensorsFile throws.
    explicit Checkpoint(std::filesystem::path folder);

    const std::filesystem::path& folder() const { return m_folder; }

    /// The tensor with that canonical name, or nullptr.
    const TensorEntry* find(std::string_view name) const;

    /// The tensor with that canonical name, a float type and that shape. Throws
    /// Error{BadCheckpoint} naming file, tensor, expected and found.
    const TensorEntry& require(std::string_view name, const Shape& shape) const;

    /// Whether any canonical name starts with `prefix`.
    bool hasPrefix(std::string_view prefix) const;

    /// Smallest n such that no tensor starts with prefix + "n." : the number of layers.
    int countLayers(std::string_view prefix) const;

    const std::map<std::string, TensorEntry, std::less<>>& tensors() const { return m_tensors; }

    /// Elements of all tensors.
    std::int64_t parameters() const;

    /// Bytes `first` .. first + out.size() of the tensor as stored. Throws Error{FileUnreadable}.
    static void readBytes(const TensorEntry& entry, std::size_t first, std::span<std::byte> out);

    /// Elements `first` .. first + out.size() widened to fp32, in pieces of 256 KiB. Throws
    /// Error{FileUnreadable}, Error{BadCheckpoint} for a type that is not F32, F16 or BF16.
    static void readFloats(const TensorEntry& entry, std::int64_t first, std::span<float> out);

    /// Rows `firstRow` .. firstRow + out.size() / rowElements() widened to fp32.
    static void readRows(const TensorEntry& entry, std::int64_t firstRow, std::span<float> out);

    /// A whole small tensor (norms, biases) widened to fp32.
    static std::vector<float> readAll(const TensorEntry& entry);

private:
    void addFile(const std::filesystem::path& path);
    void addSharded(const std::filesystem::path& index);
    void addAdapter(std::string_view adapter);
    void add(TensorEntry entry);

    std::filesystem::path m_folder;
    std::vector<std::unique_ptr<SafetensorsFile>> m_files; ///< entries point into them
    std::map<std::string, TensorEntry, std::less<>> m_tensors;
};

} // namespace phial::weights
