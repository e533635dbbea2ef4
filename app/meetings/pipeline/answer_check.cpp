// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/answer_check.h"

#include "app/meetings/unicode_text.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>
#include <zlib.h>

namespace phial::meetings {
namespace {

constexpr std::size_t kLeastRepeats = 4;
constexpr std::size_t kLeastRepeatedWords = 8;
constexpr double kMostCompression = 2.4;
constexpr std::size_t kLongText = 120; ///< bytes; shorter texts compress by chance

bool isLetter(char32_t letter) {
    return letter > 0x7F ? !(letter >= 0x2000 && letter <= 0x206F) &&
                               !(letter >= 0x3000 && letter <= 0x303F) && letter != 0xFF0C &&
                               letter != 0xFF01 && letter != 0xFF1F
                         : (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
                               letter == '\'';
}

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    bool joins = false;
    for (const char32_t raw : codePoints(text)) {
        const char32_t letter = foldedLetter(raw == U'’' ? U'\'' : raw);
        if (!isLetter(letter)) {
            joins = false;
            continue;
        }
        if (!joins) {
            words.emplace_back();
        }
        appendUtf8(words.back(), letter);
        joins = !isUnspacedScript(letter);
    }
    return words;
}

bool hasAny(const std::vector<std::string>& words, std::initializer_list<std::string_view> wanted) {
    return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
        return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
    });
}

bool hasPhrase(const std::string& text, std::initializer_list<std::string_view> phrases) {
    return std::any_of(phrases.begin(), phrases.end(), [&](std::string_view phrase) {
        return text.find(phrase) != std::string::npos;
    });
}

/// The model speaks English when it refuses, whatever the language of the speech. A speaker may say
/// the same words, so both a refusal and its subject are needed near the beginning.
bool isRefusal(const std::vector<std::string>& words) {
    constexpr std::size_t kBeginning = 30;
    const std::vector<std::string> first(
        words.begin(),
        words.begin() + static_cast<std::ptrdiff_t>(std::min(words.size(), kBeginning)));
    std::string text;
    for (const std::string& word : first) {
        text += word + ' ';
    }
    const bool refuses =
        hasPhrase(text, {"i'm sorry", "i am sorry", "i apologize", "as an ai", "language model",
                         "i cannot ", "i can't ", "unable to", "i don't have the ability",
                         "i do not have the ability", "please provide", "please upload"});
    const bool aboutTheClip =
        hasAny(first, {"audio", "clip", "transcribe", "transcription", "recording"}) &&
        hasPhrase(text, {"audio", "transcri", "the clip", "the recording"});
    return refuses && aboutTheClip;
}

/// Whether most of the instruction comes back, with little else.
bool isEcho(const std::vector<std::string>& words, std::string_view instruction) {
    const std::vector<std::string> asked = wordsOf(instruction);
    const auto found = static_cast<std::size_t>(
        std::count_if(asked.begin(), asked.end(), [&](const std::string& word) {
            return std::find(words.begin(), words.end(), word) != words.end();
        }));
    return !asked.empty() && found * 5 >= asked.size() * 4 && words.size() <= asked.size() * 2;
}

} // namespace

bool repeatsItself(std::string_view text) {
    const std::vector<std::string> words = wordsOf(text);
    for (std::size_t length = 1; length * kLeastRepeats <= words.size(); ++length) {
        std::size_t same = 0; // words in a row that are the same as `length` before
        for (std::size_t i = length; i < words.size(); ++i) {
            same = words[i] == words[i - length] ? same + 1 : 0;
            const std::size_t inAll = same + length;
            if (inAll >= length * kLeastRepeats && inAll >= kLeastRepeatedWords) {
                return true;
            }
        }
    }
    if (text.size() < kLongText) {
        return false;
    }
    uLongf packed = compressBound(static_cast<uLong>(text.size()));
    std::vector<Bytef> out(packed);
    const int done = compress(out.data(), &packed, reinterpret_cast<const Bytef*>(text.data()),
                              static_cast<uLong>(text.size()));
    return done == Z_OK &&
           static_cast<double>(text.size()) > kMostCompression * static_cast<double>(packed);
}

AnswerFault judgeTranscript(std::string_view text, std::string_view instruction) {
    const std::vector<std::string> words = wordsOf(text);
    if (words.empty()) {
        return AnswerFault::Empty;
    }
    if (isEcho(words, instruction)) {
        return AnswerFault::Echo;
    }
    if (isRefusal(words)) {
        return AnswerFault::Refusal;
    }
    return repeatsItself(text) ? AnswerFault::Repetition : AnswerFault::None;
}

} // namespace phial::meetings
