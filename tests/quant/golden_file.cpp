// SPDX-License-Identifier: MIT
#include "tests/quant/golden_file.h"

#include "inference/base/half.h"
#include "tests/support/source_root.h"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace phial::quant {

GoldenFile readGolden(const std::string& name) {
    const std::string path =
        test::sourceRoot().string() + "/tests/golden/quantization/" + name + ".safetensors";
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw std::runtime_error("cannot open " + path);
    }
    const std::vector<char> raw{std::istreambuf_iterator<char>(in), {}};
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, raw.data(), 8);
    const auto header = nlohmann::json::parse(
        raw.begin() + 8, raw.begin() + 8 + static_cast<std::ptrdiff_t>(headerBytes));
    GoldenFile file;
    for (const auto& [key, entry] : header.items()) {
        if (key == "__metadata__") {
            file.info = nlohmann::json::parse(entry.value("info", "{}"));
            continue;
        }
        GoldenTensor tensor;
        tensor.shape = entry["shape"].get<std::vector<std::int64_t>>();
        const auto begin = 8 + headerBytes + entry["data_offsets"][0].get<std::uint64_t>();
        const auto end = 8 + headerBytes + entry["data_offsets"][1].get<std::uint64_t>();
        const std::string type = entry["dtype"];
        const auto read = [&]<class T>(T, auto convert) {
            for (auto at = begin; at < end; at += sizeof(T)) {
                T value;
                std::memcpy(&value, raw.data() + at, sizeof(T));
                tensor.values.push_back(convert(value));
            }
        };
        if (type == "F32") {
            read(float{}, [](float v) { return v; });
        } else if (type == "F16") {
            read(std::uint16_t{}, [](std::uint16_t v) { return halfToFloat(v); });
        } else if (type == "BF16") {
            read(std::uint16_t{}, [](std::uint16_t v) { return bf16ToFloat(v); });
        } else if (type == "U8") {
            read(std::uint8_t{}, [](std::uint8_t v) { return static_cast<float>(v); });
        } else if (type == "I8") {
            read(std::int8_t{}, [](std::int8_t v) { return static_cast<float>(v); });
        } else if (type == "F64") {
            read(double{}, [](double v) { return static_cast<float>(v); });
        } else if (type == "I32") {
            tensor.words.resize((end - begin) / 4);
            std::memcpy(tensor.words.data(), raw.data() + begin, end - begin);
        } else {
            throw std::runtime_error(path + ": type " + type);
        }
        file.tensors[key] = std::move(tensor);
    }
    return file;
}

} // namespace phial::quant
