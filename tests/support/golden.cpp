// SPDX-License-Identifier: MIT
#include "tests/support/golden.h"

#include "inference/base/error.h"
#include "inference/base/half.h"
#include "tests/support/source_root.h"

#include <cstddef>
#include <cstring>

namespace phial::test {

namespace {

using weights::StoredType;

template <typename T, typename Value>
std::vector<Value> elements(const std::vector<std::byte>& raw) {
    std::vector<Value> values(raw.size() / sizeof(T));
    for (std::size_t i = 0; i < values.size(); ++i) {
        T value{};
        std::memcpy(&value, raw.data() + i * sizeof(T), sizeof(T));
        values[i] = static_cast<Value>(value);
    }
    return values;
}

std::vector<std::byte> bytesOf(const weights::SafetensorsFile& file,
                               const weights::StoredTensor& tensor) {
    std::vector<std::byte> raw(tensor.bytes);
    file.read(tensor, 0, raw);
    return raw;
}

} // namespace

std::filesystem::path goldenFolder() {
    return test::sourceRoot() / "tests/golden/phi4mm-tiny";
}

GoldenFile::GoldenFile(const std::string& stem)
    : m_file(goldenFolder() / "cases" / (stem + ".safetensors")) {}

const weights::StoredTensor& GoldenFile::tensor(const std::string& name) const {
    const weights::StoredTensor* found = m_file.find(name);
    check(found != nullptr, "no golden tensor '" + name + "' in " + m_file.path().string());
    return *found;
}

bool GoldenFile::has(const std::string& name) const {
    return m_file.find(name) != nullptr;
}

Shape GoldenFile::shape(const std::string& name) const {
    return tensor(name).shape;
}

std::vector<float> GoldenFile::floats(const std::string& name) const {
    const weights::StoredTensor& stored = tensor(name);
    const std::vector<std::byte> raw = bytesOf(m_file, stored);
    if (stored.type == StoredType::F32) {
        return elements<float, float>(raw);
    }
    check(stored.type == StoredType::BF16 || stored.type == StoredType::F16,
          "golden tensor '" + name + "' holds no floats");
    std::vector<float> values;
    for (const auto bits : elements<std::uint16_t, std::uint16_t>(raw)) {
        values.push_back(stored.type == StoredType::BF16 ? bf16ToFloat(bits) : halfToFloat(bits));
    }
    return values;
}

std::vector<std::int64_t> GoldenFile::integers(const std::string& name) const {
    const weights::StoredTensor& stored = tensor(name);
    const std::vector<std::byte> raw = bytesOf(m_file, stored);
    switch (stored.type) {
    case StoredType::U8:
    case StoredType::Bool:
        return elements<std::uint8_t, std::int64_t>(raw);
    case StoredType::I16:
        return elements<std::int16_t, std::int64_t>(raw);
    case StoredType::I32:
        return elements<std::int32_t, std::int64_t>(raw);
    case StoredType::I64:
        return elements<std::int64_t, std::int64_t>(raw);
    default:
        check(false, "golden tensor '" + name + "' holds no whole numbers");
        return {};
    }
}

} // namespace phial::test
