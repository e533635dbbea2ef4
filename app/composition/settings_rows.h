// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/audio_backend.h"
#include "app/composition/storage.h"
#include "app/settings/settings.h"
#include "inference/gpu/device_options.h"
#include "ui/contracts/engine_view.h"
#include "ui/contracts/settings_view.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace phial::app {

enum class SettingsGroup { General, Audio, Meetings, Answers, Model, Storage, About };

/// Rows of the page that are no setting. Those that are have the id of their settings::Key.
enum class Fact {
    Model = 1000,
    Data,
    Cache,
    SettingsFile,
    Network,
    Version,
    Report,
};

/// What the page's rows depend on besides the settings.
struct SettingsSurroundings {
    std::vector<gpu::DeviceInfo> devices;
    std::optional<std::vector<audio::InputDevice>> inputs; ///< unset = not looked for yet
    ui::DeviceChipState engine;
    Storage storage;
    std::filesystem::path dataDirectory;
    std::filesystem::path cacheDirectory;
    std::filesystem::path settingsFile;
    bool kept = true; ///< changes are written to the file
};

/// The settings of a group that Reset puts back.
const std::vector<settings::Key>& keysOf(SettingsGroup group);

ui::SettingsView settingsView(const settings::Settings& settings,
                              const SettingsSurroundings& around);

} // namespace phial::app
