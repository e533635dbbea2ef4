// SPDX-License-Identifier: MIT
#include "inference/text/task_prompts.h"

#include "inference/base/error.h"
#include "inference/base/trimmed.h"

namespace phial::text {
namespace {

std::string_view requireLanguage(std::string_view language) {
    constexpr std::size_t kLongest = 64;
    if (language.empty() || language.size() > kLongest) {
        throw Error(ErrorCode::InvalidArgument,
                    "a translation needs the English name of a language, such as \"German\"");
    }
    return language;
}

} // namespace

std::string_view transcribeInstruction() {
    return "Transcribe the audio clip into text.";
}

std::string translateSpeechInstruction(std::string_view language) {
    return "Translate the audio to " + std::string(requireLanguage(language)) + ".";
}

std::string transcribeAndTranslateInstruction(std::string_view language) {
    return "Transcribe the audio to text, and then translate the audio to " +
           std::string(requireLanguage(language)) +
           ". Use <sep> as a separator between the original transcript and the translation.";
}

TranscriptAndTranslation splitAtSeparator(std::string_view answer) {
    const std::size_t at = answer.find(kTranslationSeparator);
    if (at == std::string_view::npos) {
        return {.transcript = std::string(trimmed(answer)), .translation = {}};
    }
    return {.transcript = std::string(trimmed(answer.substr(0, at))),
            .translation = std::string(trimmed(answer.substr(at + kTranslationSeparator.size())))};
}

} // namespace phial::text
