// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace phial::recorder {

/// A WAV file as a strict reader sees it, written without the code under test: every size in the
/// header must be exactly right.
struct StrictWav {
    int rateHz = 0;
    int channels = 0;
    std::vector<std::int16_t> samples;
};

inline StrictWav readStrictly(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const auto number = [&](std::size_t at, std::size_t size) {
        std::uint64_t value = 0;
        std::memcpy(&value, all.data() + at, size);
        return value;
    };
    const auto demand = [&](bool condition, const char* what) {
        if (!condition) {
            throw std::runtime_error(path.string() + ": " + what);
        }
    };
    demand(all.size() >= 12 && all.substr(0, 4) == "RIFF" && all.substr(8, 4) == "WAVE", "no WAV");
    demand(number(4, 4) == all.size() - 8, "size of RIFF");
    StrictWav wav;
    std::size_t at = 12;
    bool sound = false;
    while (at < all.size()) {
        demand(at + 8 <= all.size(), "torn chunk");
        const std::string tag = all.substr(at, 4);
        const std::size_t size = number(at + 4, 4);
        at += 8;
        demand(at + size <= all.size(), "chunk beyond the end");
        if (tag == "fmt ") {
            demand(number(at, 2) == 1 && number(at + 14, 2) == 16, "not 16-bit PCM");
            wav.channels = static_cast<int>(number(at + 2, 2));
            wav.rateHz = static_cast<int>(number(at + 4, 4));
        } else if (tag == "data") {
            demand(wav.channels > 0, "sound before its form");
            wav.samples.resize(size / 2);
            if (!wav.samples.empty()) { // nothing was recorded yet: no address to copy to
                std::memcpy(wav.samples.data(), all.data() + at, size / 2 * 2);
            }
            sound = true;
        }
        at += size + size % 2;
    }
    demand(sound, "no sound");
    return wav;
}

} // namespace phial::recorder
