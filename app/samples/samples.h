// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace phial::samples {

enum class Kind {
    Sentence, ///< one spoken sentence, to be written down and translated
    Meeting,  ///< several, to be written down line by line
    Chart,    ///< a picture, and a question about it that is spoken
    Page,     ///< a picture of text, to be read
};

/// What is shipped so that the first minute needs nothing else.
struct Sample {
    Kind kind = Kind::Sentence;
    std::string title;                  ///< of the meeting that is made of it
    std::filesystem::path sound;        ///< empty: there is none
    std::filesystem::path picture;      ///< empty: there is none
    std::string said;                   ///< the words of the sound
    std::string question;               ///< what is asked in writing
    std::string answer;                 ///< the right one, or what is printed
    std::vector<std::string> languages; ///< to translate into, English names
};

/// The samples of a folder, as its samples.json lists them. Throws Error{FileUnreadable} when there
/// is no such list, and when an entry is of no kind known or without what its kind needs.
std::vector<Sample> readSamples(const std::filesystem::path& folder);

} // namespace phial::samples
