// SPDX-License-Identifier: MIT
#include "app/models/model_manager.h"

#include "inference/base/error.h"
#include "inference/package/discard_partial.h"

#include <algorithm>
#include <thread>
#include <utility>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

const char* const kPartial = ".partial";

/// One spelling for one folder, so that none is listed twice.
fs::path spelled(const fs::path& folder) {
    fs::path path = fs::path(folder).lexically_normal();
    return path.has_filename() ? path : path.parent_path();
}

/// One processor stays free for the window and for a recording.
int workThreads() {
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
}

} // namespace

ModelManager::ModelManager(ModelJobs jobs, QObject* parent)
    : QObject(parent)
    , m_jobs(std::move(jobs))
    , m_looks(Background::AtEnd::Drop)
    , m_worker(Background::AtEnd::Drop) {}

ModelManager::~ModelManager() {
    m_stop.request_stop();
}

ModelEntry* ModelManager::entry(const fs::path& folder) {
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(),
                     [&](const ModelEntry& entry) { return entry.listed.folder == folder; });
    return found == m_entries.end() ? nullptr : &*found;
}

const ModelEntry* ModelManager::find(const fs::path& folder) const {
    return const_cast<ModelManager*>(this)->entry(folder); // NOLINT: one search for both
}

std::vector<settings::ListedModel> ModelManager::list() const {
    std::vector<settings::ListedModel> list;
    for (const ModelEntry& entry : m_entries) {
        list.push_back(entry.listed);
    }
    return list;
}

void ModelManager::setList(const std::vector<settings::ListedModel>& list) {
    m_entries.clear();
    for (const settings::ListedModel& model : list) {
        if (entry(spelled(model.folder)) == nullptr) {
            m_entries.push_back({.listed = model});
            m_entries.back().listed.folder = spelled(model.folder);
        }
    }
    lookAtAll();
}

void ModelManager::setActivations(DType activations) {
    if (std::exchange(m_activations, activations) != activations) {
        lookAtAll();
    }
}

void ModelManager::lookAtAll() {
    for (const settings::ListedModel& model : list()) {
        look(model.folder);
    }
}

void ModelManager::look(const fs::path& folder) {
    ModelEntry* found = entry(spelled(folder));
    if (found == nullptr ||
        (m_work.busy() && found->listed.unfinished() && m_work.folder == found->listed.folder)) {
        return; // what is being written is told by the work
    }
    ++found->looksPending;
    m_looks.run([this, model = found->listed,
                 activations = m_activations](const std::stop_token&) -> Background::Then {
        FolderReport report = model.unfinished() ? inspectUnfinished(model.folder, model.source)
                                                 : inspectFolder(model.folder, activations);
        return [this, model, report = std::move(report)] {
            ModelEntry* now = entry(model.folder);
            if (now == nullptr || now->listed != model || now->looksPending == 0) {
                return; // it has become something else meanwhile
            }
            now->report = report;
            --now->looksPending;
            Q_EMIT changed();
            Q_EMIT lookedAt(model.folder);
        };
    });
    Q_EMIT changed();
}

void ModelManager::add(const fs::path& folder) {
    const fs::path path = spelled(folder);
    if (entry(path) != nullptr) {
        look(path);
        Q_EMIT added(path);
        return;
    }
    m_looks.run(
        [this, path, activations = m_activations](const std::stop_token&) -> Background::Then {
            FolderReport report = inspectFolder(path, activations);
            return [this, path, report = std::move(report)] {
                if (report.kind == FolderKind::Unusable) {
                    Q_EMIT refused(path, QString::fromStdString(report.problem));
                    return;
                }
                if (entry(path) == nullptr) {
                    m_entries.push_back(
                        {.listed = {.folder = path, .source = {}, .plan = {}}, .report = report});
                }
                Q_EMIT changed();
                Q_EMIT listChanged();
                Q_EMIT added(path);
            };
        });
}

