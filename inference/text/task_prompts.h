// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace phial::text {

/// The instructions that the model was trained with, word for word: other wordings make it answer
/// what it hears instead of writing it down. Each is the text of a single user turn behind one
/// recording, without a system turn. `language` is the English name ("German"); empty or longer
/// than 64 bytes throws Error{InvalidArgument}.
/// Source: model card of Phi-4-multimodal-instruct.
std::string_view transcribeInstruction();
std::string translateSpeechInstruction(std::string_view language);

/// Asks for the transcript, kTranslationSeparator, and the translation in one answer, which makes
/// the translation better.
std::string transcribeAndTranslateInstruction(std::string_view language);

/// Ordinary text, not a token.
constexpr std::string_view kTranslationSeparator = "<sep>";

/// The system turns of the model card, without and with tools.
constexpr std::string_view kDefaultSystemText = "You are a helpful assistant.";
constexpr std::string_view kToolsSystemText = "You are a helpful assistant with some tools.";

/// The two halves of an answer to transcribeAndTranslateInstruction(), without white space around
/// them. An answer without a separator is all transcript.
struct TranscriptAndTranslation {
    std::string transcript;
    std::string translation;
};

TranscriptAndTranslation splitAtSeparator(std::string_view answer);

} // namespace phial::text
