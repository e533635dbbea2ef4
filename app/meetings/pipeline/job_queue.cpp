// SPDX-License-Identifier: MIT
#include "app/meetings/pipeline/job_queue.h"

#include "app/meetings/unicode_text.h"
#include "inference/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::array<std::pair<JobKind, std::string_view>, 4> kKinds{{
    {JobKind::Transcribe, "transcribe"},
    {JobKind::Translate, "translate"},
    {JobKind::Summarize, "summarize"},
    {JobKind::Retranscribe, "retranscribe"},
}};

std::vector<std::int64_t> linesOf(const nlohmann::json& job) {
    std::vector<std::int64_t> lines;
    if (job.contains("lines") && job["lines"].is_array()) {
        for (const nlohmann::json& line : job["lines"]) {
            if (line.is_number_integer()) {
                lines.push_back(line.get<std::int64_t>());
            }
        }
    }
    return lines;
}

bool hasEnded(JobState state) {
    return state == JobState::Done || state == JobState::Failed || state == JobState::Cancelled;
}

} // namespace

JobQueue::JobQueue(MakeJob makeJob, OnChange onChange)
    : m_makeJob(std::move(makeJob))
    , m_onChange(std::move(onChange)) {}

JobQueue::Entry* JobQueue::find(JobNumber number) {
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const auto& e) { return e->view.number == number; });
    return found == m_entries.end() ? nullptr : found->get();
}

void JobQueue::change(JobNumber number, const std::function<void(Entry&)>& how) {
    std::optional<JobView> now;
    {
        const std::scoped_lock lock(m_mutex);
        if (Entry* entry = find(number)) {
            how(*entry);
            now = entry->view;
        }
    }
    if (now && m_onChange) {
        m_onChange(*now);
    }
}

JobNumber JobQueue::add(JobSpec spec) {
    JobNumber number = 0;
    {
        const std::scoped_lock lock(m_mutex);
        number = ++m_last;
        auto entry = std::make_unique<Entry>();
        entry->view = {.number = number, .spec = std::move(spec)};
        m_entries.push_back(std::move(entry));
    }
    change(number, [](Entry&) {});
    return number;
}

void JobQueue::move(JobNumber number, std::size_t place) {
    const std::scoped_lock lock(m_mutex);
    const auto found = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const auto& e) { return e->view.number == number; });
    if (found == m_entries.end()) {
        return;
    }
    std::unique_ptr<Entry> entry = std::move(*found);
    m_entries.erase(found);
    place = std::min(place, m_entries.size());
    m_entries.insert(m_entries.begin() + static_cast<std::ptrdiff_t>(place), std::move(entry));
}

void JobQueue::pause(JobNumber number) {
    change(number, [](Entry& entry) {
        if (!hasEnded(entry.view.state)) {
            entry.view.state = JobState::Paused;
        }
    });
}

void JobQueue::resume(JobNumber number) {
    change(number, [](Entry& entry) {
        if (entry.view.state == JobState::Paused) {
            entry.view.state = JobState::Waiting;
        }
    });
}

void JobQueue::cancel(JobNumber number) {
    change(number, [](Entry& entry) {
        if (!hasEnded(entry.view.state)) {
            entry.view.state = JobState::Cancelled;
            entry.stop.request_stop();
        }
    });
}

void JobQueue::retry(JobNumber number) {
    change(number, [](Entry& entry) {
        if (entry.view.state == JobState::Failed || entry.view.state == JobState::Cancelled) {
            entry.view.state = JobState::Waiting;
            entry.view.problem.clear();
            entry.job.reset();
            entry.stop = {};
            entry.lost = false;
        }
    });
}

void JobQueue::forget(JobNumber number) {
    const std::scoped_lock lock(m_mutex);
    std::erase_if(m_entries, [&](const auto& entry) {
        return entry->view.number == number && entry->view.state != JobState::Running;
    });
}

std::vector<JobView> JobQueue::list() const {
    const std::scoped_lock lock(m_mutex);
    std::vector<JobView> views;
    for (const auto& entry : m_entries) {
        views.push_back(entry->view);
    }
    return views;
}

std::optional<JobNumber> JobQueue::nextJob() {
    const std::scoped_lock lock(m_mutex);
    for (const auto& entry : m_entries) {
        if (entry->view.state == JobState::Waiting || entry->view.state == JobState::Running) {
            return entry->view.number;
        }
    }
    return std::nullopt;
}

