// SPDX-License-Identifier: MIT
#pragma once

#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace phial::weights {

/// Whole JSON file whose top level is an object. Throws Error{FileUnreadable} or
/// Error{BadCheckpoint} for bad JSON, more than `largestBytes`, or nesting deeper than 64. Internal
/// to this folder.
nlohmann::json readJsonFile(const std::filesystem::path& path,
                            std::size_t largestBytes = std::size_t{16} << 20);

/// Limits of a number, both allowed.
struct Range {
    double least = 0;
    double most = 0;
};

/// Typed, range-checked access to one object of a configuration. Every failure is an
/// Error{BadCheckpoint} that names file, key, expected and found. A key with the value null counts
/// as absent. Borrows the JSON.
class JsonObject {
public:
    JsonObject(const nlohmann::json& value, std::string where);

    bool has(std::string_view key) const;

    /// The object under `key`; an empty object when absent.
    JsonObject object(const std::string& key) const;

    /// Whole number; without `fallback` the key must be there.
    int integer(const std::string& key, Range range, std::optional<int> fallback = {}) const;

    /// Finite number.
    double number(const std::string& key, Range range, std::optional<double> fallback = {}) const;

    /// Text, or `fallback` when absent.
    std::string text(const std::string& key, const std::string& fallback) const;

    /// `length` finite numbers. The key must be there.
    std::vector<float> numbers(const std::string& key, std::size_t length, Range range) const;

    /// The truth value under `key`, which must be there.
    bool isTrue(const std::string& key) const;

    /// One whole number or a list of them; empty when absent.
    std::vector<int> integers(const std::string& key, Range range) const;

    /// Throws unless the key is absent or has exactly this value: for switches that Phial does not
    /// implement.
    void mustBe(const std::string& key, const nlohmann::json& value) const;

    [[noreturn]] void fail(const std::string& key, const std::string& expected) const;

private:
    const nlohmann::json* find(std::string_view key) const;

    const nlohmann::json* m_value;
    std::string m_where; ///< "config.json: audio_processor."
};

} // namespace phial::weights
