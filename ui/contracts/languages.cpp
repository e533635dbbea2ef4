// SPDX-License-Identifier: MIT
#include "ui/contracts/languages.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <string_view>

namespace phial::ui {
namespace {

enum class Spoken { No, Yes };

struct Entry {
    const char* code;
    const char* name;
    Spoken spoken;
};

constexpr std::array<Entry, 23> kLanguages = {{
    {"ar", QT_TRANSLATE_NOOP("Languages", "Arabic"), Spoken::No},
    {"zh", QT_TRANSLATE_NOOP("Languages", "Chinese"), Spoken::Yes},
    {"cs", QT_TRANSLATE_NOOP("Languages", "Czech"), Spoken::No},
    {"da", QT_TRANSLATE_NOOP("Languages", "Danish"), Spoken::No},
    {"nl", QT_TRANSLATE_NOOP("Languages", "Dutch"), Spoken::No},
    {"en", QT_TRANSLATE_NOOP("Languages", "English"), Spoken::Yes},
    {"fi", QT_TRANSLATE_NOOP("Languages", "Finnish"), Spoken::No},
    {"fr", QT_TRANSLATE_NOOP("Languages", "French"), Spoken::Yes},
    {"de", QT_TRANSLATE_NOOP("Languages", "German"), Spoken::Yes},
    {"he", QT_TRANSLATE_NOOP("Languages", "Hebrew"), Spoken::No},
    {"hu", QT_TRANSLATE_NOOP("Languages", "Hungarian"), Spoken::No},
    {"it", QT_TRANSLATE_NOOP("Languages", "Italian"), Spoken::Yes},
    {"ja", QT_TRANSLATE_NOOP("Languages", "Japanese"), Spoken::Yes},
    {"ko", QT_TRANSLATE_NOOP("Languages", "Korean"), Spoken::No},
    {"no", QT_TRANSLATE_NOOP("Languages", "Norwegian"), Spoken::No},
    {"pl", QT_TRANSLATE_NOOP("Languages", "Polish"), Spoken::No},
    {"pt", QT_TRANSLATE_NOOP("Languages", "Portuguese"), Spoken::Yes},
    {"ru", QT_TRANSLATE_NOOP("Languages", "Russian"), Spoken::No},
    {"es", QT_TRANSLATE_NOOP("Languages", "Spanish"), Spoken::Yes},
    {"sv", QT_TRANSLATE_NOOP("Languages", "Swedish"), Spoken::No},
    {"th", QT_TRANSLATE_NOOP("Languages", "Thai"), Spoken::No},
    {"tr", QT_TRANSLATE_NOOP("Languages", "Turkish"), Spoken::No},
    {"uk", QT_TRANSLATE_NOOP("Languages", "Ukrainian"), Spoken::No},
}};

Language make(const Entry& entry) {
    return {QString::fromLatin1(entry.code), QCoreApplication::translate("Languages", entry.name),
            QString::fromLatin1(entry.name)};
}

void sortByName(QList<Language>& list) {
    std::sort(list.begin(), list.end(), [](const Language& a, const Language& b) {
        return QString::localeAwareCompare(a.name, b.name) < 0;
    });
}

} // namespace

QList<Language> textLanguages() {
    QList<Language> list;
    for (const Entry& entry : kLanguages) {
        list.append(make(entry));
    }
    sortByName(list);
    return list;
}

QList<Language> speechLanguages() {
    QList<Language> list;
    for (const Entry& entry : kLanguages) {
        if (entry.spoken == Spoken::Yes) {
            list.append(make(entry));
        }
    }
    sortByName(list);
    return list;
}

QString englishLanguageName(const QString& code) {
    for (const Entry& entry : kLanguages) {
        if (code == QLatin1String(entry.code)) {
            return QString::fromLatin1(entry.name);
        }
    }
    return {};
}

QString languageName(const QString& code) {
    for (const Entry& entry : kLanguages) {
        if (code == QLatin1String(entry.code)) {
            return make(entry).name;
        }
    }
    return code;
}

} // namespace phial::ui
