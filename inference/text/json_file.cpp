// SPDX-License-Identifier: MIT
#include "inference/text/json_file.h"

#include "inference/base/error.h"
#include "inference/base/mapped_file.h"

#include <cstdint>
#include <span>

namespace phial::text {
namespace {

// The largest known tokenizer.json has 33 MB.
constexpr std::size_t kMaxFileBytes = std::size_t{512} << 20;

Error badJson(const std::string& sentence) {
    return {ErrorCode::BadTokenizer, sentence};
}

} // namespace

Json readJsonObject(const std::filesystem::path& file) {
    const MappedFile mapped(file);
    if (mapped.bytes().size() > kMaxFileBytes) {
        throw badJson(file.string() + " has " + std::to_string(mapped.bytes().size()) +
                      " bytes, expected at most 512 MiB");
    }
    std::string text(mapped.bytes().size(), '\0');
    mapped.readAt(0, std::as_writable_bytes(std::span(text)));
    Json root;
    try {
        root = Json::parse(text);
    } catch (const Json::exception& error) {
        throw badJson(file.string() + " is not valid JSON (" + error.what() +
                      "); copy the file again");
    }
    if (!root.is_object()) {
        throw badJson(file.string() + " does not hold a JSON object");
    }
    return root;
}

const Json& objectAt(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_object()) {
        throw badJson("\"" + std::string(key) + "\" is missing or not an object");
    }
    return *found;
}

const Json& arrayAt(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array()) {
        throw badJson("\"" + std::string(key) + "\" is missing or not a list");
    }
    return *found;
}

std::string stringAt(const Json& object, const char* key, std::string_view where) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_string()) {
        throw badJson("\"" + std::string(key) + "\" in " + std::string(where) +
                      " is missing or not a string");
    }
    return found->get<std::string>();
}

bool flagAt(const Json& object, const char* key, bool absent) {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) {
        return absent;
    }
    if (!found->is_boolean()) {
        throw badJson("\"" + std::string(key) + "\" is neither true nor false");
    }
    return found->get<bool>();
}

TokenId idFrom(const Json& value, std::string_view where) {
    const bool fits = value.is_number_unsigned() && value.get<std::uint64_t>() < kMaxVocabulary;
    if (!fits) {
        throw badJson("a token id in " + std::string(where) + " is " +
                      value.dump(-1, ' ', false, Json::error_handler_t::replace).substr(0, 40) +
                      ", expected a whole number from 0 to " + std::to_string(kMaxVocabulary - 1));
    }
    return value.get<TokenId>();
}

} // namespace phial::text
