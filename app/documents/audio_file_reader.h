// SPDX-License-Identifier: MIT
#pragma once

#include "inference/preprocess/media.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace phial::documents {

struct AudioFileInfo {
    int sampleRateHz = 0;
    int channels = 0;
    double seconds = 0; ///< as the file claims; 0 = it does not say
    std::string codec;  ///< short name, "pcm_s16le", "mp3", ...
};

/// Sound of an audio or video file, block by block, so that a file of any length needs a fixed
/// amount of memory. One thread at a time.
class AudioFileReader {
public:
    virtual ~AudioFileReader() = default;

    virtual const AudioFileInfo& info() const = 0;

    /// Replaces `block` by the next frames (interleaved, at the file's own rate and channels) and
    /// returns true, or returns false at the end. A damaged end is an end, not an error: see
    /// note(). Throws Error{Cancelled} on a stop request, Error{BadMedia} when not a single frame
    /// can be decoded.
    virtual bool read(std::vector<float>& block) = 0;

    /// The next read() begins with this frame, counted from the beginning of the sound; exact
    /// but for Ogg Vorbis, which may be 20 ms off. Behind the end there is nothing to read. Throws
    /// Error{BadMedia} when the file cannot be read from another place than its beginning.
    virtual void seek(std::int64_t frame) = 0;

    /// After the end: one sentence about what is missing or was skipped, or empty.
    virtual const std::string& note() const = 0;
};

/// Opens a file. Only that one file is ever read: containers that refer to other files or addresses
/// are refused. Throws Error{FileUnreadable}, or Error{BadMedia} for no sound, zero length, or a
/// format that cannot be decoded.
std::unique_ptr<AudioFileReader> openAudioFile(const std::filesystem::path& path,
                                               std::stop_token stop = {});

/// The same for bytes in memory; `name` stands for the file in messages.
std::unique_ptr<AudioFileReader> openAudioBytes(std::vector<std::byte> bytes,
                                                const std::string& name, std::stop_token stop = {});

/// Files of a folder whose names are those of sound or video files, sorted by name. Not those of
/// folders in it. Throws Error{FileUnreadable}.
std::vector<std::filesystem::path> mediaFilesIn(const std::filesystem::path& folder);

struct LoadedAudio {
    AudioClip clip;
    std::string note;
};

/// Longest sound that can go to the model in one piece.
inline constexpr double kLongestClipSeconds = 1800;

/// Everything in one clip. Throws as read(), and Error{BadMedia} above kLongestClipSeconds.
LoadedAudio readWholeClip(AudioFileReader& reader, const std::string& name);

} // namespace phial::documents
