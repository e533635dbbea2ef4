// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/wav_file.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

namespace phial::meetings {

/// Sound of 16-bit samples that count up, in thousandths of a second.
inline void writeCounting(const std::filesystem::path& file, int seconds) {
    constexpr int kCountingRate = 1000;
    std::string data;
    for (int i = 0; i < seconds * kCountingRate; ++i) {
        data.push_back(static_cast<char>(i & 0xff));
        data.push_back(static_cast<char>(i >> 8 & 0xff));
    }
    const auto header = recorder::wavHeader({.rateHz = kCountingRate, .channels = 1}, data.size());
    std::ofstream out(file, std::ios::binary);
    out.write(reinterpret_cast<const char*>(header.data()),
              static_cast<std::streamsize>(header.size()));
    out << data;
}

inline std::vector<int> countedIn(const std::function<bool(std::vector<float>&)>& next) {
    std::vector<int> counted;
    for (std::vector<float> block; next(block);) {
        for (const float sample : block) {
            counted.push_back(static_cast<int>(std::lrint(sample * 32768.0F)));
        }
    }
    return counted;
}

} // namespace phial::meetings
