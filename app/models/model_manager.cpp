// SPDX-License-Identifier: MIT
#include "app/models/model_manager.h"

#include "inference/base/error.h"
#include "inference/engine/memory_estimate.h"
#include "inference/package/layout.h"
#include "inference/package/plan.h"
#include "inference/package/quantize_job.h"
#include "inference/package/verify_package.h"
#include "inference/weights/model_folder.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace phial::app {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTellEvery{100};
constexpr std::int64_t kShownContext = 8192; // what a model is loaded with by itself

fs::path pathOf(const QString& id) {
    return id.toStdString();
}

/// The first folder at or above `path` that is there: where its free space can be asked for.
fs::path existing(fs::path path) {
    std::error_code ignored;
    while (!path.empty() && !fs::exists(path, ignored) && path.has_parent_path() &&
           path != path.parent_path()) {
        path = path.parent_path();
    }
    return path;
}

ui::PlanChoice measured(const fs::path& folder, const fs::path& parent) {
    ui::PlanChoice choice;
    choice.model = QString::fromStdString(folder.string());
    choice.folder = QString::fromStdString(parent.string());
    try {
        const weights::ModelFolder model = weights::openModelFolder(folder);
        const std::int64_t context =
            std::min<std::int64_t>(kShownContext, model.config.decoder.maxPositions);
        for (const char* name : {"default", "compact", "small", "audio"}) {
            const package::Layout layout =
                package::makeLayout(model.checkpoint, model.config, package::Plan::byName(name));
            ui::PlanView plan;
            plan.id = QString::fromLatin1(name);
            plan.sourceBytes = static_cast<qint64>(layout.sourceBytes);
            plan.packageBytes = static_cast<qint64>(layout.packageBytes);
            plan.diskBytes = static_cast<qint64>(package::diskNeeded(layout));
            plan.contextTokens = static_cast<int>(context);
            plan.deviceBytes = static_cast<qint64>(
                estimateMemory(model.config,
                               {.weightBytes = layout.packageBytes, .activations = DType::F16},
                               context)
                    .total());
            choice.plans.append(plan);
        }
        choice.freeBytes = static_cast<qint64>(fs::space(existing(parent)).available);
    } catch (const std::exception& error) { // Error, or of the file system
        choice.problem = QString::fromUtf8(error.what());
    }
    return choice;
}

} // namespace

/// Tells the GUI thread how far work is, at most ten times a second.
class ModelManager::Reporter {
public:
    Reporter(ModelManager& owner, ui::ModelWorkView view)
        : m_owner(owner)
        , m_view(std::move(view)) {}

    /// `resumed`: bytes of `done` that cost no time. Any thread, one call at a time.
    void tell(ui::ModelWork work, std::uint64_t done, std::uint64_t total, std::uint64_t resumed,
              const std::string& part) {
        const Clock::time_point now = Clock::now();
        if (work != m_view.work) {
            m_begin = now;
            m_last = {};
        }
        if (now - m_last < kTellEvery && done < total) {
            return;
        }
        m_last = now;
        m_view.work = work;
        m_view.done = static_cast<qint64>(done);
        m_view.total = static_cast<qint64>(total);
        m_view.part = QString::fromStdString(part);
        const double seconds = std::chrono::duration<double>(now - m_begin).count();
        const auto made = static_cast<double>(done - std::min(done, resumed));
        m_view.secondsLeft =
            made > 0 && seconds > 1 ? static_cast<double>(total - done) / made * seconds : -1;
        m_owner.m_inbox.post([owner = &m_owner, view = m_view] { owner->progressed(view); });
    }

private:
    ModelManager& m_owner;
    ui::ModelWorkView m_view;
    Clock::time_point m_begin = Clock::now();
    Clock::time_point m_last;
};

ModelManager::ModelManager(Places places, QObject* parent)
    : QObject(parent)
    , m_places(std::move(places)) {
    // Read on the thread of the files: the disk may be slow.
    change([](ModelFolders&) {});
}

ModelManager::~ModelManager() = default;

void ModelManager::change(std::function<void(ModelFolders&)> work) {
    m_files.run([this, places = m_places,
                 work = std::move(work)](const std::stop_token&) -> Background::Then {
        QString problem;
        QList<ui::ModelView> list;
        try {
            if (m_folders == nullptr) {
                m_folders = std::make_shared<ModelFolders>(places.list, places.own, places.builtIn);
            }
            work(*m_folders);
        } catch (const std::exception& error) { // Error, or of the file system
            problem = QString::fromUtf8(error.what());
        }
        if (m_folders != nullptr) {
            for (ui::ModelView& view : m_folders->look()) {
                list.append(std::move(view));
            }
        }
        return [this, list, problem] {
            m_list = list;
            setCurrent(m_current);
            if (!problem.isEmpty()) {
                Q_EMIT failed(problem);
            }
        };
    });
}

void ModelManager::refresh() {
    change([](ModelFolders&) {});
}

void ModelManager::setCurrent(const fs::path& folder) {
    m_current = folder.lexically_normal();
    if (!m_current.empty() && !m_current.has_filename()) {
        m_current = m_current.parent_path(); // "models/phi/"
    }
    const QString id = QString::fromStdString(m_current.string());
    for (ui::ModelView& view : m_list) {
        view.current = folder.empty() ? view.kind == ui::ModelKind::BuiltIn : view.id == id;
    }
    Q_EMIT listChanged(m_list);
}

void ModelManager::add(const fs::path& folder) {
    change([folder](ModelFolders& folders) { folders.add(folder); });
}

