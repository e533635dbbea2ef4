// SPDX-License-Identifier: MIT
#include "app/samples/samples.h"

#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <array>
#include <fstream>
#include <string_view>
#include <utility>

namespace phial::samples {
namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 4> kKinds{{{"sentence", Kind::Sentence},
                                                                   {"meeting", Kind::Meeting},
                                                                   {"chart", Kind::Chart},
                                                                   {"page", Kind::Page}}};

[[noreturn]] void fail(const std::filesystem::path& list, const std::string& reason) {
    throw Error(ErrorCode::FileUnreadable,
                "The shipped samples cannot be used: " + reason + " (\"" + list.string() + "\").");
}

Sample parse(const nlohmann::json& entry, const std::filesystem::path& list) {
    const std::string name = entry.value("kind", "");
    const auto* const kind = std::find_if(kKinds.begin(), kKinds.end(),
                                          [&name](const auto& k) { return k.first == name; });
    if (kind == kKinds.end()) {
        fail(list, "there is no kind \"" + name + "\"");
    }
    const auto file = [&](const char* key) {
        const std::string value = entry.value(key, "");
        return value.empty() ? std::filesystem::path() : list.parent_path() / value;
    };
    Sample sample{.kind = kind->second,
                  .title = entry.value("title", ""),
                  .sound = file("sound"),
                  .picture = file("picture"),
                  .said = entry.value("said", ""),
                  .question = entry.value("question", ""),
                  .answer = entry.value("answer", ""),
                  .languages = entry.value("translate", std::vector<std::string>())};
    const bool seen = sample.kind == Kind::Chart || sample.kind == Kind::Page;
    if ((seen && sample.picture.empty()) || (sample.kind != Kind::Page && sample.sound.empty())) {
        fail(list, "a " + name + " lacks its file");
    }
    return sample;
}

} // namespace

std::vector<Sample> readSamples(const std::filesystem::path& folder) {
    const std::filesystem::path list = folder / "samples.json";
    std::ifstream file(list);
    const nlohmann::json entries = nlohmann::json::parse(file, nullptr, false);
    if (!entries.is_array()) {
        fail(list, "there is no list of them");
    }
    std::vector<Sample> samples;
    try {
        for (const nlohmann::json& entry : entries) {
            samples.push_back(parse(entry, list));
        }
    } catch (const nlohmann::json::exception& error) {
        fail(list, error.what());
    }
    return samples;
}

} // namespace phial::samples
