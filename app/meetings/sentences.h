// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>
#include <vector>

namespace phial::meetings {

/// Divides one line of text into its sentences, which put together are the line. To a sentence
/// belong the quotes and brackets that close behind it, numbers of lines as "[12]", and spaces.
/// Full stops of abbreviations ("Dr. Smith", "e.g."), initials, numbers ("3.5") and dates ("3.
/// März") end none; in doubt two sentences stay together. UTF-8; broken bytes are letters. Pure.
std::vector<std::string_view> sentencesOf(std::string_view line);

} // namespace phial::meetings
