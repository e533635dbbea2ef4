// SPDX-License-Identifier: MIT
#pragma once

#include "tests/support/source_root.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace phial {

inline std::filesystem::path dataFile(const std::string& name) {
    return test::sourceRoot() / "tests/app/data" / name;
}

inline std::vector<std::byte> bytesOf(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> chars((std::istreambuf_iterator<char>(file)), {});
    std::vector<std::byte> bytes(chars.size());
    std::memcpy(bytes.data(), chars.data(), chars.size());
    return bytes;
}

/// A 16-bit PCM WAV file of the given interleaved samples.
inline std::vector<std::byte> wavBytes(std::span<const std::int16_t> samples, std::uint32_t rateHz,
                                       std::uint16_t channels) {
    std::vector<std::byte> bytes;
    const auto put = [&bytes](auto value) {
        const auto* const first = reinterpret_cast<const std::byte*>(&value);
        bytes.insert(bytes.end(), first, first + sizeof(value));
    };
    const auto tag = [&bytes](const char* text) {
        const auto* const first = reinterpret_cast<const std::byte*>(text);
        bytes.insert(bytes.end(), first, first + 4);
    };
    const auto dataBytes = static_cast<std::uint32_t>(samples.size_bytes());
    tag("RIFF");
    put(dataBytes + 36);
    tag("WAVE");
    tag("fmt ");
    put(std::uint32_t{16});
    put(std::uint16_t{1});
    put(channels);
    put(rateHz);
    put(rateHz * channels * 2);
    put(static_cast<std::uint16_t>(channels * 2));
    put(std::uint16_t{16});
    tag("data");
    put(dataBytes);
    const auto* const first = reinterpret_cast<const std::byte*>(samples.data());
    bytes.insert(bytes.end(), first, first + dataBytes);
    return bytes;
}

/// Damages a file: some bytes changed, removed or repeated, or the end cut off.
inline std::vector<std::byte> mutated(std::vector<std::byte> bytes, std::mt19937& random) {
    const auto below = [&random](std::size_t limit) { return limit == 0 ? 0 : random() % limit; };
    for (std::size_t edits = 1 + below(12); edits > 0; --edits) {
        // Half of the damage hits the header, where it changes more than a sample.
        const std::size_t span =
            random() % 2 == 0 ? std::min<std::size_t>(bytes.size(), 96) : bytes.size();
        const auto at = static_cast<std::ptrdiff_t>(below(span));
        switch (random() % 6) {
        case 0:
            bytes.resize(static_cast<std::size_t>(at) + 1);
            break;
        case 1:
            bytes.erase(bytes.begin() + at, bytes.begin() + at +
                                                static_cast<std::ptrdiff_t>(below(
                                                    bytes.size() - static_cast<std::size_t>(at))));
            break;
        case 2:
            bytes.insert(bytes.begin() + at, 1 + below(8),
                         static_cast<std::byte>(random() & 0xFFU));
            break;
        default:
            if (!bytes.empty()) {
                bytes[static_cast<std::size_t>(at)] = static_cast<std::byte>(random() & 0xFFU);
            }
        }
        if (bytes.empty()) {
            break;
        }
    }
    return bytes;
}

} // namespace phial
