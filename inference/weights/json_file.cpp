// SPDX-License-Identifier: MIT
#include "inference/weights/json_file.h"

#include "inference/base/mapped_file.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace phial::weights {

namespace {

using Json = nlohmann::json;

constexpr int kDeepest = 64;
constexpr std::size_t kLongestList = 100000;

std::string numberText(double value) {
    Json json = value;
    if (value == std::floor(value) && std::abs(value) < 1e15) {
        json = static_cast<std::int64_t>(value);
    }
    return json.dump();
}

std::string rangeText(Range range) {
    return "from " + numberText(range.least) + " to " + numberText(range.most);
}

std::optional<double> finiteNumber(const Json& value, Range range) {
    if (!value.is_number()) {
        return std::nullopt;
    }
    const auto number = value.get<double>();
    const bool inside = std::isfinite(number) && number >= range.least && number <= range.most;
    return inside ? std::optional(number) : std::nullopt;
}

std::optional<int> wholeNumber(const Json& value, Range range) {
    const std::optional<double> number = finiteNumber(value, range);
    if (!number || *number != std::floor(*number) ||
        std::abs(*number) > static_cast<double>(std::numeric_limits<int>::max())) {
        return std::nullopt;
    }
    return static_cast<int>(*number);
}

} // namespace

Json readJsonFile(const std::filesystem::path& path, std::size_t largestBytes) {
    const MappedFile file(path);
    const std::size_t size = file.bytes().size();
    if (size > largestBytes) {
        throw Error(ErrorCode::BadCheckpoint, path.string() + " has " + std::to_string(size) +
                                                  " bytes; at most " +
                                                  std::to_string(largestBytes) + " are plausible");
    }
    std::string content(size, '\0');
    file.readAt(0, std::as_writable_bytes(std::span(content)));
    try {
        Json root = Json::parse(content, [&](int depth, Json::parse_event_t, Json&) {
            if (depth > kDeepest) {
                throw Error(ErrorCode::BadCheckpoint, path.string() + " is nested too deeply");
            }
            return true;
        });
        if (!root.is_object()) {
            throw Error(ErrorCode::BadCheckpoint, path.string() + " holds no JSON object");
        }
        return root;
    } catch (const Json::exception& problem) {
        throw Error(ErrorCode::BadCheckpoint,
                    path.string() + " is no valid JSON: " + problem.what());
    }
}

JsonObject::JsonObject(const Json& value, std::string where)
    : m_value(&value)
    , m_where(std::move(where)) {}

const Json* JsonObject::find(std::string_view key) const {
    const auto found = m_value->find(key);
    return found == m_value->end() || found->is_null() ? nullptr : &*found;
}

bool JsonObject::has(std::string_view key) const {
    return find(key) != nullptr;
}

void JsonObject::fail(const std::string& key, const std::string& expected) const {
    const Json* value = find(key);
    const std::string found =
        value == nullptr
            ? "it is missing"
            : "found " + value->dump(-1, ' ', true, Json::error_handler_t::replace).substr(0, 80);
    throw Error(ErrorCode::BadCheckpoint, m_where + key + " must be " + expected + ", " + found);
}

JsonObject JsonObject::object(const std::string& key) const {
    static const Json empty = Json::object();
    const Json* value = find(key);
    if (value != nullptr && !value->is_object()) {
        fail(key, "an object");
    }
    return {value == nullptr ? empty : *value, m_where + key + "."};
}

int JsonObject::integer(const std::string& key, Range range, std::optional<int> fallback) const {
    const Json* value = find(key);
    if (value == nullptr && fallback) {
        return *fallback;
    }
    const std::optional<int> number = value != nullptr ? wholeNumber(*value, range) : std::nullopt;
    if (!number) {
        fail(key, "a whole number " + rangeText(range));
    }
    return *number;
}

double JsonObject::number(const std::string& key, Range range,
                          std::optional<double> fallback) const {
    const Json* value = find(key);
    if (value == nullptr && fallback) {
        return *fallback;
    }
    const std::optional<double> number =
        value != nullptr ? finiteNumber(*value, range) : std::nullopt;
    if (!number) {
        fail(key, "a number " + rangeText(range));
    }
    return *number;
}

std::string JsonObject::text(const std::string& key, const std::string& fallback) const {
    const Json* value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    if (!value->is_string()) {
        fail(key, "text");
    }
    return value->get<std::string>();
}

std::vector<float> JsonObject::numbers(const std::string& key, std::size_t length,
                                       Range range) const {
    const std::string expected =
        "a list of " + std::to_string(length) + " numbers " + rangeText(range);
    const Json* value = find(key);
    if (value == nullptr || !value->is_array() || value->size() != length) {
        fail(key, expected);
    }
    std::vector<float> list;
    list.reserve(length);
    for (const Json& item : *value) {
        const std::optional<double> number = finiteNumber(item, range);
        if (!number) {
            fail(key, expected);
        }
        list.push_back(static_cast<float>(*number));
    }
    return list;
}

bool JsonObject::isTrue(const std::string& key) const {
    const Json* value = find(key);
    if (value == nullptr || !value->is_boolean()) {
        fail(key, "true or false");
    }
    return value->get<bool>();
}

std::vector<int> JsonObject::integers(const std::string& key, Range range) const {
    const std::string expected = "whole numbers " + rangeText(range);
    std::vector<int> list;
    const Json* value = find(key);
    if (value == nullptr) {
        return list;
    }
    const Json wrapped = value->is_array() ? *value : Json::array({*value});
    if (wrapped.size() > kLongestList) {
        fail(key, expected);
    }
    for (const Json& item : wrapped) {
        const std::optional<int> number = wholeNumber(item, range);
        if (!number) {
            fail(key, expected);
        }
        list.push_back(*number);
    }
    return list;
}

void JsonObject::mustBe(const std::string& key, const Json& value) const {
    const Json* found = find(key);
    if (found != nullptr && *found != value) {
        fail(key, value.dump() + ", the only kind that Phial runs");
    }
}

} // namespace phial::weights
