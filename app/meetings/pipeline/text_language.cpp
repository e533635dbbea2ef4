// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/text_language.h"

#include "app/meetings/unicode_text.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace phial::meetings {
namespace {

constexpr std::size_t kLeastUnspaced = 4; ///< letters of Chinese or Japanese
constexpr int kLeastSmallWords = 3;

/// Small words without accents, as foldedLetter() gives them, with a space around each.
struct SmallWords {
    std::string_view language;
    std::string_view words;
};

constexpr std::array<SmallWords, 6> kSmallWords{{
    {"English", " the of and to is that it was for on are with they be this have from or had by "
                "but not what were we when your can there an which their if will how our these "
                "would about been who could did my because should after next over "},
    {"German", " der die das und ist ich nicht ein eine einen einem zu den dem mit auf wir sie es "
               "sich auch von fur im am als wie aber wenn noch nach bei uns kann wird haben sind "
               "hat war oder dass nur schon wurde konnen mussen bis uber zum zur dann "},
    {"French", " le les et est des une un du que qui dans pour pas ce il elle nous vous je sur au "
               "aux avec sont mais ou plus par cette ces se ont etait fait tout bien leur peut "
               "aussi comme a la de en deja "},
    {"Italian", " il lo gli che di e non per un una della dei delle con sono del alla nel si ma "
                "anche come piu questo questa abbiamo essere ha hanno ci da al la le nella molto "
                "quando ancora "},
    {"Spanish", " el los las que y en un una del por con no se para es como mas pero su sus lo al "
                "esta este son fue ha hay muy cuando tambien todo nos hemos tiene de la porque "
                "entre "},
    {"Portuguese", " o os as que e um uma do da dos das em no na nos nas para com nao por mais se "
                   "como mas foi ao isso esta ser tem sao muito ja tambem pelo pela ate quando de "
                   "a voce temos "},
}};

bool isKana(char32_t letter) {
    return letter >= 0x3041 && letter <= 0x30FF && letter != 0x30FB && letter != 0x30FC;
}

bool isHan(char32_t letter) {
    return (letter >= 0x4E00 && letter <= 0x9FFF) || (letter >= 0x3400 && letter <= 0x4DBF);
}

/// Letters of scripts from Greek to Thai, and Korean.
bool isOfAnotherScript(char32_t letter) {
    return (letter >= 0x0370 && letter <= 0x0E7F) || (letter >= 0xAC00 && letter <= 0xD7AF);
}

std::string bySmallWords(std::string_view text) {
    std::array<int, kSmallWords.size()> counts{};
    std::string word = " ";
    const auto close = [&] {
        if (word.size() > 1) {
            word += ' ';
            for (std::size_t i = 0; i < kSmallWords.size(); ++i) {
                counts[i] += kSmallWords[i].words.find(word) != std::string_view::npos ? 1 : 0;
            }
        }
        word = " ";
    };
    for (const char32_t raw : codePoints(text)) {
        const char32_t letter = foldedLetter(raw);
        if (letter >= 'a' && letter <= 'z') {
            word += static_cast<char>(letter);
        } else {
            close();
        }
    }
    close();
    const auto best = std::max_element(counts.begin(), counts.end());
    int second = 0;
    for (auto count = counts.begin(); count != counts.end(); ++count) {
        second = count == best ? second : std::max(second, *count);
    }
    const bool certain = *best >= kLeastSmallWords && *best >= 2 * second;
    return certain
               ? std::string(kSmallWords[static_cast<std::size_t>(best - counts.begin())].language)
               : std::string();
}

} // namespace

std::string languageOfText(std::string_view text) {
    std::size_t kana = 0;
    std::size_t han = 0;
    std::size_t other = 0;
    std::size_t latin = 0;
    for (const char32_t raw : codePoints(text)) {
        const char32_t letter = foldedLetter(raw);
        kana += isKana(letter) ? 1U : 0U;
        han += isHan(letter) ? 1U : 0U;
        other += isOfAnotherScript(letter) ? 1U : 0U;
        latin += letter >= 'a' && letter <= 'z' ? 1U : 0U;
    }
    // A Chinese or Japanese letter says as much as two Latin ones; names may stand between them.
    if (kana + han >= kLeastUnspaced && 2 * (kana + han) > latin + other) {
        return kana * 5 >= kana + han ? "Japanese" : kana == 0 ? "Chinese" : "";
    }
    if (other >= 2 * kLeastUnspaced && other > latin) {
        return std::string(kAnotherLanguage);
    }
    return bySmallWords(text);
}

} // namespace phial::meetings
