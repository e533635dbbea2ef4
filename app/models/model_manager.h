// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/background.h"
#include "app/models/model_folders.h"
#include "ui/contracts/model_view.h"

#include <QObject>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace phial::app {

/// The models on this computer and the long work on them: quantizing and checking, one at a time,
/// in threads of its own, with progress, stop and resume. Every answer comes through the event
/// loop. GUI thread.
class ModelManager : public QObject {
    Q_OBJECT

public:
    struct Places {
        std::filesystem::path list;    ///< JSON file
        std::filesystem::path own;     ///< folder for the packages that are made here
        std::filesystem::path builtIn; ///< the shipped model, or empty
    };

    explicit ModelManager(Places places, QObject* parent = nullptr);

    /// Stops what runs; what a quantization has finished is kept.
    ~ModelManager() override;

    /// Looks through all folders; listChanged() follows.
    void refresh();

    /// The folder that the engine uses, or an empty path for the built-in model.
    void setCurrent(const std::filesystem::path& folder);

    /// Refers to a folder of the user's.
    void add(const std::filesystem::path& folder);

    /// Takes it off the list; deletes packages in Phial's own folder and unfinished work.
    void remove(const QString& id);

    /// Works out what each shipped plan would make of a checkpoint; plansChanged() follows.
    /// `parent`: where the package is to be made; empty = Phial's own folder.
    void measurePlans(const QString& id, const std::filesystem::path& parent = {});

    /// Makes a package of a checkpoint: PARENT/NAME-PLAN.
    void quantize(const QString& id, const QString& plan, const std::filesystem::path& parent = {});

    /// Goes on with unfinished work.
    void resume(const QString& id);

    /// Compares every file of a package with its checksums.
    void verify(const QString& id);

    /// The work that runs; it ends as WorkState::Stopped.
    void stop();

    /// What was told of ended work is read.
    void forgetWork();

    const ui::ModelWorkView& work() const { return m_work; }

Q_SIGNALS:
    void listChanged(const QList<phial::ui::ModelView>& models);
    void plansChanged(const phial::ui::PlanChoice& choice);
    void workChanged(const phial::ui::ModelWorkView& work);
    void failed(const QString& sentence); ///< the list could not be kept, or a folder not deleted

private:
    class Reporter;

    /// Runs on the thread of the folders, then shows the list.
    void change(std::function<void(ModelFolders&)> work);
    void startQuantizing(const UnfinishedPackage& package);
    void begin(ui::ModelWork work, const QString& id, const QString& name);
    void progressed(const ui::ModelWorkView& work);
    void ended(ui::WorkState state, const QString& text);

    Places m_places;
    std::shared_ptr<ModelFolders> m_folders; ///< used on m_files' thread only
    QList<ui::ModelView> m_list;
    std::filesystem::path m_current;
    ui::ModelWorkView m_work;
    GuiInbox m_inbox; ///< for progress
    Background m_files{Background::AtEnd::Finish};
    Background m_long{Background::AtEnd::Drop};
};

} // namespace phial::app
