// SPDX-License-Identifier: MIT
#include "inference/package/open_checkpoint.h"

#include "inference/base/error.h"
#include "inference/package/manifest.h"

#include <string>
#include <system_error>
#include <vector>

namespace phial::package {
namespace {

void checkSizes(const std::filesystem::path& folder, const Manifest& manifest) {
    for (const auto& [name, record] : manifest.files) {
        std::error_code failed;
        const std::uint64_t bytes = std::filesystem::file_size(folder / name, failed);
        if (failed) {
            throw Error(ErrorCode::BadCheckpoint,
                        "the package in " + folder.string() + " is incomplete: " + name + ": " +
                            failed.message() + "; copy it there or quantize again");
        }
        if (bytes != record.bytes) {
            throw Error(ErrorCode::BadCheckpoint,
                        (folder / name).string() + " has " + std::to_string(bytes) +
                            " bytes, the package needs " + std::to_string(record.bytes) +
                            "; copy it again or quantize again");
        }
    }
}

} // namespace

weights::Checkpoint openCheckpoint(const std::filesystem::path& folder) {
    if (!Manifest::existsIn(folder)) {
        return weights::Checkpoint(folder);
    }
    const Manifest manifest = Manifest::load(folder);
    checkSizes(folder, manifest);
    std::vector<std::string> files;
    for (const auto& [name, record] : manifest.files) {
        if (std::filesystem::path(name).extension() == ".safetensors") {
            files.push_back(name);
        }
    }
    std::vector<weights::PackedDescription> packed;
    for (const auto& [name, tensor] : manifest.tensors) {
        if (tensor.scheme.quantized()) {
            packed.push_back({.name = name,
                              .format = packedFormat(tensor.scheme),
                              .rows = tensor.rows,
                              .columns = tensor.columns,
                              .paddedColumns = tensor.paddedColumns,
                              .columnScale = tensor.scheme.columnScale == ColumnScale::Sinkhorn});
        }
    }
    return weights::Checkpoint(folder, files, packed);
}

} // namespace phial::package
