// SPDX-License-Identifier: MIT
#pragma once

#include <QMetaType>
#include <QString>

namespace phial::ui {

enum class CapturePhase {
    Idle,
    Starting,  ///< the stream is being opened; not one sample has come
    Listening, ///< samples arrive (the ready cue)
    Finishing, ///< the user has stopped; queued samples are being drained
};

enum class CaptureTrouble {
    None,
    VeryQuiet,   ///< below -50 dBFS for 3 s
    OnlySilence, ///< only zeros for 5 s: muted
    NoData,      ///< no callback for more than 1 s
    Unplugged,   ///< the device went away; what was captured is kept
    Switched,    ///< the device went away and another one continues
    NoDevice,    ///< there is no microphone
    Busy,        ///< the device cannot be opened
};

/// State of the microphone. Sent on every change of phase, device or trouble.
struct CaptureView {
    CapturePhase phase = CapturePhase::Idle;
    CaptureTrouble trouble = CaptureTrouble::None;
    QString deviceName; ///< of the device in use, or the one that would be used
    QString detail;     ///< one sentence for a trouble, may be empty

    bool operator==(const CaptureView&) const = default;
};

/// One reading of the meter, sent 20 to 30 times a second while listening. Linear, [0, 1].
struct LevelView {
    float peak = 0.0F;
    float rms = 0.0F;
    bool clipped = false;   ///< a sample touched full scale since the last reading
    bool veryQuiet = false; ///< see CaptureTrouble::VeryQuiet
    qint64 elapsedMs = 0;   ///< captured so far
};

struct InputDeviceView {
    QString id; ///< "" is the system's default
    QString name;
    bool selected = false;
};

} // namespace phial::ui

Q_DECLARE_METATYPE(phial::ui::CaptureView)
Q_DECLARE_METATYPE(phial::ui::LevelView)
Q_DECLARE_METATYPE(phial::ui::InputDeviceView)
