// SPDX-License-Identifier: MIT
#include "inference/engine/kernel_tuning.h"

#include "inference/base/atomic_file.h"

#include <nlohmann/json.hpp>

#include <system_error>

namespace phial {
namespace {

using Json = nlohmann::ordered_json;

// Raised when names come to mean something else.
constexpr int kFormat = 1;

/// The choices in a file by the names of products; an empty object when there is nothing to read.
Json choicesIn(const std::filesystem::path& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) {
        return Json::object();
    }
    try {
        const Json file = Json::parse(readFile(path));
        if (file.at("format") == kFormat && file.at("linear").is_object()) {
            return file.at("linear");
        }
    } catch (const std::exception&) { // cut off, altered, or of another time
    }
    return Json::object();
}

} // namespace

std::filesystem::path tuningFile(const std::filesystem::path& folder, const gpu::DeviceInfo& info) {
    return folder / ("tuning-" + info.uuid + "-" + std::to_string(info.driverVersion) + ".json");
}

void storeTuning(const std::filesystem::path& folder, const gpu::DeviceInfo& info,
                 std::span<const TunedLinear> tuned) {
    const std::filesystem::path path = tuningFile(folder, info);
    Json choices = choicesIn(path);
    for (const TunedLinear& one : tuned) {
        choices[ops::nameOf(one.products)] = one.choice->name;
    }
    const Json file = {
        {"format", kFormat}, {"device", info.name}, {"driver", info.driver}, {"linear", choices}};
    std::filesystem::create_directories(folder);
    writeAtomically(path, file.dump(2) + "\n");
}

int applyTuning(gpu::Device& device, const std::filesystem::path& folder) {
    if (folder.empty()) {
        return 0;
    }
    const Json choices = choicesIn(tuningFile(folder, device.info()));
    int applied = 0;
    for (const ops::LinearClass& products : ops::linearClasses()) {
        const auto kept = choices.find(ops::nameOf(products));
        if (kept == choices.end() || !kept->is_string()) {
            continue;
        }
        const ops::LinearChoice* choice = ops::findLinearChoice(kept->get<std::string>());
        if (choice != nullptr && ops::canRun(device.info(), *choice, products)) {
            ops::chooseLinear(device, products, choice);
            ++applied;
        }
    }
    return applied;
}

} // namespace phial