void ModelManager::remove(const fs::path& folder) {
    if (m_work.busy() && m_work.folder == folder) {
        return;
    }
    if (std::erase_if(m_entries,
                      [&](const ModelEntry& entry) { return entry.listed.folder == folder; }) > 0) {
        Q_EMIT changed();
        Q_EMIT listChanged();
    }
}

void ModelManager::quantize(const fs::path& source, const std::string& plan,
                            const fs::path& destination) {
    if (m_work.busy()) {
        return;
    }
    const fs::path target = spelled(destination);
    const fs::path partial = target.string() + kPartial;
    const settings::ListedModel unfinished{.folder = partial, .source = source, .plan = plan};
    const ModelEntry* known = entry(partial);
    if (known != nullptr && known->listed != unfinished) {
        m_work = {.state = ModelWork::State::Failed,
                  .folder = partial,
                  .problem = partial.string() + " holds unfinished work with the plan " +
                             known->listed.plan + " on " + known->listed.source.string() +
                             "; go on with that, remove it, or choose another target."};
        Q_EMIT changed();
        Q_EMIT workEnded();
        return;
    }
    if (known == nullptr) {
        m_entries.push_back({.listed = unfinished, .report = {.kind = FolderKind::Unfinished}});
    }
    package::QuantizeOptions options;
    options.source = source;
    options.destination = target;
    options.plan = package::Plan::byName(plan);
    options.threads = workThreads();
    begin({.kind = ModelWork::Kind::Quantize, .folder = partial},
          [this, options, activations = m_activations](const Report& report,
                                                       const std::stop_token& stop) {
              return runQuantize(m_jobs, options, activations, report, stop);
          });
    Q_EMIT listChanged(); // a program that is killed finds its work again
}

void ModelManager::resume(const fs::path& unfinished) {
    if (const ModelEntry* found = find(unfinished);
        found != nullptr && found->listed.unfinished()) {
        const settings::ListedModel model = found->listed;
        quantize(model.source, model.plan, fs::path(model.folder).replace_extension());
    }
}

void ModelManager::verify(const fs::path& package) {
    if (m_work.busy() || find(package) == nullptr) {
        return;
    }
    begin({.kind = ModelWork::Kind::Verify, .folder = package},
          [this, package](const Report& report, const std::stop_token& stop) {
              return runVerify(m_jobs, package, report, stop);
          });
}

void ModelManager::discard(const fs::path& unfinished) {
    if (m_work.busy() && m_work.folder == unfinished) {
        return;
    }
    m_looks.run([this, unfinished](const std::stop_token&) -> Background::Then {
        std::string problem;
        std::error_code gone;
        try {
            if (fs::exists(unfinished, gone)) {
                package::discardPartial(unfinished);
            }
        } catch (const std::exception& error) {
            problem = sentence(error.what());
        }
        return [this, unfinished, problem] {
            if (!problem.empty()) {
                Q_EMIT discardFailed(unfinished, QString::fromStdString(problem));
                return;
            }
            if (!m_work.busy() && m_work.folder == unfinished) {
                m_work = {}; // nothing is left to go on with
            }
            remove(unfinished);
        };
    });
}

void ModelManager::begin(ModelWork work,
                         std::function<WorkEnd(const Report&, const std::stop_token&)> job) {
    m_work = std::move(work);
    m_work.state = ModelWork::State::Running;
    m_stageBegan.reset();
    m_stop = std::stop_source();
    m_worker.run([this, job = std::move(job),
                  stop = m_stop.get_token()](const std::stop_token&) -> Background::Then {
        const WorkEnd how = job([this](const WorkProgress& progress) { deliver(progress); }, stop);
        // The same way as the progress, so that nothing of it arrives after the end.
        m_inbox.post([this, how] { end(how); });
        return {};
    });
    Q_EMIT changed();
}

