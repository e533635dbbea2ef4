// SPDX-License-Identifier: MIT
#pragma once

#include "inference/text/token.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace phial::text {

/// Reading of tokenizer files that may be damaged or made to harm. Everything here throws
/// Error{BadTokenizer} with a sentence that says what was expected; readJsonObject also names the
/// file, for the others the caller adds it.
using Json = nlohmann::json;

/// The object that `file` holds. Throws Error{FileUnreadable} when it cannot be read.
Json readJsonObject(const std::filesystem::path& file);

/// Members that must be there. `object` must be an object.
const Json& objectAt(const Json& object, const char* key);
const Json& arrayAt(const Json& object, const char* key);
std::string stringAt(const Json& object, const char* key, std::string_view where);

/// A true/false member; `absent` when it is missing or null.
bool flagAt(const Json& object, const char* key, bool absent);

/// A whole number from 0 to kMaxVocabulary - 1.
TokenId idFrom(const Json& value, std::string_view where);

} // namespace phial::text
