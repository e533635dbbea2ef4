// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QString>

namespace phial::ui {

struct Language {
    QString code; ///< ISO 639-1
    QString name; ///< in the language of the window
    QString englishName;
};

/// The 23 languages the model writes, sorted by name. Source: model card of Phi-4-multimodal.
QList<Language> textLanguages();

/// The 8 languages the model understands when spoken, sorted by name. Same source.
QList<Language> speechLanguages();

/// English name of a code ("German" for "de"), as prompts need it; empty when unknown.
QString englishLanguageName(const QString& code);

/// Name of a code in the language of the window; the code itself when unknown.
QString languageName(const QString& code);

} // namespace phial::ui
