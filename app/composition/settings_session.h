// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/background.h"
#include "app/composition/settings_rows.h"
#include "app/settings/settings.h"
#include "ui/main_window.h"

#include <QObject>

#include <functional>
#include <string>
#include <vector>

namespace phial::app {

/// The settings page: shows the settings with what they depend on, and changes them. Whoever owns
/// them applies and keeps them on changed(). GUI thread.
class SettingsSession : public QObject {
    Q_OBJECT

public:
    /// What it is given must outlive it.
    SettingsSession(ui::MainWindow& window, settings::Settings& settings,
                    SettingsSurroundings around, QObject* parent = nullptr);

    void setDevices(const std::vector<gpu::DeviceInfo>& devices);
    void setInputs(const std::vector<audio::InputDevice>& inputs);
    void setEngine(const ui::DeviceChipState& engine);

    const SettingsSurroundings& around() const { return m_around; }

    /// Shows what the settings are by now, when the page is seen.
    void refresh();

Q_SIGNALS:
    /// The settings are others than these, by the user's wish.
    void changed(const phial::settings::Settings& before);

private:
    void change(const std::function<void(settings::Settings&)>& how);
    void press(Fact fact);
    void measure();

    ui::MainWindow& m_window;
    settings::Settings& m_settings;
    SettingsSurroundings m_around;
    Background m_measuring{Background::AtEnd::Drop}; ///< last member
};

} // namespace phial::app
