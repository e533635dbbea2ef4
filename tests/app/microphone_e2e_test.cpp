// SPDX-License-Identifier: MIT
#include "app/audio/capture.h"
#include "app/audio/portaudio_backend.h"
#include "app/documents/audio_file_reader.h"
#include "tests/support/source_root.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <numeric>
#include <string>

namespace phial::audio {
namespace {

using namespace std::chrono_literals;

constexpr double kCompareHz = 4000;

/// A PulseAudio microphone of its own, see tests/support/virtual-mic.
class VirtualMicrophone {
public:
    VirtualMicrophone() {
        std::string folder = (std::filesystem::temp_directory_path() / "phial-mic-XXXXXX").string();
        m_folder = ::mkdtemp(folder.data());
        // Read by libraries that have not been loaded yet; no other thread exists.
        ::setenv("ALSA_CONFIG_PATH", (m_folder / "mic/asoundrc").c_str(), 1);
        ::setenv("PULSE_SERVER", ("unix:" + (m_folder / "mic/native").string()).c_str(), 1);
        ::setenv("JACK_NO_START_SERVER", "1", 1);
        m_runs = command("start");
    }

    ~VirtualMicrophone() {
        command("stop");
        std::error_code ignored;
        std::filesystem::remove_all(m_folder, ignored);
    }

    VirtualMicrophone(const VirtualMicrophone&) = delete;
    VirtualMicrophone& operator=(const VirtualMicrophone&) = delete;

    bool runs() const { return m_runs; }

    bool command(const std::string& what) const {
        const std::string line = std::string("\"") + test::sourceRoot().string() +
                                 "/tests/support/virtual-mic\" --dir \"" +
                                 (m_folder / "mic").string() + "\" " + what;
        return std::system(line.c_str()) ==
               0; // NOLINT(cert-env33-c): a fixed script of this repository
    }

private:
    std::filesystem::path m_folder;
    bool m_runs = false;
};

class MicrophoneTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (std::system("command -v pulseaudio pactl paplay >/dev/null") ==
            0) { // NOLINT(cert-env33-c)
            s_microphone = std::make_unique<VirtualMicrophone>();
        }
    }

    static void TearDownTestSuite() { s_microphone.reset(); }

    void SetUp() override {
        if (s_microphone == nullptr) {
            GTEST_SKIP() << "pulseaudio and pulseaudio-utils are not installed";
        }
        ASSERT_TRUE(s_microphone->runs());
        m_capture = std::make_unique<Capture>(
            &makePortAudioBackend,
            CaptureEvents{
                .onState = [this](CaptureState state) { change([&] { m_state = state; }); },
                .onDevices =
                    [this](const std::vector<InputDevice>& list) {
                        change([&] { m_devices = list; });
                    },
                .onFinished = [this](Recording take) { change([&] { m_take = std::move(take); }); },
                .onFailed = [this](CaptureFailure,
                                   const std::string& why) { change([&] { m_failure = why; }); }});
    }

    void TearDown() override {
        if (s_microphone != nullptr) {
            s_microphone->command("resume");
        }
        m_capture.reset();
    }

    template <typename Change>
    void change(Change apply) {
        const std::scoped_lock lock(m_mutex);
        apply();
        m_changed.notify_all();
    }

    template <typename Condition>
    bool waitUntil(Condition condition) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, 60s, condition);
    }

    bool waitFor(CaptureState state) {
        return waitUntil([&] { return m_state == state || m_failure; }) && !m_failure;
    }

    Recording stopped() {
        m_capture->stop();
        EXPECT_TRUE(waitUntil([&] { return m_take.has_value(); }));
        return m_take.value_or(Recording{});
    }

    static inline std::unique_ptr<VirtualMicrophone> s_microphone;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    CaptureState m_state = CaptureState::Idle;
    std::vector<InputDevice> m_devices;
    std::optional<Recording> m_take;
    std::optional<std::string> m_failure;
    std::unique_ptr<Capture> m_capture;
};

/// Mean of the samples in each stretch of 1/4000 s from `skip` of one stretch on: a low-pass that
/// needs no library.
std::vector<float> coarse(const AudioClip& clip, double skip = 0) {
    const double step = clip.sampleRateHz / kCompareHz;
    const auto edge = [&](std::size_t i) {
        return std::min(
            static_cast<std::size_t>(std::lround((static_cast<double>(i) + skip) * step)),
            clip.samples.size());
    };
    std::vector<float> out(
        static_cast<std::size_t>(static_cast<double>(clip.samples.size()) / step));
    for (std::size_t i = 0; i < out.size(); ++i) {
        for (std::size_t j = edge(i); j < edge(i + 1); ++j) {
            out[i] += clip.samples[j] / static_cast<float>(edge(i + 1) - edge(i));
        }
    }
    return out;
}

