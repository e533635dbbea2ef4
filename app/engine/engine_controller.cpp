// SPDX-License-Identifier: MIT
#include "app/engine/engine_controller.h"

#include "app/engine/repeatable_text.h"

#include <algorithm>
#include <exception>
#include <new>
#include <type_traits>

namespace phial::app {
namespace {

/// The exception being handled, as an Error. No other kind leaves this file's thread.
Error currentError() {
    try {
        throw;
    } catch (const Error& error) {
        return error;
    } catch (const std::bad_alloc&) {
        return {ErrorCode::OutOfHostMemory,
                "The computer ran out of memory; close other programs and try again."};
    } catch (const std::exception& error) {
        return {ErrorCode::Internal, std::string("An unexpected error occurred: ") + error.what()};
    }
}

QString sentenceOf(const Error& error) {
    return QString::fromUtf8(error.what());
}

std::shared_ptr<const tasks::TaskResult> cancelledResult() {
    auto result = std::make_shared<tasks::TaskResult>();
    result->generation.finishReason = FinishReason::Cancelled;
    return result;
}

} // namespace

EngineController::EngineController(EngineFactory factory, QObject* parent)
    : QObject(parent)
    , m_factory(std::move(factory))
    , m_thread([this] { run(); }) {}

EngineController::~EngineController() {
    const std::scoped_lock lock(m_mutex);
    m_closing = true;
    m_stop.request_stop();
    m_wake.notify_one();
}

void EngineController::load(EngineOptions options) {
    {
        const std::scoped_lock lock(m_mutex);
        std::erase_if(m_queue,
                      [](const Command& command) { return std::holds_alternative<Load>(command); });
        if (m_loading) {
            m_stop.request_stop();
        }
    }
    enqueue(Load{std::move(options)});
}

void EngineController::unload() {
    enqueue(Unload{});
}

JobId EngineController::submit(tasks::Task task, Urgency urgency) {
    Q_EMIT submitting();
    const JobId id = ++m_lastJob;
    enqueue(Job{id, std::move(task), urgency});
    return id;
}

void EngineController::stop(JobId job) {
    const std::scoped_lock lock(m_mutex);
    if (job != 0 && job == m_runningJob) {
        m_stop.request_stop();
        return;
    }
    const auto removed = std::erase_if(m_queue, [job](const Command& command) {
        const Job* const queued = std::get_if<Job>(&command);
        return queued != nullptr && queued->id == job;
    });
    if (removed > 0) {
        m_inbox.post([this, job] { Q_EMIT finished(job, cancelledResult()); });
    }
}

void EngineController::stopAll() {
    const std::scoped_lock lock(m_mutex);
    if (m_runningJob != 0 || m_loading) {
        m_stop.request_stop();
    }
    std::erase_if(m_queue, [this](const Command& command) {
        if (const Job* const queued = std::get_if<Job>(&command)) {
            m_inbox.post([this, id = queued->id] { Q_EMIT finished(id, cancelledResult()); });
            return true;
        }
        if (std::holds_alternative<Load>(command)) {
            m_inbox.post([this] {
                Q_EMIT loadFailed(ErrorCode::Cancelled, QStringLiteral("Loading was stopped."));
            });
            return true;
        }
        return false;
    });
}

void EngineController::count(std::function<int(const Engine&)> question,
                             std::function<void(int)> answer) {
    {
        const std::scoped_lock lock(m_mutex);
        // Behind other questions and behind a load, which it may be about, but before jobs.
        const auto isJob = [](const Command& command) {
            return std::holds_alternative<Job>(command);
        };
        m_queue.insert(std::find_if(m_queue.begin(), m_queue.end(), isJob),
                       Count{std::move(question), std::move(answer)});
    }
    m_wake.notify_one();
}

void EngineController::enqueue(Command command) {
    {
        const std::scoped_lock lock(m_mutex);
        auto place = m_queue.end();
        if (const Job* const job = std::get_if<Job>(&command)) {
            // Past jobs that can wait, never past a change of the model that came before.
            const auto canWait = [job](const Command& queued) {
                const Job* const other = std::get_if<Job>(&queued);
                return other != nullptr && other->urgency < job->urgency;
            };
            while (place != m_queue.begin() && canWait(*std::prev(place))) {
                --place;
            }
        }
        m_queue.insert(place, std::move(command));
    }
    m_wake.notify_one();
}

void EngineController::run() {
    std::unique_ptr<Engine> engine; // created, used and destroyed on this thread
    while (true) {
        Command command;
        std::stop_token stop;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_closing || !m_queue.empty(); });
            if (m_closing) {
                return;
            }
            command = std::move(m_queue.front());
            m_queue.pop_front();
            m_stop = std::stop_source();
            stop = m_stop.get_token();
            const Job* const job = std::get_if<Job>(&command);
            m_runningJob = job != nullptr ? job->id : 0;
            m_loading = std::holds_alternative<Load>(command);
        }
        std::visit([&](auto& kind) { carryOut(kind, engine, stop); }, command);
        const std::scoped_lock lock(m_mutex);
        m_runningJob = 0;
        m_loading = false;
    }
}