void ModelManager::deliver(const WorkProgress& progress) {
    const std::scoped_lock lock(m_mutex);
    m_latest = progress;
    if (!std::exchange(m_deliveryPosted, true)) {
        m_inbox.post([this] { takeProgress(); });
    }
}

void ModelManager::takeProgress() {
    std::optional<WorkProgress> latest;
    {
        const std::scoped_lock lock(m_mutex);
        latest.swap(m_latest);
        m_deliveryPosted = false;
    }
    if (!latest) {
        return;
    }
    if (!m_stageBegan || latest->checking != m_work.progress.checking) {
        m_stageBegan = Clock::now();
    }
    m_work.progress = *latest;
    m_work.secondsLeft =
        secondsLeft(*latest, std::chrono::duration<double>(Clock::now() - *m_stageBegan).count());
    Q_EMIT progressed();
}

void ModelManager::end(const WorkEnd& how) {
    using State = ModelWork::State;
    m_work.state = how.how == WorkEnd::How::Done      ? State::Done
                   : how.how == WorkEnd::How::Stopped ? State::Stopped
                                                      : State::Failed;
    m_work.problem = how.problem;
    m_work.secondsLeft.reset();
    const bool quantized = m_work.kind == ModelWork::Kind::Quantize;
    if (quantized) {
        endQuantizing(how);
    } else if (ModelEntry* found = entry(m_work.folder);
               found != nullptr && how.how == WorkEnd::How::Done) {
        found->verdict =
            how.damages.empty() ? ModelEntry::Verdict::Whole : ModelEntry::Verdict::Damaged;
        found->damages = how.damages;
    }
    Q_EMIT changed();
    if (quantized) {
        Q_EMIT listChanged();
    }
    Q_EMIT workEnded();
}

void ModelManager::endQuantizing(const WorkEnd& how) {
    ModelEntry* found = entry(m_work.folder);
    const fs::path package = fs::path(m_work.folder).replace_extension();
    if (how.how == WorkEnd::How::Done) {
        m_work.folder = package;
        std::erase_if(m_entries,
                      [&](const ModelEntry& other) { // an older one of that name, deleted
                          return other.listed.folder == package;
                      });
        found = entry(package.string() + kPartial);
        if (found != nullptr) {
            found->listed = {.folder = package, .source = {}, .plan = {}};
            found->looksPending = 0;                     // those were at what it was before
            found->verdict = ModelEntry::Verdict::Whole; // it has just been read back
        }
    } else if (!how.somethingLeft) {
        std::erase_if(m_entries, [&](const ModelEntry& other) {
            return other.listed.folder == m_work.folder;
        });
        found = nullptr;
    }
    m_work.canGoOn = how.how != WorkEnd::How::Done && how.somethingLeft;
    if (found != nullptr) {
        found->report = how.report;
    }
}

void ModelManager::stop() {
    if (m_work.state == ModelWork::State::Running) {
        m_work.state = ModelWork::State::Stopping;
        m_stop.request_stop();
        Q_EMIT changed();
    }
}

void ModelManager::dismissWork() {
    if (!m_work.busy()) {
        m_work = {};
        Q_EMIT changed();
    }
}

void ModelManager::measureRoom(const fs::path& destination) {
    m_nextRoom = destination;
    if (!m_measuring) {
        measureNext();
    }
}

void ModelManager::measureNext() {
    const fs::path destination = *std::exchange(m_nextRoom, std::nullopt);
    m_measuring = true;
    m_looks.run([this, destination](const std::stop_token&) -> Background::Then {
        std::uint64_t bytes = 0;
        std::string problem;
        try {
            package::checkDestination(destination);
            bytes = m_jobs.freeDisk(destination);
        } catch (const std::exception& error) {
            problem = sentence(error.what());
        }
        return [this, destination, bytes, problem] {
            m_measuring = false;
            if (m_nextRoom) {
                measureNext();
                return;
            }
            Q_EMIT roomMeasured(destination, bytes, QString::fromStdString(problem));
        };
    });
}

} // namespace phial::app
