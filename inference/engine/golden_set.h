// SPDX-License-Identifier: MIT
#pragma once

#include "inference/weights/safetensors.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace phial {

/// One case of a golden folder: its entry in golden.json and its tensors, read when asked for.
class GoldenCase {
public:
    /// `file` as written in the manifest, under `folder`. Throws Error{FileUnreadable,
    /// BadCheckpoint}.
    GoldenCase(std::string name, nlohmann::json info, const std::filesystem::path& folder);

    const std::string& name() const { return m_name; }

    const nlohmann::json& info() const { return m_info; }

    std::string kind() const { return m_info.value("kind", ""); }

    bool has(std::string_view tensor) const { return m_file->find(tensor) != nullptr; }

    /// Names of all tensors.
    std::vector<std::string> tensors() const;

    /// Values of a tensor of any stored number type. Throws Error{BadCheckpoint} when there is none
    /// of that name.
    std::vector<float> floats(std::string_view tensor) const;
    std::vector<std::int32_t> ints(std::string_view tensor) const;
    const Shape& shape(std::string_view tensor) const;

private:
    const weights::StoredTensor& require(std::string_view tensor) const;

    std::string m_name;
    nlohmann::json m_info;
    std::unique_ptr<weights::SafetensorsFile> m_file;
};

/// A golden folder: manifest and cases.
class GoldenSet {
public:
    /// Throws Error{FileUnreadable, BadCheckpoint} for a missing or broken manifest.
    explicit GoldenSet(std::filesystem::path folder);

    const std::filesystem::path& folder() const { return m_folder; }

    /// Names in the order of the manifest.
    const std::vector<std::string>& names() const { return m_names; }

    /// Opens a case. Throws Error{BadCheckpoint} for an unknown name.
    GoldenCase open(const std::string& name) const;

    /// The manifest's entry of a case.
    const nlohmann::json& info(const std::string& name) const;

    /// A JSON file of the folder, null when it does not exist. Throws Error{BadCheckpoint} when it
    /// is no JSON.
    nlohmann::json json(const std::string& file) const;

private:
    std::filesystem::path m_folder;
    nlohmann::json m_cases;
    std::vector<std::string> m_names;
};

} // namespace phial