bool JobQueue::runStep(Engine& engine, const std::stop_token& stop) {
    const std::optional<JobNumber> number = nextJob();
    if (!number || stop.stop_requested()) {
        return false;
    }
    std::shared_ptr<Job> job;
    std::stop_source ownStop(std::nostopstate);
    JobSpec spec;
    change(*number, [&](Entry& entry) {
        if (!hasEnded(entry.view.state) && entry.view.state != JobState::Paused) {
            entry.view.state = JobState::Running;
        }
        job = entry.job;
        ownStop = entry.stop;
        spec = entry.view.spec;
    });
    std::string problem;
    std::optional<Error> lost;
    StepResult result = StepResult::Stopped;
    // Either stop ends the step.
    const std::stop_callback forward(stop, [&] { ownStop.request_stop(); });
    try {
        if (job == nullptr) {
            job = m_makeJob(spec);
        }
        result = job->step(engine, ownStop.get_token());
    } catch (const Error& error) {
        problem = error.code() == ErrorCode::Cancelled ? "" : error.what();
        if (error.code() == ErrorCode::DeviceLost) {
            lost = error;
        }
    } catch (const std::exception& error) {
        problem = error.what();
    }
    const std::string model = engine.info().modelName;
    change(*number, [&](Entry& entry) {
        JobView& view = entry.view;
        entry.job = job;
        if (job != nullptr) {
            view.progress = job->progress();
        }
        if (spec.kind == JobKind::Transcribe && view.progress.speed > 0) {
            m_speed = view.progress.speed;
            m_speedModel = model;
        }
        if (result == StepResult::Done) {
            view.state = JobState::Done; // also when it was paused or cancelled in its last step
            entry.job.reset();
        } else if (view.state == JobState::Cancelled) {
            entry.job.reset();
        } else if (lost && !entry.lost) {
            view.state = view.state == JobState::Paused ? JobState::Paused : JobState::Waiting;
            entry.job.reset(); // goes on from what is saved
            entry.stop = {};
        } else if (!problem.empty()) {
            view.state = JobState::Failed;
            view.problem = problem;
            entry.job.reset();
        } else if (result == StepResult::Stopped) {
            view.state = view.state == JobState::Paused ? JobState::Paused : JobState::Waiting;
            entry.stop = {};
        }
        entry.lost = lost.has_value();
    });
    if (lost) {
        throw *lost;
    }
    return true;
}

double JobQueue::lastSpeed(const std::string& model) const {
    const std::scoped_lock lock(m_mutex);
    return model.empty() || model == m_speedModel ? m_speed : 0;
}

std::string JobQueue::save() const {
    nlohmann::ordered_json jobs = nlohmann::ordered_json::array();
    for (const JobView& view : list()) {
        if (view.state == JobState::Done || view.state == JobState::Cancelled) {
            continue;
        }
        const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                       [&](const auto& k) { return k.first == view.spec.kind; });
        jobs.push_back({{"kind", kind->second},
                        {"meeting", view.spec.meeting},
                        {"language", view.spec.language},
                        {"detail", view.spec.detail},
                        {"lines", view.spec.lines},
                        {"part", validUtf8(view.spec.part)},
                        {"paused", view.state == JobState::Paused},
                        {"problem", view.problem}});
    }
    nlohmann::ordered_json root{{"schema", 1}, {"jobs", jobs}};
    const std::scoped_lock lock(m_mutex);
    if (m_speed > 0) {
        root["speed"] = m_speed;
        root["speed_model"] = validUtf8(m_speedModel);
    }
    return root.dump(1) + '\n';
}

void JobQueue::load(const std::string& json) {
    const nlohmann::json root = nlohmann::json::parse(json, nullptr, false);
    if (!root.is_object() || !root.contains("jobs") || !root["jobs"].is_array()) {
        return;
    }
    const auto speed = root.find("speed");
    const auto model = root.find("speed_model");
    if (speed != root.end() && speed->is_number() && model != root.end() && model->is_string()) {
        const std::scoped_lock lock(m_mutex);
        m_speed = std::max(speed->get<double>(), 0.0);
        m_speedModel = model->get<std::string>();
    }
    for (const nlohmann::json& job : root["jobs"]) {
        const auto text = [&](const char* key) {
            return job.is_object() && job.contains(key) && job[key].is_string()
                       ? job[key].get<std::string>()
                       : std::string();
        };
        const auto kind = std::find_if(kKinds.begin(), kKinds.end(),
                                       [&](const auto& k) { return k.second == text("kind"); });
        if (kind == kKinds.end()) {
            continue;
        }
        const JobNumber number = add({.kind = kind->first,
                                      .meeting = text("meeting"),
                                      .language = text("language"),
                                      .detail = text("detail"),
                                      .lines = linesOf(job),
                                      .part = text("part")});
        change(number, [&](Entry& entry) {
            entry.view.problem = text("problem");
            if (!entry.view.problem.empty()) {
                entry.view.state = JobState::Failed;
            } else if (job.contains("paused") && job["paused"] == true) {
                entry.view.state = JobState::Paused;
            }
        });
    }
}

} // namespace phial::meetings
