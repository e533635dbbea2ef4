// SPDX-License-Identifier: MIT
#pragma once

#include "app/engine/engine_controller.h"

#include <QObject>
#include <QTimer>

#include <chrono>

namespace phial::app {

/// Frees the memory of a model that nobody has used for some minutes. Who wants the model then
/// loads it: wanted() tells of it, before anything is queued for the engine. GUI thread.
class IdleModel : public QObject {
    Q_OBJECT

public:
    /// `minute`: how long one lasts, shorter in tests. `engine` must outlive it.
    IdleModel(EngineController& engine, std::chrono::milliseconds minute,
              QObject* parent = nullptr);

    /// 0 = the model stays.
    void setMinutes(int minutes);

    /// Whether the model was freed, or is about to be, and not asked for since.
    bool resting() const { return m_resting; }

    /// Whether the minutes run.
    bool waiting() const { return m_timer.isActive(); }

    /// Frees the model now, unless it works, is being loaded or is not there.
    void rest();

    /// The model is being loaded, for whatever reason.
    void onLoading();

    /// Somebody is about to use the model: what rests is wanted, and the minutes begin anew.
    void use();

Q_SIGNALS:
    void rested(); ///< the model is freed
    void wanted(); ///< the model rested and has to be loaded again

private:
    void await();

    EngineController& m_engine;
    std::chrono::milliseconds m_minute;
    int m_minutes = 0;
    JobId m_running = 0; ///< 0 = the engine does nothing
    bool m_resting = false;
    bool m_leaving = false; ///< told to go, and has not yet
    bool m_coming = false;  ///< is being loaded
    QTimer m_timer;
};

} // namespace phial::app
