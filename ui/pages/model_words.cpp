// SPDX-License-Identifier: MIT
#include "ui/pages/model_words.h"

#include "ui/widgets/size_text.h"

#include <QCoreApplication>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace phial::ui {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Models", text);
}

QString planName(const QString& id) {
    return id == QLatin1String("default")   ? tr("Default")
           : id == QLatin1String("compact") ? tr("Compact")
           : id == QLatin1String("small")   ? tr("Small")
           : id == QLatin1String("audio")   ? tr("Audio")
                                            : id;
}

QString timeText(int seconds) {
    if (seconds < 50) {
        return tr("less than a minute left");
    }
    const int minutes = static_cast<int>(std::lround(seconds / 60.0));
    if (minutes >= 90) {
        return tr("about %1 hours left").arg(QLocale().toString(seconds / 3600.0, 'f', 1));
    }
    return minutes == 1 ? tr("about a minute left") : tr("about %1 minutes left").arg(minutes);
}

} // namespace

QString modelFacts(const ModelView& model) {
    QStringList facts;
    switch (model.kind) {
    case ModelKind::Checkpoint:
        facts.append(tr("Checkpoint, not quantized"));
        break;
    case ModelKind::Package:
        facts.append(tr("Package, plan %1").arg(model.plan));
        break;
    case ModelKind::Unfinished:
        facts.append(tr("Unfinished package, plan %1").arg(model.plan));
        break;
    case ModelKind::Unusable:
        return model.checking ? tr("Its files are being looked at") : tr("Cannot be used");
    }
    if (model.diskBytes > 0) {
        facts.append(sizeText(model.diskBytes));
    }
    if (model.bits > 0) {
        facts.append(tr("%1 bits per weight").arg(QLocale().toString(model.bits, 'f', 1)));
    }
    return facts.join(QStringLiteral(" · "));
}

QString modelState(const ModelView& model, const ModelWorkView& work) {
    if (work.id == model.id && work.busy()) {
        return work.state == ModelWorkView::State::Stopping   ? tr("being stopped")
               : work.kind == ModelWorkView::Kind::Quantizing ? tr("being made")
                                                              : tr("being checked");
    }
    if (model.use == ModelUse::Loaded) {
        return tr("in use");
    }
    if (model.use == ModelUse::Resting) {
        return tr("at rest");
    }
    if (model.use == ModelUse::Loading) {
        return tr("being loaded");
    }
    if (model.checking) {
        return tr("being looked at");
    }
    if (!model.damages.isEmpty()) {
        return tr("damaged");
    }
    return model.verified ? tr("every byte checked") : QString();
}

QString needText(const ContextNeed& need) {
    const QString words =
        tr("%1 tokens: %2").arg(QLocale().toString(need.tokens), sizeText(need.bytes));
    switch (need.room) {
    case Room::Ample:
        return tr("%1, fits").arg(words);
    case Room::Tight:
        return tr("%1, fits, but little is left").arg(words);
    case Room::Lacking:
        return tr("%1, does not fit").arg(words);
    case Room::Unknown:
        break;
    }
    return words;
}

QString needTone(Room room) {
    switch (room) {
    case Room::Ample:
        return QStringLiteral("good");
    case Room::Tight:
        return QStringLiteral("warning");
    case Room::Lacking:
        return QStringLiteral("danger");
    case Room::Unknown:
        break;
    }
    return QStringLiteral("muted");
}

QString planText(const PlanView& plan, qint64 sourceBytes) {
    const double less = sourceBytes > 0 ? 100.0 * (1.0 - static_cast<double>(plan.packageBytes) /
                                                             static_cast<double>(sourceBytes))
                                        : 0;
    return tr("%1: %2, %3 % less")
        .arg(planName(plan.id), sizeText(plan.packageBytes),
             QLocale().toString(std::max(0.0, less), 'f', 0));
}

QString planPurpose(const QString& plan) {
    return plan == QLatin1String("default")
               ? tr("Closest to the checkpoint: 4.5 bits in the decoder, 8 bits nearly everywhere "
                    "else.")
           : plan == QLatin1String("compact")
               ? tr("For less memory: 4.5 bits for the embedding and the adapters too.")
           : plan == QLatin1String("small")
               ? tr("For the least memory: 3.5 bits in the decoder. Answers suffer more.")
           : plan == QLatin1String("audio")
               ? tr("As the default, without everything that only sees pictures.")
               : QString();
}

QString workTitle(const ModelWorkView& work) {
    using State = ModelWorkView::State;
    const bool quantizing = work.kind == ModelWorkView::Kind::Quantizing;
    switch (work.state) {
    case State::Running:
        return !quantizing     ? tr("“%1” is being checked").arg(work.name)
               : work.checking ? tr("“%1” is made and being read back").arg(work.name)
                               : tr("“%1” is being made").arg(work.name);
    case State::Stopping:
        return tr("The work on “%1” is being stopped").arg(work.name);
    case State::Stopped:
        return quantizing && work.canGoOn
                   ? tr("Making “%1” was stopped. What is finished is kept.").arg(work.name)
                   : tr("The work on “%1” was stopped.").arg(work.name);
    case State::Failed:
        return quantizing ? tr("“%1” could not be made").arg(work.name)
                          : tr("“%1” could not be checked").arg(work.name);
    case State::Done:
        return quantizing ? tr("“%1” is made, whole and checked").arg(work.name)
               : work.problem.isEmpty()
                   ? tr("“%1” is whole: every byte is as it was written").arg(work.name)
                   : tr("“%1” is damaged").arg(work.name);
    case State::None:
        break;
    }
    return {};
}

QString workNumbers(const ModelWorkView& work) {
    if (work.bytesTotal <= 0) {
        return {};
    }
    QStringList numbers{tr("%1 of %2").arg(sizeText(work.bytesDone), sizeText(work.bytesTotal))};
    if (work.tensorsTotal > 0 && !work.checking) {
        numbers.append(
            tr("tensor %1 of %2")
                .arg(QLocale().toString(std::min(work.tensorsDone + 1, work.tensorsTotal)),
                     QLocale().toString(work.tensorsTotal)));
    }
    if (work.secondsLeft >= 0 && work.state == ModelWorkView::State::Running) {
        numbers.append(timeText(work.secondsLeft));
    }
    return numbers.join(QStringLiteral(" · "));
}

} // namespace phial::ui
