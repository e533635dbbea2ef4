// SPDX-License-Identifier: MIT
#pragma once

#include "app/models/model_manager.h"
#include "ui/main_window.h"

#include <QObject>

#include <filesystem>
#include <functional>

namespace phial::app {

/// The page of models and the work behind it. GUI thread.
class ModelSession : public QObject {
    Q_OBJECT

public:
    struct Parts {
        ui::MainWindow& window;
        ModelManager::Places places;
        /// Loads a model; an empty path means the built-in one.
        std::function<void(const std::filesystem::path&)> use;
    };

    explicit ModelSession(Parts parts, QObject* parent = nullptr);

    /// The folder that the engine uses; it is on the list from now on.
    void setCurrent(const std::filesystem::path& folder);

    ModelManager& manager() { return m_manager; }

private:
    void chooseFolder(const QString& title, const std::function<void(const QString&)>& then);
    void connectPage();
    void onWork(const ui::ModelWorkView& work);

    Parts m_parts;
    ModelManager m_manager;
};

} // namespace phial::app
