// SPDX-License-Identifier: MIT
#include "app/meetings/peaks.h"

#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <system_error>
#include <vector>

namespace phial::meetings {
namespace {

constexpr double kFloorDb = -60;
constexpr std::size_t kPartEvery = 60 * kPeaksPerSecond;

char byteOf(float peak) {
    if (peak <= 0) {
        return 0;
    }
    const double place =
        std::clamp(1 - 20 * std::log10(static_cast<double>(peak)) / kFloorDb, 0.0, 1.0);
    return static_cast<char>(static_cast<unsigned char>(std::lround(255 * place)));
}

} // namespace

Peaks peaksOf(const tasks::SoundSource& sound, const std::function<void(const Peaks&)>& onPart,
              const std::stop_token& stop) {
    Peaks peaks;
    std::vector<float> block;
    const auto channels = static_cast<std::size_t>(std::max(1, sound.channels));
    float largest = 0;
    std::int64_t frame = 0;
    std::int64_t end = sound.sampleRateHz / kPeaksPerSecond;
    std::size_t told = 0;
    while (sound.next(block)) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "Looking at the sound was stopped.");
        }
        for (std::size_t i = 0; i < block.size(); i += channels) {
            for (std::size_t c = 0; c < channels; ++c) {
                largest = std::max(largest, std::abs(block[i + c]));
            }
            if (++frame == end) {
                peaks.push_back(byteOf(largest));
                largest = 0;
                end = static_cast<std::int64_t>(peaks.size() + 1) * sound.sampleRateHz /
                      kPeaksPerSecond;
            }
        }
        if (onPart && peaks.size() >= told + kPartEvery) {
            told = peaks.size();
            onPart(peaks);
        }
    }
    if (largest > 0) {
        peaks.push_back(byteOf(largest));
    }
    return peaks;
}

Peaks cachedPeaks(const std::filesystem::path& cache, const std::string& signature) {
    try {
        const std::string bytes = readFile(cache);
        const std::string head = signature + '\n';
        return bytes.rfind(head, 0) == 0 ? bytes.substr(head.size()) : Peaks();
    } catch (const Error&) {
        return {}; // a cache that cannot be read is none
    }
}

void cachePeaks(const std::filesystem::path& cache, const std::string& signature,
                const Peaks& peaks) {
    std::error_code ignored; // writing tells
    std::filesystem::create_directories(cache.parent_path(), ignored);
    writeAtomically(cache, signature + '\n' + peaks);
}

} // namespace phial::meetings
