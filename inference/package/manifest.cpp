// SPDX-License-Identifier: MIT
#include "inference/package/manifest.h"

#include "inference/base/error.h"
#include "inference/package/sha256.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <span>

namespace phial::package {

namespace {

using Json = nlohmann::ordered_json;

Json toJsonValue(const FileRecord& record) {
    return {{"bytes", record.bytes}, {"sha256", record.sha256}};
}

FileRecord fileRecord(const Json& json) {
    return {json.at("bytes").get<std::uint64_t>(), json.at("sha256").get<std::string>()};
}

const char* kindName(SchemeKind kind) {
    switch (kind) {
    case SchemeKind::Keep:
        return "keep";
    case SchemeKind::Sq:
        return "sq";
    case SchemeKind::Affine:
        return "affine";
    case SchemeKind::Nf4:
        return "nf4";
    case SchemeKind::Omit:
        break; // what is left out has no record
    }
    return "?";
}

SchemeKind kindOf(const std::string& name) {
    for (const SchemeKind kind :
         {SchemeKind::Keep, SchemeKind::Sq, SchemeKind::Affine, SchemeKind::Nf4}) {
        if (name == kindName(kind)) {
            return kind;
        }
    }
    throw Error(ErrorCode::BadCheckpoint,
                "scheme '" + name + "' is not known to this version of Phial");
}

std::string hashOf(const Json& json) {
    Sha256 hash;
    const std::string text = json.dump();
    hash.add(std::as_bytes(std::span(text)));
    return hash.finish();
}

Json toJsonValue(const TensorRecord& tensor) {
    Json json;
    json["scheme"] = kindName(tensor.scheme.kind);
    if (tensor.scheme.quantized()) {
        json["bits"] = tensor.scheme.bits;
        json["group"] = tensor.scheme.group;
        json["columnScale"] = tensor.scheme.columnScale == ColumnScale::Sinkhorn;
        json["rows"] = tensor.rows;
        json["columns"] = tensor.columns;
        json["paddedColumns"] = tensor.paddedColumns;
    }
    json["file"] = tensor.file;
    json["sha256"] = tensor.sha256;
    return json;
}

TensorRecord tensorRecord(const Json& json) {
    TensorRecord tensor;
    tensor.scheme.kind = kindOf(json.at("scheme").get<std::string>());
    tensor.file = json.at("file").get<std::string>();
    tensor.sha256 = json.at("sha256").get<std::map<std::string, std::string>>();
    if (!tensor.scheme.quantized()) {
        return tensor;
    }
    tensor.scheme.bits = json.at("bits").get<int>();
    tensor.scheme.group = json.at("group").get<int>();
    tensor.scheme.columnScale =
        json.at("columnScale").get<bool>() ? ColumnScale::Sinkhorn : ColumnScale::No;
    tensor.scheme.rounding =
        tensor.scheme.kind == SchemeKind::Nf4 ? quant::Rounding::Nf4 : quant::Rounding::Uniform;
    tensor.rows = json.at("rows").get<std::int64_t>();
    tensor.columns = json.at("columns").get<std::int64_t>();
    tensor.paddedColumns = json.at("paddedColumns").get<std::int64_t>();
    const bool sane =
        tensor.rows > 0 && tensor.columns > 0 && tensor.rows < (std::int64_t{1} << 31) &&
        tensor.columns < (std::int64_t{1} << 31) && tensor.scheme.bits >= 2 &&
        tensor.scheme.bits <= 8 && tensor.scheme.bits != 7 &&
        (tensor.scheme.group == 32 || tensor.scheme.group == 64 || tensor.scheme.group == 128) &&
        tensor.paddedColumns == paddedColumns(tensor.columns, tensor.scheme);
    if (!sane) {
        throw Error(ErrorCode::BadCheckpoint, "it describes a tensor of an impossible form");
    }
    return tensor;
}

} // namespace

std::string Manifest::toJson() const {
    Json json;
    json["format"] = "phial-package";
    json["version"] = version;
    json["plan"] = plan;
    if (calibration) {
        Json list = Json::array();
        for (const CalibrationFile& file : calibration->files) {
            Json entry = {{"name", file.name}};
            entry.update(toJsonValue(file.record));
            list.push_back(std::move(entry));
        }
        json["calibration"] = {{"samples", calibration->samples}, {"files", list}};
    }
    Json sources = Json::object();
    for (const auto& [name, record] : sourceFiles) {
        sources[name] = {{"bytes", record.bytes}, {"headerSha256", record.sha256}};
    }
    json["source"] = {{"name", sourceName}, {"files", sources}};
    json["files"] = Json::object();
    for (const auto& [name, record] : files) {
        json["files"][name] = toJsonValue(record);
    }
    json["tensors"] = Json::object();
    for (const auto& [name, tensor] : tensors) {
        json["tensors"][name] = toJsonValue(tensor);
    }
    json["sha256"] = hashOf(json);
    return json.dump(1) + "\n";
}

bool Manifest::existsIn(const std::filesystem::path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(folder / kManifestName, ignored);
}

Manifest Manifest::load(const std::filesystem::path& folder) {
    const std::filesystem::path path = folder / kManifestName;
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        throw Error(ErrorCode::FileUnreadable, "cannot read " + path.string());
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto fail = [&](const std::string& why) {
        return Error(ErrorCode::BadCheckpoint, path.string() + ": " + why);
    };
    Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        throw fail("it is not valid JSON; the package is damaged");
    }
    try {
        if (json.at("format") != "phial-package") {
            throw fail("it does not describe a Phial package");
        }
        Manifest manifest;
        manifest.version = json.at("version").get<int>();
        if (manifest.version != kPackageVersion) {
            throw fail("package format version " + std::to_string(manifest.version) +
                       " is not known, this program reads version " +
                       std::to_string(kPackageVersion) + "; update Phial or quantize again");
        }
        const std::string recorded = json.at("sha256").get<std::string>();
        json.erase("sha256");
        if (hashOf(json) != recorded) {
            throw fail(
                "its content does not match its own checksum; the file was changed or damaged");
        }
        manifest.plan = json.at("plan").get<std::string>();
        if (json.contains("calibration")) {
            CalibrationRecord record;
            record.samples = json.at("calibration").at("samples").get<std::int64_t>();
            for (const Json& file : json.at("calibration").at("files")) {
                record.files.push_back({file.at("name").get<std::string>(), fileRecord(file)});
            }
            manifest.calibration = std::move(record);
        }
        manifest.sourceName = json.at("source").at("name").get<std::string>();
        for (const auto& [name, record] : json.at("source").at("files").items()) {
            manifest.sourceFiles[name] = {record.at("bytes").get<std::uint64_t>(),
                                          record.at("headerSha256").get<std::string>()};
        }
        for (const auto& [name, record] : json.at("files").items()) {
            manifest.files[name] = fileRecord(record);
        }
        for (const auto& [name, record] : json.at("tensors").items()) {
            manifest.tensors[name] = tensorRecord(record);
        }
        return manifest;
    } catch (const nlohmann::json::exception& error) {
        throw fail(std::string("a field is missing or of another type (") + error.what() + ")");
    }
}

} // namespace phial::package
