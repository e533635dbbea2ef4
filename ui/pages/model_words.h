// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/model_view.h"

#include <QString>

namespace phial::ui {

// How the page of models says things. No state.

/// "Package, plan default · 4.17 GB · 4.9 bits per weight"
QString modelFacts(const ModelView& model);

/// "in use", "loading", "cannot be used", ...; empty when there is nothing to say.
QString modelState(const ModelView& model, const ModelWorkView& work);

/// "4,096 tokens: 5.10 GB, fits"; the words say what the colour says.
QString needText(const ContextNeed& need);

/// The tone of the style sheet for it: "good", "warning", "danger", or "muted".
QString needTone(Room room);

/// "Default: 4.17 GB, 63 % less"
QString planText(const PlanView& plan, qint64 sourceBytes);

/// What a plan is for, one sentence.
QString planPurpose(const QString& plan);

/// What the job does or how it ended, one sentence.
QString workTitle(const ModelWorkView& work);

/// "1.20 GB of 11.15 GB · tensor 140 of 1,250 · about 12 minutes left"
QString workNumbers(const ModelWorkView& work);

} // namespace phial::ui
