// SPDX-License-Identifier: MIT
#include "app/composition/settings_session.h"

#include "app/composition/diagnostics.h"
#include "ui/pages/settings_page.h"

#include <QClipboard>
#include <QDesktopServices>
#include <QGuiApplication>
#include <QUrl>

#include <utility>

namespace phial::app {
namespace {

void showFolder(const std::filesystem::path& folder) {
    QDesktopServices::openUrl(QUrl::fromLocalFile(QString::fromStdString(folder.string())));
}

} // namespace

SettingsSession::SettingsSession(ui::MainWindow& window, settings::Settings& settings,
                                 SettingsSurroundings around, QObject* parent)
    : QObject(parent)
    , m_window(window)
    , m_settings(settings)
    , m_around(std::move(around)) {
    ui::SettingsPage& page = m_window.settingsPage();
    connect(&page, &ui::SettingsPage::opened, this, [this] {
        refresh();
        measure();
    });
    connect(&page, &ui::SettingsPage::changed, this, [this](int row, const QString& value) {
        change([row, &value](settings::Settings& all) {
            const auto key = static_cast<settings::Key>(row);
            std::string word = value.toStdString();
            if (key == settings::Key::SoftwareDevice) { // a switch, with words of its own
                word = word == "yes" ? "allow" : "refuse";
            }
            settings::setValue(all, key, word);
        });
    });
    connect(&page, &ui::SettingsPage::resetRequested, this, [this](int group) {
        change([group](settings::Settings& all) {
            for (const settings::Key key : keysOf(static_cast<SettingsGroup>(group))) {
                settings::setValue(all, key, settings::valueOf({}, key));
            }
        });
    });
    connect(&page, &ui::SettingsPage::pressed, this,
            [this](int row) { press(static_cast<Fact>(row)); });
}

void SettingsSession::setDevices(const std::vector<gpu::DeviceInfo>& devices) {
    m_around.devices = devices;
    refresh();
}

void SettingsSession::setInputs(const std::vector<audio::InputDevice>& inputs) {
    m_around.inputs = inputs;
    refresh();
}

void SettingsSession::setEngine(const ui::DeviceChipState& engine) {
    m_around.engine = engine;
    refresh();
}

void SettingsSession::refresh() {
    if (m_window.settingsPage().isVisible()) {
        m_window.settingsPage().setView(settingsView(m_settings, m_around));
    }
}

void SettingsSession::change(const std::function<void(settings::Settings&)>& how) {
    const settings::Settings before = m_settings;
    how(m_settings);
    if (m_settings != before) {
        Q_EMIT changed(before);
    }
    refresh();
}

void SettingsSession::press(Fact fact) {
    switch (fact) {
    case Fact::Model:
        m_window.showPage(ui::MainWindow::Page::Models);
        break;
    case Fact::Data:
        showFolder(m_around.dataDirectory);
        break;
    case Fact::SettingsFile:
        showFolder(m_around.settingsFile.parent_path());
        break;
    case Fact::Cache:
        m_measuring.clear();
        m_measuring.run(
            [this, cache = m_around.cacheDirectory](const std::stop_token&) -> Background::Then {
                emptyFolder(cache);
                return [this] { m_window.showBriefly(tr("The cache is empty")); };
            });
        measure();
        break;
    case Fact::Report:
        QGuiApplication::clipboard()->setText(diagnosticsReport(m_settings, m_around));
        m_window.showBriefly(tr("The report can be pasted now"));
        break;
    case Fact::Network:
    case Fact::Version:
        break; // without a button
    }
}

/// Folders of thousands of meetings take a moment.
void SettingsSession::measure() {
    m_measuring.run([this, data = m_around.dataDirectory, cache = m_around.cacheDirectory](
                        const std::stop_token& stop) -> Background::Then {
        const Storage storage = measureStorage(data, cache, stop);
        return [this, storage] {
            m_around.storage = storage;
            refresh();
        };
    });
}

} // namespace phial::app
