// SPDX-License-Identifier: MIT
#include "app/composition/run_window.h"

#include "inference/base/error.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QFileInfo>
#include <QStandardPaths>

#include <cstdio>

namespace phial::app {
namespace {

bool hasDisplay() {
    return !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY") ||
           !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
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
    const QStringList words = QApplication::arguments().mid(1);
    for (const QString& word : words) {
        if (word == QLatin1String(kSafeMode)) {
            services.mode = StartMode::Safe;
        } else if (word == QLatin1String(kResetSettings)) {
            try {
                settings::SettingsFile(services.settingsFile).putAway();
            } catch (const Error& error) {
                std::fprintf(stderr, "phial: %s\n", error.what());
                return 1;
            }
        } else {
            files.append(QFileInfo(word).absoluteFilePath());
        }
    }
    Application program(std::move(services));
    program.openFiles(files);
    program.show();
    return QApplication::exec();
}

} // namespace phial::app
