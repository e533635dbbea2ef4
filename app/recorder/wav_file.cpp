// SPDX-License-Identifier: MIT
#include "app/recorder/wav_file.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace phial::recorder {
namespace {

constexpr std::uint32_t kSizeElsewhere = 0xffffffffU; ///< RF64: see the ds64 chunk
constexpr std::uint64_t kDs64Bytes = 28;
constexpr int kMostChunks = 64;

class Builder {
public:
    void tag(std::string_view name) {
        std::memcpy(m_bytes.data() + m_at, name.data(), 4);
        m_at += 4;
    }

    void number(std::uint64_t value, std::size_t size) {
        for (std::size_t i = 0; i < size; ++i) {
            m_bytes[m_at++] = static_cast<std::byte>(value >> (8 * i) & 0xffU);
        }
    }

    const std::array<std::byte, kWavHeaderBytes>& bytes() const { return m_bytes; }

private:
    std::array<std::byte, kWavHeaderBytes> m_bytes{};
    std::size_t m_at = 0;
};

std::uint64_t number(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) {
        value = value << 8U | std::to_integer<std::uint64_t>(bytes[i]);
    }
    return value;
}

bool isTag(std::span<const std::byte> bytes, std::string_view name) {
    return std::memcmp(bytes.data(), name.data(), 4) == 0;
}

bool isPrintable(std::span<const std::byte> bytes) {
    return std::all_of(bytes.begin(), bytes.end(),
                       [](std::byte b) { return b >= std::byte{0x20} && b < std::byte{0x7f}; });
}

/// Whether well-formed chunks fill the file from `offset` to its end exactly.
bool chunksFill(RecordingFile& file, std::uint64_t offset, std::uint64_t length) {
    for (int i = 0; i < kMostChunks && offset < length; ++i) {
        std::array<std::byte, 8> head{};
        if (file.readAt(offset, head) != head.size() || !isPrintable(std::span(head).first(4))) {
            return false;
        }
        const std::uint64_t size = number(std::span(head).subspan(4));
        offset += 8 + size + (size & 1U);
    }
    return offset == length;
}

std::optional<SoundFormat> readFormat(RecordingFile& file, std::uint64_t offset) {
    std::array<std::byte, 16> bytes{};
    if (file.readAt(offset, bytes) != bytes.size()) {
        return std::nullopt;
    }
    const std::span all(bytes);
    const std::uint64_t channels = number(all.subspan(2, 2));
    const std::uint64_t rate = number(all.subspan(4, 4));
    constexpr std::uint64_t kMostChannels = 64;
    constexpr std::uint64_t kHighestRate = 1000000;
    if (number(all.first(2)) != 1 || number(all.subspan(14, 2)) != 16 || channels == 0 ||
        channels > kMostChannels || rate == 0 || rate > kHighestRate) {
        return std::nullopt;
    }
    return SoundFormat{.rateHz = static_cast<int>(rate), .channels = static_cast<int>(channels)};
}

/// Whether the file can have been begun by this recorder: too short for a header, or zeros where a
/// header did not reach the disk, or a header with a damaged format.
bool isOwnHeader(RecordingFile& file) {
    std::array<std::byte, kWavHeaderBytes> bytes{};
    if (file.readAt(0, bytes) != bytes.size()) {
        return true;
    }
    return isTag(bytes, "RIFF") || isTag(bytes, "RF64") ||
           std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

} // namespace

