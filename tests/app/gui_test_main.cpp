// SPDX-License-Identifier: MIT
#include <QGuiApplication>
#include <QtGlobal>

#include <gtest/gtest.h>

/// Tests of picture decoding and of queued signals need an application object, but no display.
int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    testing::InitGoogleTest(&argc, argv);
    const QGuiApplication application(argc, argv);
    return RUN_ALL_TESTS();
}
