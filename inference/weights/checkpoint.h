// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/shape.h"
#include "inference/quant/packed_format.h"
#include "inference/weights/safetensors.h"

#include <array>
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

/// A matrix of a quantized package: planes in place of elements, see docs/package-format.md.
struct PackedTensor {
    quant::PackedFormat format;
    Shape shape; ///< [rows, columns] without padding
    quant::PackedRow row;
    std::array<const StoredTensor*, 3> planes = {}; ///< codes, groups, rows; the last may be null
    const StoredTensor* columnScale = nullptr;      ///< F16 [padded columns]; null = all ones
};

/// One tensor of a checkpoint under its canonical name (Microsoft's). Borrowed from a Checkpoint,
/// valid as long as that lives.
struct TensorEntry {
    std::string name; ///< canonical; StoredTensor::name is the one in the file
    const StoredTensor* stored = nullptr;
    const SafetensorsFile* file = nullptr;
    const PackedTensor* packed =
        nullptr; ///< null for an ordinary tensor; else `stored` are its codes

    StoredType type() const { return stored->type; }

    const Shape& shape() const { return packed != nullptr ? packed->shape : stored->shape; }

    /// As stored, all planes of a packed one.
    std::size_t bytes() const;

    /// Extent of the first axis; 1 for a scalar.
    std::int64_t rows() const;

    /// Elements of one row.
    std::int64_t rowElements() const;
};

/// What the list of a package says about a packed matrix.
struct PackedDescription {
    std::string name;
    quant::PackedFormat format;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::int64_t paddedColumns = 0;
    bool columnScale = false;
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

    /// A package: its files by name, and the matrices among their tensors that are packed. Throws
    /// Error{BadCheckpoint} naming the file and plane that is missing or of another size than
    /// described. package::openCheckpoint() reads the description.
    Checkpoint(std::filesystem::path folder, const std::vector<std::string>& files,
               const std::vector<PackedDescription>& packed);

    const std::filesystem::path& folder() const { return m_folder; }

    /// The tensor with that canonical name, or nullptr.
    const TensorEntry* find(std::string_view name) const;

    /// The tensor with that canonical name, a float type or packed, and that shape; for a packed
    /// one all axes but the first count as columns. Throws Error{BadCheckpoint} naming file,
    /// tensor, expected and found.
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

    /// The column scale of a packed matrix, [columns]; empty for all ones and for other tensors.
    static std::vector<float> readColumnScale(const TensorEntry& entry);

    /// A whole small tensor (norms, biases) widened to fp32.
    static std::vector<float> readAll(const TensorEntry& entry);

private:
    void addFile(const std::filesystem::path& path);
    void addSharded(const std::filesystem::path& index);
    void addAdapter(std::string_view adapter);
    void add(TensorEntry entry);

    std::filesystem::path m_folder;
    std::vector<std::unique_ptr<SafetensorsFile>> m_files; ///< entries point into them
    std::vector<std::unique_ptr<PackedTensor>> m_packed;
    std::map<std::string, TensorEntry, std::less<>> m_tensors;
};

} // namespace phial::weights