std::array<std::byte, kWavHeaderBytes> wavHeader(const SoundFormat& format,
                                                 std::uint64_t dataBytes) {
    const std::uint64_t riffBytes = kWavHeaderBytes - 8 + dataBytes;
    const bool large = riffBytes > kLargestRiffBytes;
    Builder header;
    header.tag(large ? "RF64" : "RIFF");
    header.number(large ? kSizeElsewhere : riffBytes, 4);
    header.tag("WAVE");
    header.tag(large ? "ds64" : "JUNK");
    header.number(kDs64Bytes, 4);
    header.number(large ? riffBytes : 0, 8);
    header.number(large ? dataBytes : 0, 8);
    header.number(large ? dataBytes / format.bytesPerFrame() : 0, 8);
    header.number(0, 4);
    header.tag("fmt ");
    header.number(16, 4);
    header.number(1, 2);
    header.number(static_cast<std::uint64_t>(format.channels), 2);
    header.number(static_cast<std::uint64_t>(format.rateHz), 4);
    header.number(format.bytesPerSecond(), 4);
    header.number(format.bytesPerFrame(), 2);
    header.number(16, 2);
    header.tag("data");
    header.number(large ? kSizeElsewhere : dataBytes, 4);
    return header.bytes();
}

std::optional<WavState> inspectWav(RecordingFile& file) {
    const std::uint64_t length = file.size();
    std::array<std::byte, 12> riff{};
    if (file.readAt(0, riff) != riff.size() || !isTag(std::span(riff).subspan(8), "WAVE") ||
        !(isTag(riff, "RIFF") || isTag(riff, "RF64"))) {
        return std::nullopt;
    }
    const bool large = isTag(riff, "RF64");
    std::optional<SoundFormat> format;
    std::uint64_t largeDataBytes = 0;
    std::uint64_t offset = riff.size();
    for (int i = 0; i < kMostChunks; ++i) {
        std::array<std::byte, 8> head{};
        if (file.readAt(offset, head) != head.size()) {
            return std::nullopt;
        }
        const std::uint64_t size = number(std::span(head).subspan(4));
        offset += head.size();
        if (isTag(head, "data")) {
            if (!format) {
                return std::nullopt;
            }
            WavState state{.format = *format, .dataOffset = offset};
            state.claimedBytes = large && size == kSizeElsewhere ? largeDataBytes : size;
            const std::uint64_t frame = format->bytesPerFrame();
            state.actualBytes = (length - offset) / frame * frame;
            const std::uint64_t room = length - offset;
            const bool wholeFrames = state.claimedBytes % frame == 0;
            state.consistent =
                wholeFrames && state.claimedBytes <= room &&
                (state.claimedBytes == room ||
                 (state.claimedBytes > 0 &&
                  chunksFill(file, offset + state.claimedBytes + (state.claimedBytes & 1U),
                             length)));
            return state;
        }
        if (isTag(head, "fmt ")) {
            format = readFormat(file, offset);
        } else if (isTag(head, "ds64")) {
            std::array<std::byte, 16> sizes{};
            if (file.readAt(offset, sizes) == sizes.size()) {
                largeDataBytes = number(std::span(sizes).subspan(8));
            }
        }
        offset += size + (size & 1U);
    }
    return std::nullopt;
}

std::optional<WavState> repairWav(RecordingFile& file, const SoundFormat& expected) {
    std::optional<WavState> state = inspectWav(file);
    if (state && state->consistent) {
        return state;
    }
    if (state && state->dataOffset != kWavHeaderBytes) {
        return std::nullopt; // not written by this recorder
    }
    if (!state && !isOwnHeader(file)) {
        return std::nullopt;
    }
    const std::uint64_t length = file.size();
    const SoundFormat format = state ? state->format : expected;
    if (format.rateHz <= 0 || format.channels <= 0) {
        return std::nullopt;
    }
    const std::uint64_t held = length > kWavHeaderBytes ? length - kWavHeaderBytes : 0;
    const std::uint64_t sound = held / format.bytesPerFrame() * format.bytesPerFrame();
    if (sound != held && file.truncate(kWavHeaderBytes + sound)) {
        return std::nullopt;
    }
    if (file.writeAt(0, wavHeader(format, sound)) || file.sync()) {
        return std::nullopt;
    }
    return WavState{.format = format,
                    .dataOffset = kWavHeaderBytes,
                    .claimedBytes = sound,
                    .actualBytes = sound,
                    .consistent = true};
}

} // namespace phial::recorder
