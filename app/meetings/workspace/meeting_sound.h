// SPDX-License-Identifier: MIT
#pragma once

#include "app/audio/sound_reader.h"
#include "app/meetings/meeting_store.h"
#include "app/tasks/task.h"

#include <memory>
#include <stop_token>

namespace phial::meetings {

/// The sound of a meeting from its beginning, all files one after the other, with a fixed amount of
/// memory. Throws Error{FileUnreadable} or Error{BadMedia} when a file is missing, is no sound, or
/// has another rate or number of channels than the first; later ones when they are reached.
tasks::SoundSource soundOf(const MeetingEntry& meeting, const std::stop_token& stop = {});

/// The same for playback, from any place on. Lengths of all files but the last are taken from the
/// files themselves.
std::unique_ptr<audio::SoundReader> readerOf(const MeetingEntry& meeting);

} // namespace phial::meetings
