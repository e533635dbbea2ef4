// SPDX-License-Identifier: MIT
#include "app/evaluate/suite.h"

#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <optional>

namespace phial::evaluate {
namespace {

using Json = nlohmann::json;

[[noreturn]] void refuse(const std::filesystem::path& file, const std::string& what) {
    throw Error(ErrorCode::FileUnreadable,
                "\"" + file.string() + "\" " + what +
                    "; a suite is a folder made by resources/models/embedded/training/suite.py.");
}

std::optional<Json> readJson(const std::filesystem::path& file) {
    std::ifstream stream(file);
    if (!stream) {
        return std::nullopt;
    }
    Json json = Json::parse(stream, nullptr, false);
    if (json.is_discarded()) {
        refuse(file, "is not JSON");
    }
    return json;
}

/// A field that is text, or null or missing where it may be.
std::string text(const Json& entry, const char* field) {
    const auto found = entry.find(field);
    return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::filesystem::path fileOf(const Json& entry, const char* field,
                             const std::filesystem::path& folder) {
    const std::string name = text(entry, field);
    return name.empty() ? std::filesystem::path() : folder / name;
}

} // namespace

Suite readSuite(const std::filesystem::path& folder) {
    const std::filesystem::path file = folder / "suite.json";
    const std::optional<Json> list = readJson(file);
    if (!list) {
        refuse(file, "cannot be read");
    }
    if (!list->is_array() || list->empty()) {
        refuse(file, "holds no list of cases");
    }
    Suite suite;
    for (const Json& entry : *list) {
        SuiteCase next{.name = text(entry, "name"),
                       .task = text(entry, "task"),
                       .prompt = text(entry, "prompt"),
                       .answer = text(entry, "answer"),
                       .audio = fileOf(entry, "audio", folder),
                       .image = fileOf(entry, "image", folder)};
        if (next.name.empty() || next.task.empty()) {
            refuse(file, "has a case without name or task");
        }
        suite.cases.push_back(std::move(next));
    }
    const std::filesystem::path floors = folder / "floors.json";
    if (const std::optional<Json> json = readJson(floors)) {
        for (const auto& [task, worst] : json->items()) {
            if (!worst.is_number()) {
                refuse(floors, "gives no number for " + task);
            }
            suite.floors[task] = worst.get<double>();
        }
    }
    return suite;
}

} // namespace phial::evaluate
