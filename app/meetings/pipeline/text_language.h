// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace phial::meetings {

/// A script that none of the eight spoken languages of the model is written in.
inline constexpr std::string_view kAnotherLanguage = "another language";

/// Which of the eight spoken languages of the model a text is in, by its script and its most common
/// small words: the English name, kAnotherLanguage, or empty when that is not certain, as it is for
/// most texts of a few words. Pure.
std::string languageOfText(std::string_view text);

} // namespace phial::meetings
