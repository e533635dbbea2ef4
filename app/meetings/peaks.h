// SPDX-License-Identifier: MIT
#pragma once

#include "app/tasks/task.h"

#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

namespace phial::meetings {

inline constexpr int kPeaksPerSecond = 10;

/// Picture of a recording: the largest sample of each tenth of a second, 0 to 255 on a scale of
/// decibels from -60 dBFS to full scale, so that quiet voices are seen as well. One byte each.
using Peaks = std::string;

/// Reads all of the sound, with a fixed amount of memory. `onPart` gets what is there so far, about
/// every minute of sound. Throws what the source throws, and Error{Cancelled}.
Peaks peaksOf(const tasks::SoundSource& sound, const std::function<void(const Peaks&)>& onPart,
              const std::stop_token& stop);

/// The peaks kept in `cache` for this very sound, whose files `signature` names with size and time;
/// empty when there are none.
Peaks cachedPeaks(const std::filesystem::path& cache, const std::string& signature);

/// Keeps them; the cache may be deleted at any time. Throws as writeAtomically().
void cachePeaks(const std::filesystem::path& cache, const std::string& signature,
                const Peaks& peaks);

} // namespace phial::meetings
