// SPDX-License-Identifier: MIT
#include "inference/weights/checkpoint.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "inference/weights/json_file.h"
#include "inference/weights/tensor_names.h"

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace phial::weights {

namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} << 10;
constexpr std::size_t kLargestIndex = std::size_t{64} << 20;
constexpr std::size_t kMostNamesInMessage = 5;

bool isFile(const std::filesystem::path& path) {
    std::error_code ignored;
    return std::filesystem::is_regular_file(path, ignored);
}

/// Shard file -> stored tensor names, from `weight_map`.
std::map<std::string, std::vector<std::string>> readIndex(const std::filesystem::path& path) {
    const nlohmann::json root = readJsonFile(path, kLargestIndex);
    const auto found = root.find("weight_map");
    if (found == root.end() || !found->is_object() || found->empty()) {
        throw Error(ErrorCode::BadCheckpoint, path.string() + " has no weight_map");
    }
    std::map<std::string, std::vector<std::string>> shards;
    for (const auto& [tensor, shard] : found->items()) {
        const std::string name = shard.is_string() ? shard.get<std::string>() : "";
        // A file beside the index, never a path to somewhere else.
        if (name.empty() || name == "." || name == ".." ||
            name.find_first_of(std::string("/\\\0", 3)) != std::string::npos) {
            throw Error(ErrorCode::BadCheckpoint, path.string() + ": tensor '" +
                                                      tensor.substr(0, 200) +
                                                      "' needs the name of a file in this folder");
        }
        shards[name].push_back(tensor);
    }
    return shards;
}

/// Widens `count` 16-bit elements at `in`.
void widen(StoredType type, const std::byte* in, std::size_t count, float* out) {
    for (std::size_t i = 0; i < count; ++i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, in + i * sizeof(bits), sizeof(bits));
        out[i] = type == StoredType::BF16 ? bf16ToFloat(bits) : halfToFloat(bits);
    }
}

void checkWeightType(const TensorEntry& entry) {
    if (!isWeightType(entry.type())) {
        throw Error(ErrorCode::BadCheckpoint, entry.file->path().string() + ": tensor '" +
                                                  entry.stored->name + "' has the type " +
                                                  std::string(storedTypeName(entry.type())) +
                                                  "; F32, F16 or BF16 is needed");
    }
}

} // namespace

std::size_t TensorEntry::bytes() const {
    if (packed == nullptr) {
        return stored->bytes;
    }
    std::size_t sum = packed->columnScale == nullptr ? 0 : packed->columnScale->bytes;
    for (const StoredTensor* plane : packed->planes) {
        sum += plane == nullptr ? 0 : plane->bytes;
    }
    return sum;
}

std::int64_t TensorEntry::rows() const {
    return shape().rank() == 0 ? 1 : shape()[0];
}

std::int64_t TensorEntry::rowElements() const {
    std::int64_t elements = 1;
    for (int axis = 1; axis < shape().rank(); ++axis) {
        elements *= shape()[axis];
    }
    return elements;
}

Checkpoint::Checkpoint(std::filesystem::path folder)
    : m_folder(std::move(folder)) {
    std::error_code problem;
    if (!std::filesystem::is_directory(m_folder, problem)) {
        throw Error(ErrorCode::FileUnreadable, "there is no model folder " + m_folder.string() +
                                                   (problem ? " (" + problem.message() + ")" : ""));
    }
    const std::filesystem::path single = m_folder / "model.safetensors";
    const std::filesystem::path index = m_folder / "model.safetensors.index.json";
    if (isFile(single)) {
        addFile(single);
    } else if (isFile(index)) {
        addSharded(index);
    } else {
        throw Error(ErrorCode::BadCheckpoint,
                    m_folder.string() +
                        " holds neither model.safetensors nor model.safetensors.index.json; choose "
                        "the folder that holds the weights in safetensors form");
    }
    addAdapter("speech");
    addAdapter("vision");
}

