// SPDX-License-Identifier: MIT
#include "tests/support/drivers_stay_loaded.h"
#include "ui/theme/icons.h"

#include <QApplication>
#include <QLocale>

#include <gtest/gtest.h>

int main(int argc, char** argv) {
    // Before the application exists, and before CTest asks for the list of tests on a machine
    // without a display.
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    const QApplication application(argc, argv);
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedKingdom));
    phial::ui::initResources();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
