// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace phial::meetings {

/// What is wrong with an answer of the model to "write down what is said".
enum class AnswerFault {
    None,
    Empty,
    Repetition,    ///< the same words over and over
    Refusal,       ///< it talks about itself or the clip instead of writing it down
    Echo,          ///< it gives the instruction back
    OtherLanguage, ///< none of those that were asked for
};

/// Whether a run of words (letters in Chinese and Japanese) follows itself so often that no speaker
/// would: at least four times and eight words in all; or a longer text that shrinks to less than
/// 1 / 2.4 when compressed.
bool repeatsItself(std::string_view text);

/// Judges a transcript by its words alone. `instruction`: what the model was asked.
AnswerFault judgeTranscript(std::string_view text, std::string_view instruction);

} // namespace phial::meetings