Checkpoint::Checkpoint(std::filesystem::path folder, const std::vector<std::string>& files,
                       const std::vector<PackedDescription>& packed)
    : m_folder(std::move(folder)) {
    struct Place {
        const StoredTensor* stored;
        const SafetensorsFile* file;
    };

    std::map<std::string, Place, std::less<>> places;
    for (const std::string& name : files) {
        m_files.push_back(std::make_unique<SafetensorsFile>(m_folder / name));
        for (const StoredTensor& tensor : m_files.back()->tensors()) {
            if (!tensor.name.starts_with("__padding.")) {
                places[tensor.name] = {&tensor, m_files.back().get()};
            }
        }
    }
    for (const PackedDescription& described : packed) {
        PackedTensor& matrix = *m_packed.emplace_back(std::make_unique<PackedTensor>());
        matrix.format = described.format;
        matrix.shape = Shape{described.rows, described.columns};
        matrix.row = quant::packedRow(described.format, described.paddedColumns);
        const SafetensorsFile* file = nullptr;
        const auto take = [&](const std::string& suffix, StoredType type, std::int64_t bytes) {
            const auto found = places.find(described.name + suffix);
            const bool fits = found != places.end() && found->second.stored->type == type &&
                              std::cmp_equal(found->second.stored->bytes, bytes) &&
                              (file == nullptr || file == found->second.file);
            if (!fits) {
                throw Error(ErrorCode::BadCheckpoint,
                            m_folder.string() + ": the plane '" + described.name + suffix +
                                "' is missing or not of the form that the package describes; "
                                "restore the package or quantize again");
            }
            const StoredTensor* stored = found->second.stored;
            file = found->second.file;
            places.erase(found);
            return stored;
        };
        const bool sq = described.format.coding == quant::Coding::Sq;
        const std::int64_t rowBytes = described.rows * 4;
        matrix.planes[0] = take(".codes", StoredType::I32, rowBytes * matrix.row.codeWords);
        matrix.planes[1] = take(".groups", sq ? StoredType::U8 : StoredType::F16,
                                rowBytes * matrix.row.groupWords);
        if (sq) {
            matrix.planes[2] = take(".rows", StoredType::F16, rowBytes);
        }
        if (described.columnScale) {
            matrix.columnScale = take(".columns", StoredType::F16, described.paddedColumns * 2);
        }
        add({.name = described.name, .stored = matrix.planes[0], .file = file, .packed = &matrix});
    }
    for (const auto& [name, place] : places) {
        add({.name = canonicalTensorName(name), .stored = place.stored, .file = place.file});
    }
}

void Checkpoint::add(TensorEntry entry) {
    std::string name = entry.name;
    const auto [place, fresh] = m_tensors.emplace(std::move(name), std::move(entry));
    if (!fresh) {
        throw Error(ErrorCode::BadCheckpoint, m_folder.string() + " holds tensor '" +
                                                  place->first.substr(0, 200) + "' twice");
    }
}

void Checkpoint::addFile(const std::filesystem::path& path) {
    m_files.push_back(std::make_unique<SafetensorsFile>(path));
    for (const StoredTensor& tensor : m_files.back()->tensors()) {
        add({.name = canonicalTensorName(tensor.name),
             .stored = &tensor,
             .file = m_files.back().get()});
    }
}

void Checkpoint::addSharded(const std::filesystem::path& index) {
    const auto shards = readIndex(index);
    std::string missing;
    std::size_t count = 0;
    for (const auto& [name, tensors] : shards) {
        if (!isFile(m_folder / name) && ++count <= kMostNamesInMessage) {
            missing += (count > 1 ? ", " : "") + name.substr(0, 200);
        }
    }
    if (count > 0) {
        throw Error(ErrorCode::BadCheckpoint,
                    "the model in " + m_folder.string() + " is incomplete, " +
                        std::to_string(count) + " of " + std::to_string(shards.size()) +
                        " files are missing: " + missing +
                        (count > kMostNamesInMessage ? ", ..." : "") + "; copy them there");
    }
    for (const auto& [name, tensors] : shards) {
        m_files.push_back(std::make_unique<SafetensorsFile>(m_folder / name));
        const SafetensorsFile& file = *m_files.back();
        for (const std::string& tensor : tensors) {
            const StoredTensor* stored = file.find(tensor);
            if (stored == nullptr) {
                throw Error(ErrorCode::BadCheckpoint,
                            file.path().string() + " lacks tensor '" + tensor.substr(0, 200) +
                                "', which model.safetensors.index.json expects there");
            }
            add({.name = canonicalTensorName(tensor), .stored = stored, .file = &file});
        }
    }
}

