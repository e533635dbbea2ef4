// SPDX-License-Identifier: MIT
#pragma once

#include <QMetaType>
#include <QString>

namespace phial::ui {

enum class EngineState {
    NoModel, ///< nothing is loaded and nothing is being loaded
    Loading,
    Ready,   ///< idle
    Busy,    ///< answering
    Resting, ///< not used for a while: its memory is free, and it is loaded when it is wanted
    Failed,
};

enum class DeviceClass { None, Hardware, Software };

/// What the title strip's chip shows.
struct DeviceChipState {
    EngineState state = EngineState::NoModel;
    DeviceClass deviceClass = DeviceClass::None;
    QString deviceName; ///< "NVIDIA GeForce RTX 3060"
    QString driver;
    QString precision;            ///< "fp16", "fp32" or empty
    QString modelName;            ///< folder name; for the shipped model its honest label
    bool embeddedModel = false;   ///< the shipped demonstration model is loaded
    bool hears = false;           ///< the model takes recordings
    bool sees = false;            ///< the model takes pictures
    double tokensPerSecond = 0.0; ///< of the running or last answer; 0 = none yet
    int contextUsed = 0;          ///< tokens of the conversation
    int contextSize = 0;          ///< tokens that fit; 0 = not known

    bool operator==(const DeviceChipState&) const = default;
};

/// One entry of the device picker.
struct DeviceView {
    QString id; ///< device UUID
    QString name;
    QString driver;
    DeviceClass deviceClass = DeviceClass::Hardware;
    double memoryGigabytes = 0.0;
    QString unsuitable; ///< empty, or one sentence why it cannot be used
    bool selected = false;
};

/// The composer's context bar. Tokens.
struct ContextView {
    int conversation = 0; ///< the turns so far
    int draft = 0;        ///< typed text and chips
    int reply = 0;        ///< kept free for the answer
    int capacity = 0;     ///< 0 = not known: no bar

    bool over() const { return capacity > 0 && conversation + draft + reply > capacity; }

    bool operator==(const ContextView&) const = default;
};

/// The status line. `text` empty = nothing runs.
struct JobView {
    QString text;           ///< "Loading model", "Listening to Recording 1", "Writing"
    double fraction = -1.0; ///< [0, 1], or -1 while the length is not known
    bool cancellable = true;

    bool operator==(const JobView&) const = default;
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::DeviceChipState)
Q_DECLARE_METATYPE(phial::ui::DeviceView)
Q_DECLARE_METATYPE(phial::ui::ContextView)
Q_DECLARE_METATYPE(phial::ui::JobView)
