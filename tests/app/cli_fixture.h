// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/cli.h"
#include "tests/app/fake_audio.h"
#include "tests/app/fake_engine.h"
#include "tests/app/sample_bytes.h"
#include "tests/support/source_root.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

namespace phial::cli {

/// One run of the terminal program with a fake engine, and everything it wrote.
class CliTest : public testing::Test {
protected:
    CliTest() {
        std::string folder = (std::filesystem::temp_directory_path() / "phial-cli-XXXXXX").string();
        m_folder = ::mkdtemp(folder.data());
        ::unsetenv("PHIAL_MODEL");
        ::unsetenv("PHIAL_SOFTWARE");
        m_services.loadEngine = [this](const EngineOptions& options, const auto& onProgress,
                                       const std::stop_token&) {
            m_loaded.push_back(options);
            if (m_loadError) {
                throw Error(*m_loadError);
            }
            onProgress({.stage = Progress::Stage::UploadingWeights, .done = 1, .total = 2});
            return std::make_unique<FakeEngine>(m_script);
        };
        m_services.listDevices = [this] { return m_devices; };
        m_services.runProbe = [this](const std::filesystem::path&, const ProbeOptions& options,
                                     const std::function<void(const ProbeRow&)>& sink,
                                     const std::stop_token&) {
            m_probe = options;
            for (const ProbeRow& row : m_rows) {
                sink(row);
            }
            const auto failed = std::count_if(m_rows.begin(), m_rows.end(),
                                              [](const ProbeRow& row) { return !row.ok; });
            return ProbeResult{.rows = static_cast<int>(m_rows.size()),
                               .failed = static_cast<int>(failed),
                               .deviceName = "Fake"};
        };
        m_services.makeAudioBackend = [this] {
            return std::make_unique<audio::FakeBackend>(m_sound);
        };
        m_services.resources = test::sourceRoot() / "resources";
        m_services.cacheDirectory = m_folder / "cache";
        m_services.dataDirectory = m_folder / "data";
    }

    ~CliTest() override { std::filesystem::remove_all(m_folder); }

    int run(const std::vector<std::string>& args) {
        std::istringstream in(m_input);
        std::ostringstream out;
        std::ostringstream err;
        const int code = runCli(args, {.in = in, .out = out, .err = err, .errKind = m_errKind},
                                m_services, m_stop.get_token());
        m_out = out.str();
        m_err = err.str();
        return code;
    }

    std::string file(const std::string& name, const std::vector<std::byte>& bytes) const {
        const std::filesystem::path path = m_folder / name;
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
        return path.string();
    }

    static std::vector<std::byte> speech() {
        std::vector<std::int16_t> samples(16000);
        for (std::size_t i = 0; i < samples.size(); ++i) {
            samples[i] = static_cast<std::int16_t>(8000 * std::sin(0.2 * static_cast<double>(i)));
        }
        return wavBytes(samples, 16000, 1);
    }

    static std::string asString(const std::vector<std::byte>& bytes) {
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    std::filesystem::path m_folder;
    FakeEngineScript m_script;
    audio::FakeSoundSystem m_sound;
    Services m_services;
    std::stop_source m_stop;
    std::vector<EngineOptions> m_loaded;
    std::optional<Error> m_loadError;
    std::vector<gpu::DeviceInfo> m_devices;
    std::vector<ProbeRow> m_rows;
    ProbeOptions m_probe;
    std::string m_input;
    Terminal m_errKind = Terminal::No;
    std::string m_out;
    std::string m_err;
};

} // namespace phial::cli
