// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/gui_inbox.h"
#include "app/tasks/task.h"
#include "inference/base/error.h"
#include "inference/engine/engine.h"

#include <QObject>
#include <QString>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace phial::app {

/// phial::loadEngine, or a fake in tests.
using EngineFactory = std::function<std::unique_ptr<Engine>(
    const EngineOptions&, const std::function<void(const Progress&)>&, std::stop_token)>;

using JobId = quint64;

/// Who is waiting. More urgent jobs are begun before less urgent ones that came earlier; what runs
/// is not interrupted.
enum class Urgency {
    Background, ///< a step of the meeting queue
    Chat,       ///< somebody reads
    Dictation,  ///< somebody speaks and wants to go on
};

/// The model for a window: owns the engine on one thread, takes jobs in order of urgency, and
/// reports through signals. Lives in the GUI thread; all functions return at once and every signal
/// is emitted in the GUI thread through the event loop. Text and progress are gathered while the
/// event loop is busy: at most one delivery is on its way, so a fast model cannot flood a slow
/// window. The destructor stops what runs and joins; no signal follows it.
class EngineController : public QObject {
    Q_OBJECT

public:
    explicit EngineController(EngineFactory factory, QObject* parent = nullptr);
    ~EngineController() override;

    /// Loads a model after what is queued; a load that is still running is given up. The old model
    /// is freed first, since two do not fit one device. Ends in ready() or loadFailed(), unless
    /// another load takes its place before it begins.
    void load(EngineOptions options);

    /// Frees the model after what is queued. Ends in unloaded().
    void unload();

    /// Queues a job. Ends in finished() or failed(), always, also after stop(). When the device is
    /// lost under it the model is loaded again and the job done over, once: the request holds the
    /// whole conversation, and the same request gives the same text, of which only the rest is
    /// delivered.
    JobId submit(tasks::Task task, Urgency urgency = Urgency::Chat);

    /// Asks a job to end; its text so far is kept and finished() follows with
    /// FinishReason::Cancelled.
    void stop(JobId job);

    /// Ends all jobs and loads; before it began, one leaves the old model.
    void stopAll();

    /// Asks the loaded model something quick about numbers of tokens, before the next queued job.
    /// `answer` is called in the GUI thread unless no model is loaded or the question throws.
    void count(std::function<int(const Engine&)> question, std::function<void(int)> answer);

    /// Of the loaded model; empty while there is none.
    const std::optional<EngineInfo>& info() const { return m_info; }

Q_SIGNALS:
    void loadProgress(const phial::Progress& progress);
    void ready(const phial::EngineInfo& info);
    void loadFailed(phial::ErrorCode code, const QString& sentence);
    void unloaded();
    void started(phial::app::JobId job);
    void progress(phial::app::JobId job, const phial::Progress& progress);
    /// Complete characters, to be appended to what came before.
    void textAppended(phial::app::JobId job, const QString& text);
    /// Shared because the conversation and other listeners keep it at the same time.
    void finished(phial::app::JobId job,
                  const std::shared_ptr<const phial::tasks::TaskResult>& result);
    void failed(phial::app::JobId job, phial::ErrorCode code, const QString& sentence);
    /// A job is about to be queued; what is queued by this signal comes before it.
    void submitting();

private:
    struct Load {
        EngineOptions options;
    };

    struct Unload {};

    struct Job {
        JobId id = 0;
        tasks::Task task;
        Urgency urgency = Urgency::Chat;
    };

    struct Count {
        std::function<int(const Engine&)> question;
        std::function<void(int)> answer;
    };

    using Command = std::variant<Load, Unload, Job, Count>;

    void enqueue(Command command);
    void run();
    void carryOut(Load& load, std::unique_ptr<Engine>& engine, const std::stop_token& stop);
    void carryOut(Unload& unload, std::unique_ptr<Engine>& engine, const std::stop_token& stop);
    void carryOut(Job& job, std::unique_ptr<Engine>& engine, const std::stop_token& stop);
    void perform(Job& job, std::unique_ptr<Engine>& engine, const std::stop_token& stop);
    void carryOut(Count& count, std::unique_ptr<Engine>& engine, const std::stop_token& stop);
    void release(std::unique_ptr<Engine>& engine);
    void deliverText(JobId job, std::string_view text);
    void deliverProgress(JobId job, const Progress& progress);
    void requestFlush(const std::scoped_lock<std::mutex>& held);
    void flush();

    GuiInbox m_inbox;
    EngineFactory m_factory;
    EngineOptions m_loaded;           ///< engine thread only: of the last load
    std::optional<EngineInfo> m_info; ///< GUI thread only
    JobId m_lastJob = 0;              ///< GUI thread only

    std::mutex m_mutex; ///< guards everything down to m_thread
    std::condition_variable m_wake;
    std::deque<Command> m_queue;
    bool m_closing = false;
    JobId m_runningJob = 0; ///< 0 = none
    bool m_loading = false;
    std::stop_source m_stop; ///< of the running command
    std::vector<std::pair<JobId, std::string>> m_text;
    std::optional<std::pair<JobId, Progress>> m_progress; ///< job 0 = a load
    bool m_flushPosted = false;

    std::jthread m_thread; ///< last member: joined before anything it uses dies
};

} // namespace phial::app
