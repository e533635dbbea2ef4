// SPDX-License-Identifier: MIT
#include "app/composition/sample_views.h"

#include "ui/contracts/languages.h"

#include <QCoreApplication>

#include <algorithm>

namespace phial::app {
namespace {

using samples::Kind;
using samples::Sample;

QString tr(const char* text) {
    return QCoreApplication::translate("Application", text);
}

/// Code of the first language it is to be translated into; empty = none.
QString languageOf(const Sample& sample) {
    const QList<ui::Language> all = ui::textLanguages();
    const auto found =
        std::find_if(all.begin(), all.end(), [&sample](const ui::Language& language) {
            return !sample.languages.empty() &&
                   language.englishName == QString::fromStdString(sample.languages.front());
        });
    return found == all.end() ? QString() : found->code;
}

} // namespace

ui::SampleView sampleView(const Sample& sample, const QString& id) {
    const QString said = QString::fromStdString(sample.said);
    const bool seen = !sample.picture.empty();
    ui::SampleView view{.id = id,
                        .title = {},
                        .text = {},
                        .kind = seen ? ui::AttachmentKind::Image : ui::AttachmentKind::Audio};
    switch (sample.kind) {
    case Kind::Sentence: {
        const QString language = languageOf(sample);
        view.title = language.isEmpty()
                         ? tr("Write down a spoken sentence")
                         : tr("Translate speech into %1").arg(ui::languageName(language));
        view.text = tr("Spoken English: “%1”").arg(said);
        break;
    }
    case Kind::Meeting:
        view.title = tr("Write down a short meeting");
        view.text = tr("Every line with its time; a click on one plays it");
        break;
    case Kind::Chart:
        view.title = tr("Ask about a chart by voice");
        view.text = tr("Spoken over a picture: “%1”").arg(said);
        break;
    case Kind::Page:
        view.title = tr("Read a picture of text");
        view.text = tr("Typed below it: “%1”").arg(QString::fromStdString(sample.question));
        break;
    }
    return view;
}

ui::Submission sampleSubmission(const Sample& sample) {
    ui::Submission question;
    question.text = QString::fromStdString(sample.question);
    if (sample.kind == Kind::Sentence) {
        question.language = languageOf(sample);
        question.action =
            question.language.isEmpty() ? ui::Action::Transcribe : ui::Action::Translate;
    }
    return question;
}

} // namespace phial::app
