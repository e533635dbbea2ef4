// SPDX-License-Identifier: MIT
#include "app/composition/run_window.h"

#include "app/composition/one_window.h"
#include "inference/base/error.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QDBusConnection>
#include <QFileInfo>
#include <QStandardPaths>

#include <cstdio>
#include <utility>

namespace phial::app {
namespace {

bool hasDisplay() {
    return !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
           !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

/// Without an address the library would start a bus of its own, and wait for it.
QDBusConnection sessionBus() {
    return qEnvironmentVariableIsEmpty("DBUS_SESSION_BUS_ADDRESS")
               ? QDBusConnection(QStringLiteral("none"))
               : QDBusConnection::sessionBus();
}

} // namespace

int runWindow(int argc, char** argv, WindowServices services) {
    if (!hasDisplay()) {
        std::fputs("phial: there is no display for the window; run `phial --help` for the terminal "
                   "program.\n",
                   stderr);
        return 2;
    }
    // Scale factors like 1.25 are used as they are; rounding makes letters too large or too small.
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(
        Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("phial"));
    QApplication::setApplicationDisplayName(QStringLiteral("Phial"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.phial.Phial"));
    ui::initResources();
    if (services.dataDirectory.empty()) {
        services.dataDirectory =
            QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation).toStdString() +
            "/phial";
    }
    if (services.settingsFile.empty()) {
        services.settingsFile = settings::SettingsFile::standardPath();
    }
    QStringList files;
    QStringList words = QApplication::arguments().mid(1);
    const bool safe = words.removeAll(QLatin1String(kSafeMode)) > 0;
    const bool reset = words.removeAll(QLatin1String(kResetSettings)) > 0;
    for (const QString& word : std::as_const(words)) {
        files.append(QFileInfo(word).absoluteFilePath());
    }
    OneWindow one(sessionBus(), services.dataDirectory);
    if (!one.claim(files)) {
        if (safe || reset) {
            std::fputs("phial: Phial is running already; close it and try again.\n", stderr);
            return 1;
        }
        return 0;
    }
    services.mode = safe ? StartMode::Safe : StartMode::Normal;
    if (reset) {
        try {
            settings::SettingsFile(services.settingsFile).putAway();
        } catch (const Error& error) {
            std::fprintf(stderr, "phial: %s\n", error.what());
            return 1;
        }
    }
    services.notificationBus = &sessionBus;
    Application program(std::move(services));
    QObject::connect(&one, &OneWindow::asked, &program, [&program](const QStringList& more) {
        program.openFiles(more);
        program.window().comeToFront();
    });
    program.openFiles(files);
    program.show();
    return QApplication::exec();
}

} // namespace phial::app