void ModelManager::remove(const QString& id) {
    if (m_work.state == ui::WorkState::Running && m_work.model == id) {
        return; // stopped first
    }
    change([folder = pathOf(id)](ModelFolders& folders) { folders.remove(folder); });
}

void ModelManager::measurePlans(const QString& id, const fs::path& parent) {
    const fs::path where = parent.empty() ? m_places.own : parent;
    m_files.run([this, folder = pathOf(id), where](const std::stop_token&) -> Background::Then {
        const ui::PlanChoice choice = measured(folder, where);
        return [this, choice] { Q_EMIT plansChanged(choice); };
    });
}

void ModelManager::quantize(const QString& id, const QString& plan, const fs::path& parent) {
    const fs::path source = pathOf(id);
    const fs::path where = parent.empty() ? m_places.own : parent;
    startQuantizing({source, where / (source.filename().string() + "-" + plan.toStdString()),
                     plan.toStdString()});
}

void ModelManager::resume(const QString& id) {
    m_files.run([this, destination = pathOf(id)](const std::stop_token&) -> Background::Then {
        const UnfinishedPackage* const known =
            m_folders == nullptr ? nullptr : m_folders->unfinished(destination);
        if (known == nullptr) {
            return {};
        }
        return [this, package = *known] { startQuantizing(package); };
    });
}

void ModelManager::startQuantizing(const UnfinishedPackage& package) {
    if (m_work.state == ui::WorkState::Running) {
        return;
    }
    begin(ui::ModelWork::Quantizing, QString::fromStdString(package.destination.string()),
          QString::fromStdString(package.destination.filename().string()));
    change([package](ModelFolders& folders) {
        std::error_code ignored; // the work itself tells
        fs::create_directories(package.destination.parent_path(), ignored);
        folders.begin(package);
    });
    m_long.run([this, package, view = m_work](const std::stop_token& stop) -> Background::Then {
        Reporter reporter(*this, view);
        try {
            package::QuantizeOptions options;
            options.source = package.source;
            options.destination = package.destination;
            options.plan = package::Plan::byName(package.plan);
            // One processor stays free for the window.
            options.threads =
                std::max(1, static_cast<int>(std::thread::hardware_concurrency()) - 1);
            package::quantizeCheckpoint(
                options,
                [&](const package::QuantizeProgress& now) {
                    const bool checking = now.stage == package::QuantizeProgress::Stage::Checking;
                    reporter.tell(checking ? ui::ModelWork::Checking : ui::ModelWork::Quantizing,
                                  now.bytesDone, now.bytesTotal, now.bytesResumed, now.tensor);
                },
                stop);
        } catch (const Error& error) {
            const bool stopped = error.code() == ErrorCode::Cancelled;
            return [this, stopped, text = QString::fromUtf8(error.what())] {
                ended(stopped ? ui::WorkState::Stopped : ui::WorkState::Failed,
                      stopped ? tr("What is finished is kept; it can go on from there.") : text);
            };
        } catch (const std::exception& error) {
            return [this, text = QString::fromUtf8(error.what())] {
                ended(ui::WorkState::Failed, text);
            };
        }
        return [this, destination = package.destination] {
            change([destination](ModelFolders& folders) { folders.finish(destination); });
            ended(ui::WorkState::Done, tr("The package is whole and checked. It can be used now."));
        };
    });
}

void ModelManager::verify(const QString& id) {
    if (m_work.state == ui::WorkState::Running) {
        return;
    }
    const fs::path folder = pathOf(id);
    begin(ui::ModelWork::Checking, id, QString::fromStdString(folder.filename().string()));
    m_long.run([this, folder, view = m_work](const std::stop_token& stop) -> Background::Then {
        Reporter reporter(*this, view);
        std::vector<std::string> problems;
        try {
            problems = package::verifyPackage(
                folder,
                [&](std::uint64_t done, std::uint64_t total) {
                    reporter.tell(ui::ModelWork::Checking, done, total, 0, {});
                },
                stop);
        } catch (const Error& error) {
            const bool stopped = error.code() == ErrorCode::Cancelled;
            return [this, stopped, text = QString::fromUtf8(error.what())] {
                ended(stopped ? ui::WorkState::Stopped : ui::WorkState::Failed,
                      stopped ? tr("The check was stopped.") : text);
            };
        }
        return [this, problems] {
            if (problems.empty()) {
                ended(ui::WorkState::Done, tr("Every file is as it was written."));
                return;
            }
            QStringList lines;
            for (const std::string& problem : problems) {
                lines.append(QString::fromStdString(problem));
            }
            ended(ui::WorkState::Failed, lines.join(QLatin1Char('\n')));
        };
    });
}

void ModelManager::begin(ui::ModelWork work, const QString& id, const QString& name) {
    m_work = {};
    m_work.work = work;
    m_work.state = ui::WorkState::Running;
    m_work.model = id;
    m_work.name = name;
    Q_EMIT workChanged(m_work);
}

void ModelManager::progressed(const ui::ModelWorkView& work) {
    if (m_work.state == ui::WorkState::Running && m_work.model == work.model) {
        const bool first = m_work.total == 0;
        m_work = work;
        Q_EMIT workChanged(m_work);
        if (first) {
            refresh(); // its folder is there now
        }
    }
}

void ModelManager::ended(ui::WorkState state, const QString& text) {
    m_work.state = state;
    m_work.text = text;
    m_work.secondsLeft = -1;
    Q_EMIT workChanged(m_work);
    refresh();
}

void ModelManager::stop() {
    m_long.clear();
}

void ModelManager::forgetWork() {
    if (m_work.state != ui::WorkState::Running) {
        m_work = {};
        Q_EMIT workChanged(m_work);
    }
}

} // namespace phial::app