void Checkpoint::addAdapter(std::string_view adapter) {
    const std::string marker = ".lora_A." + std::string(adapter) + ".";
    const bool inMainFiles =
        std::any_of(m_tensors.begin(), m_tensors.end(), [&](const auto& entry) {
            return entry.first.find(marker) != std::string::npos;
        });
    const std::filesystem::path path =
        m_folder / (std::string(adapter) + "-lora") / "adapter_model.safetensors";
    if (inMainFiles || !isFile(path)) {
        return;
    }
    m_files.push_back(std::make_unique<SafetensorsFile>(path));
    for (const StoredTensor& tensor : m_files.back()->tensors()) {
        std::string name = canonicalAdapterName(tensor.name, adapter);
        if (name.find(".lora_") == std::string::npos) {
            continue; // a PEFT file may carry other saved modules
        }
        add({.name = std::move(name), .stored = &tensor, .file = m_files.back().get()});
    }
}

const TensorEntry* Checkpoint::find(std::string_view name) const {
    const auto found = m_tensors.find(name);
    return found == m_tensors.end() ? nullptr : &found->second;
}

const TensorEntry& Checkpoint::require(std::string_view name, const Shape& shape) const {
    const TensorEntry* entry = find(name);
    if (entry == nullptr) {
        throw Error(ErrorCode::BadCheckpoint, "the model in " + m_folder.string() +
                                                  " lacks tensor '" + std::string(name) + "' " +
                                                  shape.text());
    }
    bool fits = entry->shape() == shape;
    if (entry->packed != nullptr) {
        fits = shape.rank() > 0 && entry->rows() == shape[0] &&
               entry->rowElements() * shape[0] == shape.elements();
    } else {
        checkWeightType(*entry);
    }
    if (!fits) {
        throw Error(ErrorCode::BadCheckpoint, entry->file->path().string() + ": tensor '" +
                                                  entry->stored->name + "' has the shape " +
                                                  entry->shape().text() + "; config.json needs " +
                                                  shape.text());
    }
    return *entry;
}

bool Checkpoint::hasPrefix(std::string_view prefix) const {
    const auto found = m_tensors.lower_bound(prefix);
    return found != m_tensors.end() && std::string_view(found->first).starts_with(prefix);
}

int Checkpoint::countLayers(std::string_view prefix) const {
    int layers = 0;
    while (hasPrefix(std::string(prefix) + std::to_string(layers) + ".")) {
        ++layers;
    }
    return layers;
}

std::int64_t Checkpoint::parameters() const {
    std::int64_t count = 0;
    for (const auto& [name, entry] : m_tensors) {
        count += entry.shape().elements();
    }
    return count;
}

void Checkpoint::readBytes(const TensorEntry& entry, std::size_t first, std::span<std::byte> out) {
    entry.file->read(*entry.stored, first, out);
}

void Checkpoint::readFloats(const TensorEntry& entry, std::int64_t first, std::span<float> out) {
    checkWeightType(entry);
    check(first >= 0, "reading before the start of a tensor");
    const auto width = static_cast<std::size_t>(storedTypeBytes(entry.type()));
    std::size_t offset = static_cast<std::size_t>(first) * width;
    if (entry.type() == StoredType::F32) {
        readBytes(entry, offset, std::as_writable_bytes(out));
        return;
    }
    std::vector<std::byte> piece(std::min(kPieceBytes, out.size() * width));
    while (!out.empty()) {
        const std::size_t count = std::min(out.size(), piece.size() / width);
        const std::span<std::byte> bytes = std::span(piece).first(count * width);
        readBytes(entry, offset, bytes);
        widen(entry.type(), bytes.data(), count, out.data());
        out = out.subspan(count);
        offset += count * width;
    }
}

void Checkpoint::readRows(const TensorEntry& entry, std::int64_t firstRow, std::span<float> out) {
    readFloats(entry, firstRow * entry.rowElements(), out);
}

std::vector<float> Checkpoint::readColumnScale(const TensorEntry& entry) {
    if (entry.packed == nullptr || entry.packed->columnScale == nullptr) {
        return {};
    }
    const StoredTensor& plane = *entry.packed->columnScale;
    std::vector<std::byte> raw(plane.bytes);
    entry.file->read(plane, 0, raw);
    std::vector<float> scale(static_cast<std::size_t>(entry.rowElements()));
    widen(StoredType::F16, raw.data(), scale.size(), scale.data());
    return scale;
}

std::vector<float> Checkpoint::readAll(const TensorEntry& entry) {
    checkWeightType(entry);
    std::vector<float> values(entry.bytes() /
                              static_cast<std::size_t>(storedTypeBytes(entry.type())));
    readFloats(entry, 0, values);
    return values;
}

} // namespace phial::weights
