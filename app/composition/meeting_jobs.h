// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/background.h"
#include "app/base/gui_inbox.h"
#include "app/engine/engine_controller.h"
#include "app/meetings/pipeline/job_queue.h"

#include <QObject>

#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

namespace phial::app {

/// Works on the queue with the window's engine, one step at a time, so that a question or a
/// dictation never waits for more than it takes a step to stop. The queue is saved whenever it
/// changes. GUI thread.
class MeetingJobs : public QObject {
    Q_OBJECT

public:
    /// `file`: where the queue is kept. `background` and `engine` must outlive it.
    MeetingJobs(EngineController& engine, Background& background, std::filesystem::path file,
                meetings::JobQueue::MakeJob makeJob, QObject* parent = nullptr);
    ~MeetingJobs() override;

    /// Takes up what the last start left; call once, when jobs can be made.
    void load();

    meetings::JobQueue& queue() { return m_queue; }

    /// Goes on when there is something to do and an engine for it.
    void wake();

    /// Somebody waits for an answer: the step that runs is given up and done again later.
    void yield();

    /// After a change of the queue that reports none (move, forget).
    void changed();

Q_SIGNALS:
    void listChanged(const std::vector<phial::meetings::JobView>& jobs);
    void ended(const phial::meetings::JobView& job); ///< done or failed
    void modelWanted();                              ///< there is work, and no model is loaded

private:
    /// Lets the destructor wait for a step on the engine's thread. Shared with the step, which may
    /// begin when this object is gone.
    struct Gate;
    class Leaving;

    void onChange(const meetings::JobView& job);
    void flush();
    void save();

    EngineController& m_engine;
    Background& m_background;
    std::filesystem::path m_file;
    GuiInbox m_inbox;
    meetings::JobQueue m_queue;
    std::shared_ptr<Gate> m_gate;
    JobId m_step = 0;       ///< of the engine; 0 = none runs
    bool m_blocked = false; ///< the engine failed; waits for the next one
    bool m_loaded = false;
    std::mutex m_mutex;
    std::vector<meetings::JobView> m_ended; ///< guarded by m_mutex
    bool m_posted = false;                  ///< guarded by m_mutex
};

} // namespace phial::app
