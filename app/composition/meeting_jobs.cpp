// SPDX-License-Identifier: MIT
#include "app/composition/meeting_jobs.h"

#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <algorithm>
#include <condition_variable>
#include <utility>

namespace phial::app {
namespace {

using meetings::JobState;

} // namespace

struct MeetingJobs::Gate {
    std::mutex mutex;
    std::condition_variable left;
    bool closed = false; ///< guarded by mutex, as the next
    bool inside = false;
};

/// Says that a step is over, however it ends.
class MeetingJobs::Leaving {
public:
    explicit Leaving(Gate& gate)
        : m_gate(gate) {}

    ~Leaving() {
        const std::scoped_lock lock(m_gate.mutex);
        m_gate.inside = false;
        m_gate.left.notify_all();
    }

    Leaving(const Leaving&) = delete;
    Leaving& operator=(const Leaving&) = delete;

private:
    Gate& m_gate;
};

MeetingJobs::MeetingJobs(EngineController& engine, Background& background,
                         std::filesystem::path file, meetings::JobQueue::MakeJob makeJob,
                         QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_background(background)
    , m_file(std::move(file))
    , m_queue(std::move(makeJob), [this](const meetings::JobView& job) { onChange(job); })
    , m_gate(std::make_shared<Gate>()) {
    const auto over = [this](JobId job, bool failed) {
        if (job == m_step) {
            m_step = 0;
            m_blocked = failed;
            save();
            wake();
        }
    };
    connect(&engine, &EngineController::finished, this,
            [over](JobId job, const auto&) { over(job, false); });
    connect(&engine, &EngineController::failed, this,
            [over](JobId job, ErrorCode, const QString&) { over(job, true); });
    connect(&engine, &EngineController::ready, this, [this] {
        m_blocked = false;
        wake();
    });
}

MeetingJobs::~MeetingJobs() {
    std::unique_lock lock(m_gate->mutex);
    m_gate->closed = true;
    if (m_step != 0) {
        m_engine.stop(m_step);
    }
    m_gate->left.wait(lock, [this] { return !m_gate->inside; });
}

void MeetingJobs::load() {
    m_background.run([this, file = m_file](const std::stop_token&) -> Background::Then {
        std::string json;
        try {
            json = readFile(file);
        } catch (const Error&) {
            json.clear(); // the first start, or a file that says nothing
        }
        return [this, json] {
            m_queue.load(json);
            m_loaded = true;
            changed();
            wake();
        };
    });
}

void MeetingJobs::wake() {
    if (m_step != 0 || m_blocked || !m_loaded) {
        return;
    }
    const std::vector<meetings::JobView> jobs = m_queue.list();
    const bool any = std::any_of(jobs.begin(), jobs.end(), [](const meetings::JobView& job) {
        return job.state == JobState::Waiting || job.state == JobState::Running;
    });
    if (any && !m_engine.info()) {
        Q_EMIT modelWanted();
    } else if (any) {
        m_step = m_engine.submit(
            [this, gate = m_gate](Engine& engine, const GenerationEvents&, std::stop_token stop) {
                {
                    const std::scoped_lock lock(gate->mutex);
                    if (gate->closed) {
                        return tasks::TaskResult();
                    }
                    gate->inside = true;
                }
                const Leaving leaving(*gate);
                // A lost device passes through: the model is loaded again, and this done over.
                m_queue.runStep(engine, stop);
                return tasks::TaskResult();
            },
            Urgency::Background);
    }
}

void MeetingJobs::yield() {
    if (m_step != 0) {
        m_engine.stop(m_step);
    }
}

void MeetingJobs::onChange(const meetings::JobView& job) {
    const std::scoped_lock lock(m_mutex);
    if (job.state == JobState::Done || job.state == JobState::Failed) {
        m_ended.push_back(job);
    }
    if (!std::exchange(m_posted, true)) {
        m_inbox.post([this] { flush(); });
    }
}

void MeetingJobs::flush() {
    std::vector<meetings::JobView> ends;
    {
        const std::scoped_lock lock(m_mutex);
        ends.swap(m_ended);
        m_posted = false;
    }
    for (const meetings::JobView& job : ends) {
        Q_EMIT ended(job);
        if (job.state == JobState::Done) {
            m_queue.forget(job.number);
        }
    }
    changed();
    wake();
}

void MeetingJobs::changed() {
    Q_EMIT listChanged(m_queue.list());
    save();
}

void MeetingJobs::save() {
    if (!m_loaded) {
        return;
    }
    m_background.run(
        [json = m_queue.save(), file = m_file](const std::stop_token&) -> Background::Then {
            try {
                writeAtomically(file, json);
            } catch (const Error&) {
                return {}; // the meetings themselves are saved by their jobs, which report it
            }
            return {};
        });
}

} // namespace phial::app
