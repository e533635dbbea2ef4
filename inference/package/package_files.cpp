// SPDX-License-Identifier: MIT
#include "inference/package/package_files.h"

#include "inference/package/manifest.h"
#include "inference/package/work_journal.h"

#include <algorithm>
#include <array>

namespace phial::package {
namespace {

// The last two are of the transformers port, whose config.json lacks what they say.
constexpr std::array kCopiedFiles = {"config.json",
                                     "generation_config.json",
                                     "preprocessor_config.json",
                                     "processor_config.json",
                                     "tokenizer.json",
                                     "tokenizer_config.json",
                                     "tokenizer.model",
                                     "special_tokens_map.json",
                                     "added_tokens.json",
                                     "vocab.json",
                                     "merges.txt",
                                     "LICENSE",
                                     "speech-lora/adapter_config.json",
                                     "vision-lora/adapter_config.json"};

constexpr std::string_view kWeightsBegin = "model-";
constexpr std::string_view kWeightsEnd = ".safetensors";
constexpr std::size_t kTemporarySuffix = 7; ///< ".XXXXXX"

bool writtenWhole(std::string_view name) {
    return name == kManifestName ||
           std::find(kCopiedFiles.begin(), kCopiedFiles.end(), name) != kCopiedFiles.end();
}

bool isWeightFile(std::string_view name) {
    if (!name.starts_with(kWeightsBegin) || !name.ends_with(kWeightsEnd) ||
        name.size() <= kWeightsBegin.size() + kWeightsEnd.size()) {
        return false;
    }
    const std::string_view number =
        name.substr(kWeightsBegin.size(), name.size() - kWeightsBegin.size() - kWeightsEnd.size());
    return number.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

std::span<const char* const> copiedFiles() {
    return kCopiedFiles;
}

bool isTemporary(std::string_view name) {
    return name.size() > kTemporarySuffix && name[name.size() - kTemporarySuffix] == '.' &&
           writtenWhole(name.substr(0, name.size() - kTemporarySuffix));
}

bool isPackageFile(std::string_view name) {
    return name == WorkJournal::kName || writtenWhole(name) || isWeightFile(name) ||
           isTemporary(name);
}

bool isPackageFolder(std::string_view name) {
    return std::any_of(kCopiedFiles.begin(), kCopiedFiles.end(), [&](std::string_view file) {
        return file.starts_with(name) && file.substr(name.size()).starts_with('/');
    });
}

} // namespace phial::package
