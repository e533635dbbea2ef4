// SPDX-License-Identifier: MIT
#include "inference/package/layout.h"

#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

namespace phial::package {

namespace {

constexpr std::uint64_t kFileBytes = 2'000'000'000;
constexpr std::uint64_t kAlignment = 16;

constexpr std::string_view kDecoder = "decoder";
constexpr std::string_view kTables = "embedding and head";
constexpr std::string_view kSpeechAdapter = "speech adapter";
constexpr std::string_view kVisionAdapter = "vision adapter";
constexpr std::string_view kVisionEncoder = "vision encoder";
constexpr std::string_view kAudioEncoder = "audio encoder";

std::uint64_t aligned(std::uint64_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

const char* dtypeText(weights::StoredType type) {
    switch (type) {
    case weights::StoredType::F32:
        return "F32";
    case weights::StoredType::F16:
        return "F16";
    case weights::StoredType::BF16:
        return "BF16";
    default:
        return nullptr;
    }
}

/// "….lora_A.speech.weight" -> "….base_layer.weight", else empty.
std::string baseOfFactorA(const std::string& name) {
    const auto at = name.find(".lora_A.");
    return at == std::string::npos ? std::string() : name.substr(0, at) + ".base_layer.weight";
}

/// Order in the source files, which is the order of loading; adapters after all bases.
bool before(const PackedTensor& a, const PackedTensor& b) {
    const auto key = [](const PackedTensor& t) {
        return std::tuple(!t.dividedBy.empty(), t.source->file->path().string(),
                          t.source->stored->offset);
    };
    return key(a) < key(b);
}

/// Fills offsets and the header of one file. Data offsets of a safetensors header count from its
/// end and leave no holes, so that every reader accepts the file; padding is a tensor of its own.
void closeFile(LayoutFile& file, std::vector<Placement*>& members) {
    nlohmann::ordered_json header;
    header["__metadata__"] = {{"format", "phial-package"}};
    std::uint64_t at = 0;
    std::vector<std::uint64_t> offsets;
    int paddings = 0;
    for (const Placement* placement : members) {
        offsets.push_back(at);
        header[placement->name] = {{"dtype", placement->dtype},
                                   {"shape", placement->shape},
                                   {"data_offsets", {at, at + placement->bytes}}};
        at += placement->bytes;
        if (const std::uint64_t next = aligned(at); next != at) {
            header["__padding." + std::to_string(paddings++)] = {
                {"dtype", "U8"}, {"shape", {next - at}}, {"data_offsets", {at, next}}};
            at = next;
        }
    }
    std::string text = header.dump();
    text.append(aligned(text.size() + 8) - text.size() - 8, ' ');
    const std::uint64_t length = text.size();
    file.header.resize(8);
    std::memcpy(file.header.data(), &length, 8);
    file.header += text;
    file.bytes = file.header.size() + at;
    for (std::size_t i = 0; i < members.size(); ++i) {
        members[i]->offset = file.header.size() + offsets[i];
    }
    members.clear();
}

} // namespace

Layout makeLayout(const weights::Checkpoint& checkpoint, const weights::ModelConfig& config,
                  const Plan& plan) {
    Layout layout;
    const int visionLayers = config.vision ? config.vision->layers : 0;
    for (const auto& [name, entry] : checkpoint.tensors()) {
        layout.sourceBytes += entry.bytes();
        const Scheme scheme = plan.schemeFor(name, entry.shape().extents());
        if (Plan::unused(name, visionLayers) || scheme.kind == SchemeKind::Omit) {
            continue;
        }
        const char* type = dtypeText(entry.type());
        if (type == nullptr) {
            throw Error(ErrorCode::BadCheckpoint, entry.file->path().string() + ": the tensor " +
                                                      name + " is not stored as F32, F16 or BF16");
        }
        PackedTensor tensor;
        tensor.source = &entry;
        tensor.scheme = scheme;
        if (tensor.scheme.quantized()) {
            tensor.rows = entry.rows();
            tensor.columns = entry.rowElements();
            for (const Plane& plane : planesOf(tensor.rows, tensor.columns, tensor.scheme)) {
                tensor.stored.push_back(
                    {name + plane.suffix, plane.dtype, plane.shape, 0, 0, plane.bytes});
            }
        } else {
            tensor.stored.push_back({name, type, entry.shape().extents(), 0, 0, entry.bytes()});
        }
        layout.weights += entry.shape().elements();
        layout.tensors.push_back(std::move(tensor));
    }
    std::map<std::string, ColumnScale> scales;
    for (const PackedTensor& tensor : layout.tensors) {
        scales[tensor.source->name] = tensor.scheme.columnScale;
    }
    for (PackedTensor& tensor : layout.tensors) {
        const std::string base = baseOfFactorA(tensor.source->name);
        if (const auto found = scales.find(base);
            found != scales.end() && found->second == ColumnScale::Sinkhorn) {
            tensor.dividedBy = base;
        }
    }
    std::sort(layout.tensors.begin(), layout.tensors.end(), before);

    std::vector<Placement*> members;
    std::uint64_t inFile = 0;
    for (PackedTensor& tensor : layout.tensors) {
        std::uint64_t bytes = 0;
        for (const Placement& placement : tensor.stored) {
            bytes += aligned(placement.bytes);
        }
        if (layout.files.empty() || (inFile + bytes > kFileBytes && inFile > 0)) {
            if (!layout.files.empty()) {
                closeFile(layout.files.back(), members);
            }
            std::string number = std::to_string(layout.files.size() + 1);
            number.insert(0, 5 - std::min<std::size_t>(5, number.size()), '0');
            layout.files.push_back({"model-" + number + ".safetensors", {}, 0});
            inFile = 0;
        }
        inFile += bytes;
        for (Placement& placement : tensor.stored) {
            placement.file = layout.files.size() - 1;
            members.push_back(&placement);
        }
    }
    if (!layout.files.empty()) {
        closeFile(layout.files.back(), members);
    }
    for (const LayoutFile& file : layout.files) {
        layout.packageBytes += file.bytes;
    }
    return layout;
}

std::string_view partOf(std::string_view name) {
    const auto has = [name](std::string_view part) {
        return name.find(part) != std::string_view::npos;
    };
    if (has(".lora_")) {
        return has(".speech.") ? kSpeechAdapter : kVisionAdapter;
    }
    if (has("image_embed")) {
        return kVisionEncoder;
    }
    if (has("audio_embed")) {
        return kAudioEncoder;
    }
    return name == "model.embed_tokens.weight" || name == "lm_head.weight" ? kTables : kDecoder;
}

std::span<const std::string_view> partNames() {
    static constexpr std::array kNames = {kDecoder,       kTables,        kSpeechAdapter,
                                          kVisionAdapter, kVisionEncoder, kAudioEncoder};
    return kNames;
}

std::uint64_t diskNeeded(const Layout& layout) {
    return layout.packageBytes + layout.packageBytes / 10 + (16U << 20);
}

std::vector<PartSize> partSizes(const Layout& layout) {
    std::vector<PartSize> parts;
    for (const std::string_view name : partNames()) {
        PartSize part;
        part.part = name;
        for (const PackedTensor& tensor : layout.tensors) {
            if (partOf(tensor.source->name) == name) {
                part.weights += tensor.source->shape().elements();
                part.sourceBytes += tensor.source->bytes();
                for (const Placement& placement : tensor.stored) {
                    part.packageBytes += placement.bytes;
                }
            }
        }
        if (part.weights > 0) {
            parts.push_back(part);
        }
    }
    return parts;
}

} // namespace phial::package
