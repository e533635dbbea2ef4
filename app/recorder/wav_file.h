// SPDX-License-Identifier: MIT
#pragma once

#include "app/recorder/recording_files.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace phial::recorder {

/// 16-bit PCM, interleaved.
struct SoundFormat {
    int rateHz = 0;
    int channels = 1;

    std::uint64_t bytesPerFrame() const { return 2U * static_cast<std::uint64_t>(channels); }

    std::uint64_t bytesPerSecond() const {
        return bytesPerFrame() * static_cast<std::uint64_t>(rateHz);
    }

    bool operator==(const SoundFormat&) const = default;
};

/// RIFF, a spare chunk of 28 bytes, "fmt ", and the head of "data".
inline constexpr std::size_t kWavHeaderBytes = 80;
/// Above this the header says RF64, because many readers take 32-bit sizes as signed.
inline constexpr std::uint64_t kLargestRiffBytes = 0x7fffffffU;

/// Header of a file with `dataBytes` bytes of sound. The spare chunk makes room for the 64-bit
/// sizes of RF64 (EBU Tech 3306), so a growing file becomes one without being moved.
std::array<std::byte, kWavHeaderBytes> wavHeader(const SoundFormat& format,
                                                 std::uint64_t dataBytes);

/// What a WAV file claims and what it holds.
struct WavState {
    SoundFormat format;
    std::uint64_t dataOffset = 0;
    std::uint64_t claimedBytes = 0; ///< of sound, by the header
    std::uint64_t actualBytes = 0;  ///< whole frames that the file's length allows
    /// The header's sizes are right, or other chunks that fill the file exactly follow the sound.
    bool consistent = false;

    std::uint64_t frames() const {
        return (consistent ? claimedBytes : actualBytes) / format.bytesPerFrame();
    }
};

/// Reads the chunks of a RIFF or RF64 file of 16-bit PCM. Nothing when it is none. Reads a few
/// hundred bytes, whatever the file claims.
std::optional<WavState> inspectWav(RecordingFile& file);

/// Makes the sizes in the header of an interrupted recording agree with the length of the file, and
/// cuts off half a frame at the end. Leaves a consistent file untouched. `expected` replaces a
/// header that never reached the disk. Returns the state afterwards, nothing when it cannot be
/// repaired.
std::optional<WavState> repairWav(RecordingFile& file, const SoundFormat& expected);

} // namespace phial::recorder
