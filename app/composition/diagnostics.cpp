// SPDX-License-Identifier: MIT
#include "app/composition/diagnostics.h"

#include "app/base/version.h"
#include "app/settings/setting_fields.h"

#include <QDir>
#include <QStringList>
#include <QSysInfo>

namespace phial::app {
namespace {

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

QString stateOf(ui::EngineState state) {
    switch (state) {
    case ui::EngineState::NoModel:
        return QStringLiteral("none");
    case ui::EngineState::Loading:
        return QStringLiteral("being loaded");
    case ui::EngineState::Failed:
        return QStringLiteral("could not be loaded");
    case ui::EngineState::Resting:
        return QStringLiteral("at rest");
    case ui::EngineState::Ready:
    case ui::EngineState::Busy:
        break;
    }
    return QStringLiteral("loaded");
}

} // namespace

// English throughout: it is read by those who mend the program.
QString diagnosticsReport(const settings::Settings& settings, const SettingsSurroundings& around) {
    QStringList lines;
    lines.append(QStringLiteral("Phial %1").arg(QString::fromLatin1(kVersion)));
    lines.append(QStringLiteral("System: %1, %2, kernel %3, Qt %4")
                     .arg(QSysInfo::prettyProductName(), QSysInfo::currentCpuArchitecture(),
                          QSysInfo::kernelVersion(), QString::fromLatin1(qVersion())));
    const ui::DeviceChipState& engine = around.engine;
    lines.append(QStringLiteral("Model: %1 (%2)").arg(engine.modelName, stateOf(engine.state)));
    lines.append(QStringLiteral("Runs on: %1, %2, %3, context of %4 tokens")
                     .arg(engine.deviceName, engine.driver, engine.precision)
                     .arg(engine.contextSize));
    lines.append(QStringLiteral("Graphics devices: %1").arg(around.devices.size()));
    for (const gpu::DeviceInfo& device : around.devices) {
        lines.append(
            QStringLiteral("  %1; %2; %3 MiB%4")
                .arg(text(device.name), text(device.driver))
                .arg(device.localMemoryBytes >> 20U)
                .arg(device.unsuitable.empty() ? QString() : u' ' + text(device.unsuitable)));
    }
    const std::vector<audio::InputDevice> inputs =
        around.inputs.value_or(std::vector<audio::InputDevice>());
    lines.append(QStringLiteral("Inputs: %1").arg(inputs.size()));
    for (const audio::InputDevice& input : inputs) {
        lines.append(
            QStringLiteral("  %1%2; %3 Hz")
                .arg(text(input.id), input.isDefault ? QStringLiteral(" (default)") : QString())
                .arg(input.nativeRateHz));
    }
    lines.append(QStringLiteral("Bytes: meetings %1, conversations %2, cache %3, free %4")
                     .arg(around.storage.meetings)
                     .arg(around.storage.conversations)
                     .arg(around.storage.cache)
                     .arg(around.storage.free));
    lines.append(QStringLiteral("Settings that differ:"));
    const settings::Settings defaults;
    for (const settings::Field& field : settings::fields()) {
        const std::string value = field.write(settings);
        if (value == field.write(defaults)) {
            continue;
        }
        const bool words = field.key == settings::Key::Instructions; // the user's own
        lines.append(
            QStringLiteral("  %1 = %2")
                .arg(
                    QString::fromUtf8(field.name.data(), static_cast<qsizetype>(field.name.size())),
                    words ? QStringLiteral("(%1 bytes)").arg(value.size()) : text(value)));
    }
    QString report = lines.join(u'\n') + u'\n';
    if (const QString home = QDir::homePath(); home.size() > 1) {
        report.replace(home, QStringLiteral("~"));
    }
    return report;
}

} // namespace phial::app
