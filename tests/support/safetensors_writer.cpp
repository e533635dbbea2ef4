// SPDX-License-Identifier: MIT
#include "tests/support/safetensors_writer.h"

#include "inference/base/error.h"
#include "inference/weights/safetensors.h"

#include <nlohmann/json.hpp>

#include <array>
#include <bit>
#include <cstdint>
#include <fstream>

namespace phial::test {

namespace {

void writeHeader(std::ofstream& out, const std::string& header) {
    const auto length =
        std::bit_cast<std::array<char, 8>>(static_cast<std::uint64_t>(header.size()));
    out.write(length.data(), length.size());
    out.write(header.data(), static_cast<std::streamsize>(header.size()));
}

} // namespace

void writeSafetensors(const std::filesystem::path& path, const std::vector<WrittenTensor>& tensors,
                      const std::string& metadataJson) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadataJson.empty()) {
        header["__metadata__"] = nlohmann::ordered_json::parse(metadataJson);
    }
    std::size_t offset = 0;
    for (const WrittenTensor& tensor : tensors) {
        header[tensor.name] = {{"dtype", weights::storedTypeName(tensor.type)},
                               {"shape", tensor.shape.extents()},
                               {"data_offsets", {offset, offset + tensor.data.size()}}};
        offset += tensor.data.size();
    }
    std::ofstream out(path, std::ios::binary);
    writeHeader(out, header.dump());
    for (const WrittenTensor& tensor : tensors) {
        out.write(reinterpret_cast<const char*>(tensor.data.data()),
                  static_cast<std::streamsize>(tensor.data.size()));
    }
    out.flush();
    check(out.good(), "cannot write a test file");
}

std::vector<WrittenTensor> readSafetensors(const std::filesystem::path& path) {
    const weights::SafetensorsFile file(path);
    std::vector<WrittenTensor> tensors;
    for (const weights::StoredTensor& stored : file.tensors()) {
        WrittenTensor tensor{.name = stored.name, .type = stored.type, .shape = stored.shape};
        tensor.data.resize(stored.bytes);
        file.read(stored, 0, tensor.data);
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

void writeRawSafetensors(const std::filesystem::path& path, const std::string& headerJson,
                         const std::string& data) {
    std::ofstream out(path, std::ios::binary);
    writeHeader(out, headerJson);
    out.write(data.data(), static_cast<std::streamsize>(data.size()));
    out.flush();
    check(out.good(), "cannot write a test file");
}

} // namespace phial::test
