// SPDX-License-Identifier: MIT
#pragma once

#include <QList>
#include <QMetaType>
#include <QString>

namespace phial::ui {

enum class ModelKind {
    BuiltIn,    ///< the shipped small model
    Checkpoint, ///< unquantized weights in a folder of the user's
    Package,    ///< made by quantizing
    Unfinished, ///< a package whose making was stopped; goes on with resume
    Unusable,   ///< a folder that cannot be used; `problem` says why
};

/// One entry of the list of models.
struct ModelView {
    QString id; ///< its folder; of the built-in model too
    QString name;
    ModelKind kind = ModelKind::Checkpoint;
    qint64 bytes = 0; ///< on the disk; 0 = not known
    QString plan;     ///< of a package: how it was quantized
    QString source;   ///< of a package: what it was made from
    QString problem;  ///< of an unusable folder: one sentence
    bool current = false;
    bool own = false; ///< lies in Phial's folder, so that removing deletes it
};

/// One way to quantize a checkpoint, with what it takes.
struct PlanView {
    QString id; ///< "default", "compact", ...
    qint64 sourceBytes = 0;
    qint64 packageBytes = 0;
    qint64 deviceBytes = 0; ///< graphics memory with `contextTokens`
    qint64 diskBytes = 0;   ///< free disk needed while it is made
    int contextTokens = 0;
};

/// The ways to quantize one checkpoint, and where the result would go.
struct PlanChoice {
    QString model; ///< ModelView::id
    QList<PlanView> plans;
    QString folder; ///< where the package's folder is made
    qint64 freeBytes = 0;
    QString problem; ///< empty, or why nothing can be said
};

enum class ModelWork { Quantizing, Checking };
enum class WorkState { None, Running, Done, Failed, Stopped };

/// The long work on models; there is one at a time.
struct ModelWorkView {
    ModelWork work = ModelWork::Quantizing;
    WorkState state = WorkState::None;
    QString model; ///< ModelView::id that is worked on
    QString name;  ///< of that model
    QString part;  ///< tensor or file that is being worked on
    qint64 done = 0;
    qint64 total = 0;
    double secondsLeft = -1; ///< -1 = not known yet
    QString text;            ///< when it has ended: what came of it, one sentence or several lines
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::ModelView)
Q_DECLARE_METATYPE(phial::ui::PlanChoice)
Q_DECLARE_METATYPE(phial::ui::ModelWorkView)
