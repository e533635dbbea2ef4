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

/// The first six are understood when they are spoken. Of the others only words that are rare in all
/// of those.
constexpr std::array<SmallWords, 15> kSmallWords{{
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
    {"Dutch",
     " het een niet dat ik zijn wij maar voor hebben wordt ook naar deze bij nog moet moeten "
     "kunnen worden heeft geen waar omdat wat hij zij aan uit hun onze gaan goed zou zal "
     "mijn jij jullie toch alleen volgende "},
    {"Swedish",
     " och att inte jag ett fran mycket finns nagot skulle ocksa eller blir maste hur efter "
     "under sedan alla bara vill kommer vara borde varje igen "},
    {"Danish", " og ikke jeg af meget noget ogsa bliver blev hvad hvordan kunne hun mig dig os "
               "hvornar nogle mellem uden kommer til "},
    {"Norwegian", " og ikke jeg av mye noe ogsa blir ble hva hvordan skulle hun meg deg oss "
                  "hvorfor noen mellom uten kommer til "},
    {"Finnish",
     " ei etta han oli mutta kun niin mita jos tai kuin ovat myos olen minun nyt tama joka "
     "sitten vain meidan pitaa ollut olla siita viela "},
    {"Polish",
     " sie jest nie jak czy przez dla juz tylko moze ktory oraz jestem bardzo tego bedzie "
     "przed gdzie jeszcze dlatego musimy mozemy ze "},
    {"Czech", " jsem jsou nebo kdyz jeste jen jako aby protoze velmi musime muzeme ktery bude jsme "
              "jestli tady neni mame ze "},
    {"Hungarian",
     " az hogy nem egy ez meg csak mert kell lehet vagy nagyon vannak minden itt ami azt "
     "ezt nekem lesz volt majd "},
    {"Turkish", " ve bir bu icin gibi ama daha cok var yok degil olarak olan sonra kadar biz bunu "
                "simdi nasil "},
}};
constexpr std::array<std::string_view, 8> kSpoken{"English", "German",     "French",  "Italian",
                                                  "Spanish", "Portuguese", "Chinese", "Japanese"};
constexpr int kForeignLines = 3;

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

/// Scripts with one language that the model writes, and Cyrillic, which has two: by letters that
/// only one of them has. Others that use these scripts have letters of their own.
class Scripts {
public:
    void add(char32_t letter) {
        const auto any = [letter](std::u32string_view letters) {
            return letters.find(letter) != std::u32string_view::npos ? 1 : 0;
        };
        const auto within = [letter](char32_t first, char32_t last) {
            return letter >= first && letter <= last ? 1 : 0;
        };
        m_cyrillic += within(0x0400, 0x04FF);
        m_russian += any(U"ыэёЫЭЁ");
        m_ukrainian += any(U"іїєґІЇЄҐ");
        m_neither += any(U"ўљњћђјўђџәөүқғңһұѓќў");
        m_arabic += within(0x0620, 0x064A);
        m_persian += any(U"پچژگکیٹڈڑںہے");
        m_hebrew += within(0x05D0, 0x05EA);
        m_thai += within(0x0E01, 0x0E5B);
        m_korean += within(0xAC00, 0xD7AF);
    }

    /// Of a text that is mostly written in them.
    std::string_view language() const {
        const int most = std::max({m_cyrillic, m_arabic, m_hebrew, m_thai, m_korean});
        if (most == 0) {
            return kAnotherLanguage;
        }
        if (most == m_cyrillic) {
            const bool certain = m_neither == 0 && (m_russian > 0) != (m_ukrainian > 0);
            return !certain ? kAnotherLanguage : m_russian > 0 ? "Russian" : "Ukrainian";
        }
        if (most == m_arabic) {
            return m_persian > 0 ? kAnotherLanguage : "Arabic";
        }
        return most == m_hebrew ? "Hebrew" : most == m_thai ? "Thai" : "Korean";
    }

private:
    int m_cyrillic = 0;
    int m_russian = 0;
    int m_ukrainian = 0;
    int m_neither = 0;
    int m_arabic = 0;
    int m_persian = 0;
    int m_hebrew = 0;
    int m_thai = 0;
    int m_korean = 0;
};

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
        } else if (letter >= 0xDF && letter <= 0x24F) {
            word += '?'; // a letter without a plain form: the word is none of these
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
    Scripts scripts;
    for (const char32_t raw : codePoints(text)) {
        scripts.add(raw);
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
        return std::string(scripts.language());
    }
    return bySmallWords(text);
}

bool isSpokenLanguage(std::string_view englishName) {
    return std::find(kSpoken.begin(), kSpoken.end(), englishName) != kSpoken.end();
}

std::string ForeignSpeech::hear(std::string_view text) {
    const std::string language = languageOfText(text);
    if (language.empty() || m_told) {
        return {};
    }
    const int lines = ++m_lines[language];
    int understood = 0;
    for (const auto& [name, count] : m_lines) {
        understood += isSpokenLanguage(name) ? count : 0;
    }
    if (isSpokenLanguage(language) || lines < kForeignLines || lines <= understood) {
        return {};
    }
    m_told = true;
    return language;
}

} // namespace phial::meetings
