// SPDX-License-Identifier: MIT
#include "app/composition/model_session.h"

#include "ui/pages/models_page.h"
#include "ui/widgets/size_text.h"

#include <algorithm>
#include <utility>

namespace phial::app {
namespace {

namespace fs = std::filesystem;

constexpr double kTight = 0.9; ///< more of what is free leaves little to others

QString text(const fs::path& path) {
    return QString::fromStdString(path.string());
}

/// Of the package, also while it is unfinished.
QString nameOf(const fs::path& folder) {
    return text(folder.extension() == ".partial" ? folder.stem() : folder.filename());
}

ui::ModelKind kindOf(FolderKind kind) {
    switch (kind) {
    case FolderKind::Checkpoint:
        return ui::ModelKind::Checkpoint;
    case FolderKind::Package:
        return ui::ModelKind::Package;
    case FolderKind::Unfinished:
        return ui::ModelKind::Unfinished;
    case FolderKind::Unusable:
        break;
    }
    return ui::ModelKind::Unusable;
}

ui::ModelWorkView::State stateOf(ModelWork::State state) {
    switch (state) {
    case ModelWork::State::Running:
        return ui::ModelWorkView::State::Running;
    case ModelWork::State::Stopping:
        return ui::ModelWorkView::State::Stopping;
    case ModelWork::State::Stopped:
        return ui::ModelWorkView::State::Stopped;
    case ModelWork::State::Failed:
        return ui::ModelWorkView::State::Failed;
    case ModelWork::State::Done:
        return ui::ModelWorkView::State::Done;
    case ModelWork::State::None:
        break;
    }
    return ui::ModelWorkView::State::None;
}

/// The device that loading would choose.
const gpu::DeviceInfo* chosenDevice(const std::vector<gpu::DeviceInfo>& devices,
                                    const std::string& uuid, gpu::SoftwareDevices software) {
    const gpu::DeviceInfo* best = nullptr;
    for (const gpu::DeviceInfo& device : devices) {
        if (!uuid.empty() ? device.uuid == uuid
                          : device.unsuitable.empty() &&
                                (device.kind != gpu::DeviceKind::Software ||
                                 software == gpu::SoftwareDevices::Allow) &&
                                (best == nullptr || device.kind < best->kind)) {
            best = &device;
        }
    }
    return best;
}

DType activationsOf(Precision precision, const gpu::DeviceInfo& device) {
    const bool half = device.features.storage16 && precision != Precision::Fp32;
    return half ? DType::F16 : DType::F32;
}

} // namespace

ModelSession::ModelSession(ModelServices services, QObject* parent)
    : QObject(parent)
    , m_services(std::move(services))
    , m_manager(m_services.jobs)
    , m_measure(Background::AtEnd::Drop) {
    connectManager();
    connectPage();
    refreshModels();
}

void ModelSession::connectManager() {
    connect(&m_manager, &ModelManager::changed, this, [this] {
        refreshModels();
        refreshWork();
    });
    connect(&m_manager, &ModelManager::progressed, this, &ModelSession::refreshWork);
    connect(&m_manager, &ModelManager::listChanged, this, [this] {
        std::vector<settings::ListedModel> list = m_manager.list();
        std::erase_if(list, [this](const settings::ListedModel& model) {
            return model.folder == m_services.builtIn;
        });
        m_services.settings.models = std::move(list);
        Q_EMIT settingsChanged();
    });
    connect(&m_manager, &ModelManager::added, this, [this](const fs::path& folder) {
        m_services.window.clearNotice(QStringLiteral("model-folder"));
        m_services.window.modelsPage().select(text(folder));
    });
    connect(&m_manager, &ModelManager::refused, this,
            [this](const fs::path& folder, const QString& sentence) {
                refuse(tr("“%1” was not added.").arg(nameOf(folder)), sentence);
            });
    connect(&m_manager, &ModelManager::discardFailed, this,
            [this](const fs::path& folder, const QString& sentence) {
                refuse(tr("“%1” was not removed.").arg(nameOf(folder)), sentence);
            });
    connect(&m_manager, &ModelManager::lookedAt, this, [this](const fs::path& folder) {
        if (folder == m_wanted) {
            loadIfFits(std::exchange(m_wanted, {}));
        }
    });
    connect(&m_manager, &ModelManager::workEnded, this, &ModelSession::onWorkEnded);
    connect(&m_manager, &ModelManager::roomMeasured, this,
            [this](const fs::path& folder, quint64 bytes, const QString& problem) {
                m_services.window.modelsPage().setTarget(
                    {.folder = text(folder),
                     .freeBytes = problem.isEmpty() ? static_cast<qint64>(bytes) : -1,
                     .problem = problem});
            });
}

void ModelSession::connectPage() {
    using ui::ModelsPage;
    ModelsPage& page = m_services.window.modelsPage();
    const auto path = [](const QString& id) { return fs::path(id.toStdString()); };
    connect(&page, &ModelsPage::shown, this, [this] {
        m_manager.lookAtAll();
        measureDevice();
    });
    connect(&page, &ModelsPage::folderChosen, this, &ModelSession::addFolder);
    connect(&page, &ModelsPage::loadRequested, this, &ModelSession::load);
    connect(&page, &ModelsPage::lookRequested, this,
            [this, path](const QString& id) { m_manager.look(path(id)); });
    connect(&page, &ModelsPage::removeRequested, this,
            [this, path](const QString& id) { m_manager.remove(path(id)); });
    connect(&page, &ModelsPage::verifyRequested, this,
            [this, path](const QString& id) { m_manager.verify(path(id)); });
    connect(&page, &ModelsPage::targetChanged, this,
            [this, path](const QString& folder) { m_manager.measureRoom(path(folder)); });
    connect(&page, &ModelsPage::quantizeRequested, this,
            [this, path](const QString& id, const QString& plan, const QString& folder) {
                m_manager.quantize(path(id), plan.toStdString(), path(folder));
            });
    connect(&page, &ModelsPage::resumeRequested, this,
            [this, path](const QString& id) { m_manager.resume(path(id)); });
    connect(&page, &ModelsPage::discardRequested, this,
            [this, path](const QString& id) { m_manager.discard(path(id)); });
    connect(&page, &ModelsPage::stopRequested, &m_manager, &ModelManager::stop);
    connect(&page, &ModelsPage::workClosed, &m_manager, &ModelManager::dismissWork);
    connect(&m_services.window, &ui::MainWindow::modelFolderDropped, this,
            &ModelSession::addFolder);
}

void ModelSession::start() {
    std::vector<settings::ListedModel> list;
    if (!m_services.builtIn.empty()) {
        list.push_back({.folder = m_services.builtIn, .source = {}, .plan = {}});
    }
    const std::vector<settings::ListedModel>& kept = m_services.settings.models;
    list.insert(list.end(), kept.begin(), kept.end());
    // Chosen before there was a list, or written into the settings by hand.
    const fs::path& used = m_services.settings.model;
    if (!used.empty() && std::none_of(list.begin(), list.end(),
                                      [&](const auto& model) { return model.folder == used; })) {
        list.push_back({.folder = used, .source = {}, .plan = {}});
        m_services.settings.models.push_back(list.back()); // saved with the next change
    }
    m_manager.setList(list);
}

void ModelSession::setDevices(const std::vector<gpu::DeviceInfo>& devices) {
    m_devices = devices;
    measureDevice();
}

void ModelSession::measureDevice() {
    const gpu::DeviceInfo* device =
        chosenDevice(m_devices, m_info ? m_info->deviceUuid : m_services.settings.device,
                     m_services.settings.software);
    m_device = device != nullptr ? QString::fromStdString(device->name) : QString();
    if (device == nullptr) {
        m_free.reset();
        refreshModels();
        return;
    }
    m_manager.setActivations(activationsOf(m_services.settings.precision, *device));
    if (!m_services.freeDeviceMemory) {
        refreshModels();
        return;
    }
    m_measure.run([this, uuid = device->uuid](const std::stop_token&) -> Background::Then {
        std::optional<std::uint64_t> free;
        try {
            free = m_services.freeDeviceMemory(uuid);
        } catch (const Error&) {
            free.reset(); // loading a model reports the reason
        }
        return [this, free] {
            m_free = free;
            refreshModels();
        };
    });
}

void ModelSession::onLoading() {
    m_info.reset();
    m_use = ui::ModelUse::Loading;
    refreshModels();
}

void ModelSession::onReady(const EngineInfo& info) {
    m_info = info;
    m_use = ui::ModelUse::Loaded;
    measureDevice();
    refreshModels();
}

void ModelSession::onNotLoaded() {
    m_info.reset();
    m_use = ui::ModelUse::None;
    measureDevice();
    refreshModels();
}

void ModelSession::onResting() {
    m_info.reset();
    m_use = ui::ModelUse::Resting;
    measureDevice();
    refreshModels();
}

void ModelSession::addFolder(const QString& path) {
    m_services.window.showPage(ui::MainWindow::Page::Models);
    m_services.window.clearNotice(QStringLiteral("model-folder"));
    m_manager.add(path.toStdString());
}

void ModelSession::load(const QString& id) {
    m_services.window.clearNotice(QStringLiteral("model-folder"));
    m_wanted = id.toStdString();
    if (m_manager.find(m_wanted) == nullptr) {
        m_wanted.clear();
        return;
    }
    m_manager.look(m_wanted); // the one in use is not given up for a folder that has gone
}

void ModelSession::loadIfFits(const fs::path& folder) {
    const ModelEntry* wanted = m_manager.find(folder);
    if (wanted == nullptr) {
        return;
    }
    const FolderReport& report = wanted->report;
    if (report.kind != FolderKind::Checkpoint && report.kind != FolderKind::Package) {
        refuse(tr("“%1” was not loaded.").arg(nameOf(folder)),
               QString::fromStdString(report.problem));
        return;
    }
    const std::uint64_t held = m_info ? m_info->deviceBytes : 0;
    if (m_free && report.leastMemory > *m_free + held) {
        refuse(tr("“%1” was not loaded.").arg(nameOf(folder)),
               tr("It needs %1 of memory on %2, where %3 can be had; make a smaller package, close "
                  "other programs that use the device, or choose another device.")
                   .arg(ui::sizeText(static_cast<qint64>(report.leastMemory)), m_device,
                        ui::sizeText(static_cast<qint64>(*m_free + held))));
        return;
    }
    Q_EMIT loadRequested(folder == m_services.builtIn ? fs::path() : folder);
}

void ModelSession::refuse(const QString& title, const QString& reason) {
    ui::NoticeView notice;
    notice.key = QStringLiteral("model-folder");
    notice.severity = ui::Severity::Error;
    notice.title = title;
    notice.text = reason;
    m_services.window.showNotice(notice);
}

void ModelSession::onWorkEnded() {
    const ModelWork& work = m_manager.work();
    if (work.state == ModelWork::State::Stopped) {
        return; // by the user
    }
    const ModelEntry* entry = m_manager.find(work.folder);
    const bool good = work.state == ModelWork::State::Done &&
                      (entry == nullptr || entry->verdict != ModelEntry::Verdict::Damaged);
    ui::NoticeView notice;
    notice.key = QStringLiteral("model-work");
    notice.severity = good ? ui::Severity::Info : ui::Severity::Error;
    const QString name = nameOf(work.folder);
    notice.title = work.state == ModelWork::State::Failed
                       ? tr("The work on the model “%1” failed.").arg(name)
                   : !good ? tr("The model “%1” is damaged.").arg(name)
                   : work.kind == ModelWork::Kind::Quantize
                       ? tr("The model “%1” is made and can be loaded.").arg(name)
                       : tr("The model “%1” is whole.").arg(name);
    notice.text = QString::fromStdString(work.problem);
    notice.actions = {ui::NoticeAction::ShowModels};
    Q_EMIT newsRaised(notice);
    if (!m_services.window.modelsPage().isVisible()) { // else it is seen there
        m_services.window.showNotice(notice);
    }
}

fs::path ModelSession::folderInUse() const {
    const fs::path& chosen = m_services.settings.model;
    return chosen.empty() ? m_services.builtIn : chosen;
}

QList<ui::ContextNeed> ModelSession::needs(const std::vector<MemoryNeed>& needs) const {
    const std::uint64_t held = m_info ? m_info->deviceBytes : 0;
    QList<ui::ContextNeed> list;
    for (const MemoryNeed& need : needs) {
        ui::ContextNeed line{.tokens = static_cast<int>(need.tokens),
                             .bytes = static_cast<qint64>(need.bytes)};
        if (m_free) {
            const auto free = static_cast<double>(*m_free + held);
            const auto bytes = static_cast<double>(need.bytes);
            line.room = bytes > free            ? ui::Room::Lacking
                        : bytes > kTight * free ? ui::Room::Tight
                                                : ui::Room::Ample;
        }
        list.append(line);
    }
    return list;
}

ui::ModelView ModelSession::view(const ModelEntry& entry) const {
    const FolderReport& report = entry.report;
    const bool shipped = entry.listed.folder == m_services.builtIn;
    ui::ModelView view;
    view.id = text(entry.listed.folder);
    view.builtIn = shipped;
    view.name = shipped ? tr("Built-in mini model: a demonstration") : nameOf(entry.listed.folder);
    view.folder = view.id;
    view.kind = kindOf(report.kind);
    view.use = entry.listed.folder == folderInUse() ? m_use : ui::ModelUse::None;
    view.checking = entry.looking();
    view.diskBytes = static_cast<qint64>(report.diskBytes);
    view.bits = report.bitsPerWeight;
    view.plan = QString::fromStdString(entry.listed.unfinished() ? entry.listed.plan : report.plan);
    view.source = text(entry.listed.source);
    view.problem = QString::fromStdString(report.problem);
    view.verified = entry.verdict == ModelEntry::Verdict::Whole;
    for (const std::string& damage : entry.damages) {
        view.damages.append(QString::fromStdString(damage));
    }
    view.needs = needs(report.needs);
    for (const PlanSize& plan : report.packagePlans) {
        view.plans.append({.id = QString::fromStdString(plan.plan),
                           .packageBytes = static_cast<qint64>(plan.packageBytes),
                           .diskNeeded = static_cast<qint64>(plan.diskNeeded),
                           .needs = needs(plan.needs)});
    }
    return view;
}

void ModelSession::refreshModels() {
    ui::ModelsView models;
    for (const ModelEntry& entry : m_manager.entries()) {
        models.models.append(view(entry));
    }
    models.targets = text(m_services.targets);
    models.device = m_device;
    const std::uint64_t held = m_info ? m_info->deviceBytes : 0;
    models.deviceFree = m_free ? static_cast<qint64>(*m_free + held) : -1;
    if (m_info) {
        models.usedNow = static_cast<qint64>(m_info->deviceBytes);
        models.usedAtMost = static_cast<qint64>(m_info->predictedBytes);
        models.contextTokens = m_info->contextTokens;
    }
    m_services.window.modelsPage().setModels(models);
}

void ModelSession::refreshWork() {
    const ModelWork& work = m_manager.work();
    ui::ModelWorkView view;
    view.kind = work.kind == ModelWork::Kind::Quantize ? ui::ModelWorkView::Kind::Quantizing
                                                       : ui::ModelWorkView::Kind::Verifying;
    view.state = stateOf(work.state);
    view.id = text(work.folder);
    view.name = nameOf(work.folder);
    view.checking = work.progress.checking;
    view.bytesDone = static_cast<qint64>(work.progress.bytesDone);
    view.bytesTotal = static_cast<qint64>(work.progress.bytesTotal);
    view.tensorsDone = static_cast<int>(work.progress.tensorsDone);
    view.tensorsTotal = static_cast<int>(work.progress.tensorsTotal);
    view.secondsLeft = work.secondsLeft ? static_cast<int>(*work.secondsLeft) : -1;
    view.problem = QString::fromStdString(work.problem);
    view.canGoOn = work.canGoOn;
    if (const ModelEntry* entry = m_manager.find(work.folder);
        entry != nullptr && work.kind == ModelWork::Kind::Verify &&
        work.state == ModelWork::State::Done && !entry->damages.empty()) {
        view.problem = QString::fromStdString(entry->damages.front());
    }
    m_services.window.modelsPage().setWork(view);
}

} // namespace phial::app
