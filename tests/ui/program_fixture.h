// SPDX-License-Identifier: MIT
#pragma once

#include "app/composition/application.h"
#include "app/composition/wav_bytes.h"
#include "tests/app/fake_audio.h"
#include "tests/meetings/voice.h"
#include "tests/ui/silent_output.h"

#include <QFile>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace phial::app {

/// The whole program on folders of its own, with fake sound, no device and the engine of the test.
/// It ends before the members of the test, which its engine may still use.
template <typename Base = testing::Test>
class ProgramTest : public Base {
protected:
    WindowServices services(EngineFactory loadEngine) {
        WindowServices services;
        services.loadEngine = std::move(loadEngine);
        services.listDevices = [] { return std::vector<gpu::DeviceInfo>(); };
        services.makeAudioBackend = [this] {
            return std::make_unique<audio::FakeBackend>(m_sound);
        };
        services.makeAudioOutput = [] { return std::make_unique<ui::test::SilentOutput>(); };
        services.dataDirectory = path("data");
        services.cacheDirectory = path("cache");
        services.settingsFile = path("settings.conf");
        return services;
    }

    void run(WindowServices services) {
        m_application.reset(); // the one before has left its folders
        m_application = std::make_unique<Application>(std::move(services));
        m_application->show();
    }

    void TearDown() override {
        m_application.reset();
        Base::TearDown();
    }

    std::filesystem::path path(const char* name) const {
        return m_folder.filePath(QString::fromLatin1(name)).toStdString();
    }

    ui::MainWindow& window() { return m_application->window(); }

    /// A sound file with that many utterances.
    QString wavOf(int utterances) {
        AudioClip clip;
        clip.sampleRateHz = meetings::kRate;
        clip.samples = meetings::meeting(utterances);
        const QString file = m_folder.filePath(QStringLiteral("Weekly.wav"));
        QFile out(file);
        EXPECT_TRUE(out.open(QIODevice::WriteOnly));
        out.write(wavBytes(clip));
        return file;
    }

    QTemporaryDir m_folder;
    audio::FakeSoundSystem m_sound;
    std::unique_ptr<Application> m_application;
};

} // namespace phial::app
