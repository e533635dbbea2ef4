// SPDX-License-Identifier: MIT
#include "ui/meeting/line_remark.h"

#include <QCoreApplication>
#include <QLocale>

namespace phial::ui {
namespace {

QString say(const char* text) {
    return QCoreApplication::translate("Transcript", text);
}

QString whyUnclear(LineView::Reason reason) {
    switch (reason) {
    case LineView::Reason::Repetition:
        return say("Unclear: twice the model wrote the same words over and over.");
    case LineView::Reason::Refusal:
        return say("Unclear: twice the model wrote about itself or the sound, not what is said.");
    case LineView::Reason::Echo:
        return say("Unclear: twice the model gave its instruction back, not what is said.");
    case LineView::Reason::OtherLanguage:
        return say("Unclear: what was heard is in another language than the one chosen. It is "
                   "kept among the older texts of this line.");
    case LineView::Reason::NotKnown:
        break;
    }
    return say("Unclear: twice no text came out that is worth showing.");
}

} // namespace

QString lineRemark(const LineView& line) {
    switch (line.kind) {
    case LineView::Kind::Unclear:
        return whyUnclear(line.reason);
    case LineView::Kind::Gap:
        return say("Somebody speaks here, but twice the model wrote nothing.");
    case LineView::Kind::Speech:
        break;
    }
    if (line.edited || !line.doubtful()) {
        return {};
    }
    if (line.confidence == 0) {
        return say("Doubtful: this is little text for so much speech; something may be missing.");
    }
    return say("Doubtful: the model was %1 sure of these words.")
        .arg(QLocale().toString(100 * line.confidence, 'f', 0) + QStringLiteral(" %"));
}

} // namespace phial::ui
