// SPDX-License-Identifier: MIT
#include "inference/package/verify_package.h"

#include "inference/base/error.h"
#include "inference/package/file_hashes.h"
#include "inference/package/manifest.h"
#include "inference/weights/safetensors.h"

#include <utility>

namespace phial::package {

namespace {

namespace fs = std::filesystem;

} // namespace

std::vector<std::string>
verifyPackage(const std::filesystem::path& folder,
              const std::function<void(std::uint64_t done, std::uint64_t total)>& onProgress,
              std::stop_token stop) {
    const Manifest manifest = Manifest::load(folder);
    std::uint64_t total = 0;
    for (const auto& [name, record] : manifest.files) {
        total += record.bytes;
    }
    std::vector<std::string> problems;
    std::uint64_t done = 0;
    for (const auto& [name, record] : manifest.files) {
        const fs::path path = folder / name;
        std::error_code error;
        const std::uint64_t bytes = fs::file_size(path, error);
        if (error) {
            problems.push_back(path.string() + " is missing: " + error.message());
            continue;
        }
        if (bytes != record.bytes) {
            problems.push_back(path.string() + " has " + std::to_string(bytes) +
                               " bytes, expected " + std::to_string(record.bytes));
            continue;
        }
        const auto onBytes = [&](std::uint64_t n) {
            done += n;
            if (onProgress) {
                onProgress(done, total);
            }
        };
        if (hashFile(path, {}, onBytes, stop).whole == record.sha256) {
            continue;
        }
        // Only a damaged file is read a second time, to name the tensor.
        std::string where = "its content";
        if (path.extension() == ".safetensors") {
            where = "its header";
            try {
                const weights::SafetensorsFile file(path);
                std::vector<NamedRange> ranges;
                for (const weights::StoredTensor& tensor : file.tensors()) {
                    ranges.push_back({tensor.name, tensor.offset, tensor.bytes});
                }
                const FileHashes hashes = hashFile(
                    path, ranges, [](std::uint64_t) {}, stop);
                for (const auto& [tensorName, tensor] : manifest.tensors) {
                    for (const auto& [stored, hash] : tensor.sha256) {
                        if (tensor.file == name && hashes.ranges.contains(stored) &&
                            hashes.ranges.at(stored) != hash) {
                            where = (where == "its header" ? "the tensor " : where + ", ") + stored;
                        }
                    }
                }
            } catch (const Error&) {
                where = "its header";
            }
        }
        problems.push_back(path.string() + " does not match its checksum: " + where +
                           " was changed or damaged; quantize again or restore the file");
    }
    return problems;
}

} // namespace phial::package