struct Match {
    std::size_t lag = 0;
    double correlation = 0;
};

/// Where in `captured`, among the lags from `first` to `last`, `played` fits best; normalised
/// correlation.
Match bestMatch(const std::vector<float>& played, const std::vector<float>& captured,
                std::size_t first, std::size_t last) {
    const float own = std::inner_product(played.begin(), played.end(), played.begin(), 0.0F);
    Match best;
    for (std::size_t lag = first; lag <= last && lag + played.size() <= captured.size(); ++lag) {
        const auto from = captured.begin() + static_cast<std::ptrdiff_t>(lag);
        const auto to = from + static_cast<std::ptrdiff_t>(played.size());
        const float product = std::inner_product(from, to, played.begin(), 0.0F);
        const float other = std::inner_product(from, to, from, 0.0F);
        const double correlation =
            other > 0 ? static_cast<double>(product / std::sqrt(own * other)) : 0;
        if (correlation > best.correlation) {
            best = {.lag = lag, .correlation = correlation};
        }
    }
    return best;
}

/// Largest correlation over all lags, to a 16th of 1/4000 s: a shift of half a stretch alone would
/// cost a tenth.
double bestCorrelation(const AudioClip& played, const AudioClip& captured) {
    const std::vector<float> reference = coarse(played);
    const std::vector<float> taken = coarse(captured);
    const std::size_t lag = bestMatch(reference, taken, 0, taken.size()).lag;
    double best = 0;
    for (int part = 0; part < 16; ++part) {
        best = std::max(best, bestMatch(reference, coarse(captured, part / 16.0),
                                        std::max<std::size_t>(lag, 2) - 2, lag + 2)
                                  .correlation);
    }
    return best;
}

TEST_F(MicrophoneTest, CapturesWhatIsPlayed) {
    const std::string file = test::sourceRoot().string() + "/tests/golden/recordings/00.wav";
    const AudioClip played = documents::readWholeClip(*documents::openAudioFile(file), file).clip;
    m_capture->start("ALSA/virtual_mic");
    ASSERT_TRUE(waitFor(CaptureState::Recording)) << m_failure.value_or("");
    EXPECT_TRUE(std::any_of(m_devices.begin(), m_devices.end(),
                            [](const InputDevice& device) { return device.isDefault; }));
    ASSERT_TRUE(s_microphone->command("play \"" + file + "\""));
    // The player returns when its data is gone; the sound server may still hold half a second.
    std::this_thread::sleep_for(1s);
    const Recording take = stopped();
    EXPECT_EQ(take.lostSamples, 0);
    EXPECT_TRUE(take.gaps.empty());
    // Measured 0.999; the rest is room for other sample grids.
    EXPECT_GT(bestCorrelation(played, take.clip), 0.98);
}

TEST_F(MicrophoneTest, GoesOnAfterTheDeviceWasUnplugged) {
    m_capture->start("");
    ASSERT_TRUE(waitFor(CaptureState::Recording));
    ASSERT_TRUE(s_microphone->command("unplug"));
    ASSERT_TRUE(waitFor(CaptureState::Unplugged));
    ASSERT_TRUE(s_microphone->command("replug"));
    ASSERT_TRUE(waitFor(CaptureState::Recording));
    const Recording take = stopped();
    EXPECT_FALSE(take.clip.samples.empty());
    ASSERT_EQ(take.gaps.size(), 1U);
    EXPECT_GT(take.gaps[0].seconds, 0.0);
}

TEST_F(MicrophoneTest, NoticesAFrozenDeviceAndItsReturn) {
    m_capture->start("");
    ASSERT_TRUE(waitFor(CaptureState::Recording));
    ASSERT_TRUE(s_microphone->command("stall"));
    ASSERT_TRUE(waitFor(CaptureState::Stalled));
    ASSERT_TRUE(s_microphone->command("resume"));
    ASSERT_TRUE(waitFor(CaptureState::Recording));
    EXPECT_FALSE(stopped().clip.samples.empty());
}

TEST_F(MicrophoneTest, StopsWhileTheDeviceIsFrozen) {
    m_capture->start("");
    ASSERT_TRUE(waitFor(CaptureState::Recording));
    ASSERT_TRUE(s_microphone->command("stall"));
    ASSERT_TRUE(waitFor(CaptureState::Stalled));
    EXPECT_FALSE(stopped().clip.samples.empty());
}

} // namespace
} // namespace phial::audio
