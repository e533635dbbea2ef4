// SPDX-License-Identifier: MIT
#include "inference/package/package_info.h"

#include "inference/weights/safetensors.h"

#include <algorithm>
#include <map>
#include <string_view>

namespace phial::package {

namespace {

struct StoredSize {
    std::uint64_t bytes = 0;
    std::int64_t elements = 0;
};

/// Sizes of all stored tensors by name, from the headers.
std::map<std::string, StoredSize, std::less<>> storedSizes(const std::filesystem::path& folder,
                                                           const Manifest& manifest) {
    std::map<std::string, StoredSize, std::less<>> sizes;
    for (const auto& [name, record] : manifest.files) {
        if (std::filesystem::path(name).extension() != ".safetensors") {
            continue;
        }
        const weights::SafetensorsFile file(folder / name);
        for (const weights::StoredTensor& tensor : file.tensors()) {
            sizes[tensor.name] = {tensor.bytes, tensor.shape.elements()};
        }
    }
    return sizes;
}

} // namespace

PackageInfo readPackageInfo(const std::filesystem::path& folder) {
    PackageInfo info;
    info.manifest = Manifest::load(folder);
    info.bytes = std::filesystem::file_size(folder / kManifestName);
    for (const auto& [name, record] : info.manifest.files) {
        info.bytes += record.bytes;
    }
    const auto stored = storedSizes(folder, info.manifest);
    std::map<std::string_view, PartSize> parts;
    std::map<std::string, SchemeSize> schemes;
    for (const auto& [name, tensor] : info.manifest.tensors) {
        std::uint64_t bytes = 0;
        std::int64_t weights = tensor.rows * tensor.columns;
        for (const auto& [plane, hash] : tensor.sha256) {
            if (const auto found = stored.find(plane); found != stored.end()) {
                bytes += found->second.bytes;
                weights = tensor.scheme.quantized() ? weights : found->second.elements;
            }
        }
        info.tensorBytes[name] = bytes;
        PartSize& part = parts[partOf(name)];
        part.weights += weights;
        part.packageBytes += bytes;
        SchemeSize& scheme = schemes[schemeName(tensor.scheme)];
        ++scheme.tensors;
        scheme.bytes += bytes;
    }
    for (const std::string_view name : partNames()) {
        if (const auto found = parts.find(name); found != parts.end()) {
            found->second.part = name;
            info.parts.push_back(found->second);
        }
    }
    for (auto& [name, scheme] : schemes) {
        scheme.scheme = name;
        info.schemes.push_back(scheme);
    }
    std::sort(info.schemes.begin(), info.schemes.end(),
              [](const SchemeSize& a, const SchemeSize& b) { return a.bytes > b.bytes; });
    return info;
}

} // namespace phial::package
