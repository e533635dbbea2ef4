// SPDX-License-Identifier: MIT
#include "app/export/clip.h"

#include "inference/base/atomic_file.h"
#include "inference/base/error.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace phial::exporting {
namespace {

constexpr std::int64_t kMostBytes = 0x7fffffff;

void put(std::string& bytes, std::int64_t value, int size) {
    for (int i = 0; i < size; ++i) {
        bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
    }
}

std::string header(const tasks::SoundSource& sound, std::int64_t dataBytes) {
    const std::int64_t frameBytes = 2 * sound.channels;
    std::string bytes = "RIFF";
    put(bytes, 36 + dataBytes, 4);
    bytes += "WAVEfmt ";
    put(bytes, 16, 4);
    put(bytes, 1, 2);
    put(bytes, sound.channels, 2);
    put(bytes, sound.sampleRateHz, 4);
    put(bytes, sound.sampleRateHz * frameBytes, 4);
    put(bytes, frameBytes, 2);
    put(bytes, 16, 2);
    bytes += "data";
    put(bytes, dataBytes, 4);
    return bytes;
}

} // namespace

void exportClip(const tasks::SoundSource& sound, FrameRange range,
                const std::filesystem::path& path, const std::stop_token& stop) {
    if (range.to <= range.from || range.from < 0 ||
        (range.to - range.from) * 2 * sound.channels > kMostBytes) {
        throw Error(ErrorCode::InvalidArgument,
                    "The selection is empty or longer than a WAV file can be.");
    }
    AtomicFile file(path);
    file.write(header(sound, 0)); // with its length once that is known: the sound may end before
    std::int64_t written = 0;
    std::string data;
    std::vector<float> block;
    std::int64_t frame = 0;
    while (frame < range.to && sound.next(block)) {
        if (stop.stop_requested()) {
            throw Error(ErrorCode::Cancelled, "Saving the clip was stopped.");
        }
        const auto frames = static_cast<std::int64_t>(block.size()) / sound.channels;
        const std::int64_t first = std::clamp<std::int64_t>(range.from - frame, 0, frames);
        const std::int64_t last = std::clamp<std::int64_t>(range.to - frame, 0, frames);
        data.clear();
        for (std::int64_t i = first * sound.channels; i < last * sound.channels; ++i) {
            const float sample = block[static_cast<std::size_t>(i)] * 32768.0F;
            put(data, std::lrint(std::clamp(sample, -32768.0F, 32767.0F)), 2);
        }
        file.write(data);
        written += static_cast<std::int64_t>(data.size());
        frame += frames;
    }
    file.overwrite(0, header(sound, written));
    file.commit();
}

} // namespace phial::exporting
