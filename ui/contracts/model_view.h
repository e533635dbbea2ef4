// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/engine_view.h"

#include <QList>
#include <QMetaType>
#include <QString>
#include <QStringList>

namespace phial::ui {

enum class ModelKind {
    Checkpoint, ///< as it was published: can be loaded, and made smaller
    Package,    ///< quantized
    Unfinished, ///< a package that is being made, or was stopped
    Unusable,   ///< `problem` says why, with a way out
};

enum class ModelUse {
    None,
    Loading,
    Loaded,
    Resting, ///< in use, but its memory is free until somebody asks it
};

/// Whether the graphics device has room for something.
enum class Room { Unknown, Ample, Tight, Lacking };

/// Device memory for a context of so many tokens.
struct ContextNeed {
    int tokens = 0;
    qint64 bytes = 0;
    Room room = Room::Unknown;

    bool operator==(const ContextNeed&) const = default;
};

/// A package that could be made of a checkpoint.
struct PlanView {
    QString id; ///< "default", "compact", "small", "audio"
    qint64 packageBytes = 0;
    qint64 diskNeeded = 0;
    QList<ContextNeed> needs;

    bool operator==(const PlanView&) const = default;
};

/// One line of the list of models.
struct ModelView {
    QString id;     ///< its folder
    QString name;   ///< the folder's own, or that of the built-in model
    QString folder; ///< as it is shown
    ModelKind kind = ModelKind::Unusable;
    ModelUse use = ModelUse::None;
    bool builtIn = false;  ///< cannot be removed from the list
    bool checking = false; ///< its files are being looked at
    qint64 diskBytes = 0;
    double bits = 0;          ///< per weight; 0 = not known
    QString plan;             ///< Package, Unfinished: made with it
    QString source;           ///< Unfinished: made from this folder
    QString problem;          ///< why it cannot be used or gone on with; empty = nothing is wrong
    bool verified = false;    ///< Package: every byte was checked since the start, and is right
    QStringList damages;      ///< Package: what was found wrong, one sentence each
    QList<ContextNeed> needs; ///< Checkpoint, Package
    QList<PlanView> plans;    ///< Checkpoint

    bool operator==(const ModelView&) const = default;
};

/// Everything on the page of models.
struct ModelsView {
    QList<ModelView> models;
    QString targets;        ///< folder in which new packages are offered to be made
    QString device;         ///< on which models would be loaded; empty = not known
    qint64 deviceFree = -1; ///< bytes for a model there, the loaded one taken off; -1 = not known
    qint64 usedNow = 0;     ///< device memory in bytes that the loaded model holds
    qint64 usedAtMost = 0;  ///< and with a full context
    int contextTokens = 0;  ///< of the loaded model

    bool operator==(const ModelsView&) const = default;
};

/// The long job on a model folder: the one that runs, or the last one.
struct ModelWorkView {
    enum class Kind { Quantizing, Verifying };
    enum class State { None, Running, Stopping, Stopped, Failed, Done };

    Kind kind = Kind::Quantizing;
    State state = State::None;
    QString id;            ///< of the line it is about
    QString name;          ///< of the package
    bool checking = false; ///< Quantizing: the finished package is being read back
    qint64 bytesDone = 0;
    qint64 bytesTotal = 0; ///< 0 = not known yet
    int tensorsDone = 0;
    int tensorsTotal = 0;
    int secondsLeft = -1; ///< -1 = not known
    QString problem;      ///< Failed: a sentence. Verifying, Done: the first damage, or empty
    bool canGoOn = false; ///< Stopped, Failed: there is work to go on with

    bool busy() const { return state == State::Running || state == State::Stopping; }

    bool operator==(const ModelWorkView&) const = default;
};

/// Room on the disk for a package.
struct TargetView {
    QString folder;
    qint64 freeBytes = -1; ///< -1 = not known
    QString problem;       ///< why it cannot be made there

    bool operator==(const TargetView&) const = default;
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::ModelsView)
Q_DECLARE_METATYPE(phial::ui::ModelWorkView)