void EngineController::carryOut(Load& load, std::unique_ptr<Engine>& engine,
                                const std::stop_token& stop) {
    release(engine);
    m_loaded = load.options;
    try {
        engine = m_factory(
            load.options, [this](const Progress& progress) { deliverProgress(0, progress); }, stop);
        m_inbox.post([this, info = engine->info()] {
            m_info = info;
            Q_EMIT ready(info);
        });
    } catch (...) {
        const Error error = currentError();
        m_inbox.post([this, error] { Q_EMIT loadFailed(error.code(), sentenceOf(error)); });
    }
}

void EngineController::carryOut(Unload& /*unload*/, std::unique_ptr<Engine>& engine,
                                const std::stop_token& /*stop*/) {
    release(engine);
}

void EngineController::release(std::unique_ptr<Engine>& engine) {
    if (engine == nullptr) {
        return;
    }
    engine.reset();
    m_inbox.post([this] {
        m_info.reset();
        Q_EMIT unloaded();
    });
}

void EngineController::carryOut(Job& job, std::unique_ptr<Engine>& engine,
                                const std::stop_token& stop) {
    const JobId id = job.id;
    m_inbox.post([this, id] { Q_EMIT started(id); });
    try {
        perform(job, engine, stop);
    } catch (...) {
        const Error error = currentError();
        if (error.code() == ErrorCode::Cancelled) {
            m_inbox.post([this, id] { Q_EMIT finished(id, cancelledResult()); });
            return;
        }
        m_inbox.post([this, id, error] { Q_EMIT failed(id, error.code(), sentenceOf(error)); });
        if (error.code() == ErrorCode::DeviceLost) {
            release(engine); // nothing works on a lost device
        }
    }
}

/// Does the job, and once more with a new engine when the device is lost.
void EngineController::perform(Job& job, std::unique_ptr<Engine>& engine,
                               const std::stop_token& stop) {
    const JobId id = job.id;
    RepeatableText text;
    GenerationEvents events;
    events.onProgress = [this, id](const Progress& progress) { deliverProgress(id, progress); };
    events.onText = [this, id, &text](std::string_view piece) {
        if (const std::string_view fresh = text.take(piece); !fresh.empty()) {
            deliverText(id, fresh);
        }
        return !text.differs();
    };
    const auto run = [&] {
        if (engine == nullptr) {
            throw Error(ErrorCode::InvalidArgument, "No model is loaded; add or load one first.");
        }
        return std::make_shared<const tasks::TaskResult>(job.task(*engine, events, stop));
    };
    std::shared_ptr<const tasks::TaskResult> result;
    try {
        result = run();
    } catch (const Error& lost) {
        if (lost.code() != ErrorCode::DeviceLost || stop.stop_requested()) {
            throw;
        }
        try {
            engine.reset(); // the old device goes first; two models do not fit one
            engine = m_factory(
                m_loaded, [this](const Progress& progress) { deliverProgress(0, progress); }, stop);
        } catch (...) {
            const Error again = currentError();
            m_inbox.post([this] {
                m_info.reset();
                Q_EMIT unloaded();
            });
            if (again.code() == ErrorCode::Cancelled) {
                throw again;
            }
            throw Error(ErrorCode::DeviceLost,
                        std::string(lost.what()) +
                            " Loading the model again failed too: " + again.what());
        }
        text.restart();
        result = run();
        if (text.differs()) {
            throw Error(ErrorCode::DeviceLost,
                        std::string(lost.what()) +
                            " The answer could not be continued; ask again.");
        }
    }
    // Posted after the flush of its last text, so the text is complete when this arrives.
    m_inbox.post([this, id, result] { Q_EMIT finished(id, result); });
}

void EngineController::carryOut(Count& count, std::unique_ptr<Engine>& engine,
                                const std::stop_token& /*stop*/) {
    if (engine == nullptr) {
        return;
    }
    try {
        m_inbox.post([answer = std::move(count.answer), number = count.question(*engine)] {
            answer(number);
        });
    } catch (const Error&) {
        // The same question fails again, and visibly, when the job itself is done.
        return;
    }
}

void EngineController::deliverText(JobId job, std::string_view text) {
    const std::scoped_lock lock(m_mutex);
    if (m_text.empty() || m_text.back().first != job) {
        m_text.emplace_back(job, std::string());
    }
    m_text.back().second += text;
    requestFlush(lock);
}

void EngineController::deliverProgress(JobId job, const Progress& progress) {
    const std::scoped_lock lock(m_mutex);
    m_progress.emplace(job, progress);
    requestFlush(lock);
}

void EngineController::requestFlush(const std::scoped_lock<std::mutex>& /*held*/) {
    if (!std::exchange(m_flushPosted, true)) {
        m_inbox.post([this] { flush(); });
    }
}

void EngineController::flush() {
    std::vector<std::pair<JobId, std::string>> text;
    std::optional<std::pair<JobId, Progress>> latest;
    {
        const std::scoped_lock lock(m_mutex);
        text.swap(m_text);
        latest.swap(m_progress);
        m_flushPosted = false;
    }
    for (const auto& [job, piece] : text) {
        Q_EMIT textAppended(job, QString::fromStdString(piece));
    }
    if (latest && latest->first == 0) {
        Q_EMIT loadProgress(latest->second);
    } else if (latest) {
        Q_EMIT progress(latest->first, latest->second);
    }
}

} // namespace phial::app
