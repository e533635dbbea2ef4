// SPDX-License-Identifier: MIT
#pragma once

#include "app/models/model_manager.h"
#include "app/settings/settings.h"
#include "inference/base/error.h"
#include "inference/engine/engine.h"
#include "ui/contracts/model_view.h"
#include "ui/main_window.h"

#include <QObject>

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace phial::app {

/// What the page of models needs from outside.
struct ModelServices {
    ui::MainWindow& window;
    settings::Settings& settings; ///< the list is kept there
    ModelJobs jobs;
    std::filesystem::path builtIn; ///< folder of the shipped model; empty = none
    std::filesystem::path targets; ///< where packages are offered to be made
    /// Free memory of the device of that UUID; may throw Error. Called on a worker thread. Unset:
    /// not known.
    std::function<std::uint64_t(const std::string&)> freeDeviceMemory;
};

/// Joins the page of models with the list and the work on it, and says when another model is to be
/// loaded: the program does that as at its start. GUI thread.
class ModelSession : public QObject {
    Q_OBJECT

public:
    explicit ModelSession(ModelServices services, QObject* parent = nullptr);

    /// After the first paint: looks at the listed folders.
    void start();

    /// Which devices there are; the chosen one, or the one that would be, is measured.
    void setDevices(const std::vector<gpu::DeviceInfo>& devices);

    // What became of the model of the settings.
    void onLoading();
    void onReady(const EngineInfo& info);
    void onNotLoaded();
    void onResting(); ///< freed because nobody used it

    /// A folder that was dropped on the window: shown with what it is, or refused with the reason.
    void addFolder(const QString& path);

    // For tests.
    ModelManager& manager() { return m_manager; }

Q_SIGNALS:
    /// Its files are there and it has room; empty = the shipped one.
    void loadRequested(const std::filesystem::path& folder);
    void settingsChanged();
    /// Work has ended; the window shows it as well.
    void newsRaised(const phial::ui::NoticeView& news);

private:
    void connectManager();
    void connectPage();
    void load(const QString& id);
    void loadIfFits(const std::filesystem::path& folder);
    void measureDevice();
    void refuse(const QString& title, const QString& text);
    void onWorkEnded();
    void refreshModels();
    void refreshWork();
    ui::ModelView view(const ModelEntry& entry) const;
    QList<ui::ContextNeed> needs(const std::vector<MemoryNeed>& needs) const;
    std::filesystem::path folderInUse() const;

    ModelServices m_services;
    std::vector<gpu::DeviceInfo> m_devices;
    std::optional<EngineInfo> m_info;
    ui::ModelUse m_use = ui::ModelUse::None; ///< of the model of the settings
    QString m_device;
    std::optional<std::uint64_t> m_free; ///< of the device, what the loaded model holds included
    std::filesystem::path m_wanted;      ///< is looked at once more before it is loaded
    ModelManager m_manager;
    Background m_measure; ///< last member: joined before anything it uses dies
};

} // namespace phial::app
