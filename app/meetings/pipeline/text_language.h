// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace phial::meetings {

/// A script that none of the languages the model writes is written in.
inline constexpr std::string_view kAnotherLanguage = "another language";

/// Which of the 23 languages that the model writes a text is in, by its script and its most common
/// small words: the English name, kAnotherLanguage, or empty when that is not certain, as it is for
/// most texts of a few words, and for Danish and Norwegian more often than for others. Pure.
std::string languageOfText(std::string_view text);

/// Whether the model understands it when it is spoken: one of eight.
bool isSpokenLanguage(std::string_view englishName);

/// Finds out from the lines of a meeting whether it is held in a language that the model does not
/// understand. It writes such speech down in the language it hears, as well as it can, or in
/// another one; so the text tells, and only where it is certain. One thread.
class ForeignSpeech {
public:
    /// The text that was heard. A language when that is certain and was not said before: three
    /// lines are in it, and more than in all those that the model understands.
    std::string hear(std::string_view text);

private:
    std::map<std::string, int> m_lines; ///< certain ones, by language
    bool m_told = false;
};

} // namespace phial::meetings
