// SPDX-License-Identifier: MIT
#include "inference/engine/golden_set.h"

#include "inference/base/error.h"
#include "inference/base/half.h"

#include <cstring>
#include <fstream>
#include <span>
#include <system_error>
#include <utility>

namespace phial {
namespace {

using weights::StoredType;

template <class T>
double numberAt(std::span<const std::byte> bytes, std::size_t index) {
    T value;
    std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
    return static_cast<double>(value);
}

double numberAt(std::span<const std::byte> bytes, StoredType type, std::size_t index) {
    const auto half = [&] {
        return static_cast<std::uint16_t>(numberAt<std::uint16_t>(bytes, index));
    };
    switch (type) {
    case StoredType::F32:
        return numberAt<float>(bytes, index);
    case StoredType::F64:
        return numberAt<double>(bytes, index);
    case StoredType::F16:
        return static_cast<double>(halfToFloat(half()));
    case StoredType::BF16:
        return static_cast<double>(bf16ToFloat(half()));
    case StoredType::I64:
        return numberAt<std::int64_t>(bytes, index);
    case StoredType::I32:
        return numberAt<std::int32_t>(bytes, index);
    case StoredType::I16:
        return numberAt<std::int16_t>(bytes, index);
    case StoredType::I8:
        return numberAt<std::int8_t>(bytes, index);
    case StoredType::U8:
    case StoredType::Bool:
        return numberAt<std::uint8_t>(bytes, index);
    }
    return 0;
}

template <class T>
std::vector<T> valuesOf(const weights::SafetensorsFile& file, const weights::StoredTensor& tensor) {
    std::vector<std::byte> bytes(tensor.bytes);
    file.read(tensor, 0, bytes);
    std::vector<T> values(static_cast<std::size_t>(tensor.shape.elements()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<T>(numberAt(bytes, tensor.type, i));
    }
    return values;
}

} // namespace

GoldenCase::GoldenCase(std::string name, nlohmann::json info, const std::filesystem::path& folder)
    : m_name(std::move(name))
    , m_info(std::move(info))
    , m_file(std::make_unique<weights::SafetensorsFile>(folder /
                                                        m_info.value("file", std::string()))) {}

std::vector<std::string> GoldenCase::tensors() const {
    std::vector<std::string> names;
    for (const weights::StoredTensor& tensor : m_file->tensors()) {
        names.push_back(tensor.name);
    }
    return names;
}

const weights::StoredTensor& GoldenCase::require(std::string_view tensor) const {
    const weights::StoredTensor* found = m_file->find(tensor);
    if (found == nullptr) {
        throw Error(ErrorCode::BadCheckpoint, m_file->path().string() + ": expected a tensor \"" +
                                                  std::string(tensor) + "\", found none");
    }
    return *found;
}

std::vector<float> GoldenCase::floats(std::string_view tensor) const {
    return valuesOf<float>(*m_file, require(tensor));
}

std::vector<std::int32_t> GoldenCase::ints(std::string_view tensor) const {
    return valuesOf<std::int32_t>(*m_file, require(tensor));
}

const Shape& GoldenCase::shape(std::string_view tensor) const {
    return require(tensor).shape;
}

GoldenSet::GoldenSet(std::filesystem::path folder)
    : m_folder(std::move(folder)) {
    const nlohmann::json manifest = json("golden.json");
    if (!manifest.is_object() || !manifest.contains("cases") || !manifest["cases"].is_object()) {
        throw Error(
            ErrorCode::BadCheckpoint,
            (m_folder / "golden.json").string() +
                ": expected an object with \"cases\", found none; is this a golden folder?");
    }
    m_cases = manifest["cases"];
    for (const auto& [name, info] : m_cases.items()) {
        m_names.push_back(name);
    }
}

GoldenCase GoldenSet::open(const std::string& name) const {
    return {name, info(name), m_folder};
}

const nlohmann::json& GoldenSet::info(const std::string& name) const {
    if (!m_cases.contains(name) || !m_cases[name].is_object()) {
        throw Error(ErrorCode::BadCheckpoint, (m_folder / "golden.json").string() +
                                                  ": expected a case \"" + name + "\", found none");
    }
    return m_cases[name];
}

nlohmann::json GoldenSet::json(const std::string& file) const {
    std::error_code failed;
    if (!std::filesystem::exists(m_folder / file, failed)) {
        return nullptr;
    }
    std::ifstream in(m_folder / file);
    nlohmann::json value = nlohmann::json::parse(in, nullptr, false);
    if (value.is_discarded()) {
        throw Error(ErrorCode::BadCheckpoint, (m_folder / file).string() + ": is no valid JSON");
    }
    return value;
}

} // namespace phial
