// SPDX-License-Identifier: MIT
#pragma once

#include "app/cli/metered_engine.h"
#include "app/cli/run_context.h"
#include "app/meetings/pipeline/speed_meter.h"
#include "app/meetings/workspace/workspace.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace phial::cli {

/// One recording of any length on its way through the meeting pipeline. What is done is on the disk
/// at any time: in the library, or in a folder of unfinished work from which the same command goes
/// on after it was interrupted. One thread.
class MeetingRun {
public:
    /// Finds what an earlier run left of `file`, or begins anew. `file`: a sound or video file, a
    /// transcript (json, srt, vtt), a meeting's folder in the library, or "-". Throws Error.
    MeetingRun(RunContext& context, const std::string& file, Keep keep);

    /// Leaves unfinished work where it is.
    ~MeetingRun() = default;

    MeetingRun(const MeetingRun&) = delete;
    MeetingRun& operator=(const MeetingRun&) = delete;

    /// Does a job from beginning to end. False when it was interrupted. Throws Error. `doing`: for
    /// the progress, as "transcribing".
    bool run(meetings::JobSpec spec, const std::string& doing);

    /// Writes the words down unless that is done.
    bool transcribe(const std::string& language,
                    const std::function<void(const meetings::TranscriptSegment&)>& onLine = {});

    meetings::Transcript transcript() const;

    const meetings::MeetingMeta& meta() const { return m_meeting.meta; }

    const std::filesystem::path& folder() const { return m_meeting.folder; }

    /// What the model calls took; nothing before the first run().
    const GenerationResult& total() const;

    /// All is done and written: forgets the work unless it is a meeting of the library.
    void finish();

    /// Says that the same command goes on from here.
    void tellHowToGoOn();

private:
    enum class Place { Library, Unfinished };

    meetings::MeetingEntry begin(const std::string& file);
    /// Copies the sound of an imported meeting into its folder, or says why not.
    meetings::MeetingEntry withOwnSound(const meetings::MeetingEntry& meeting);
    void show(const std::string& doing, const meetings::JobProgress& progress);

    RunContext& m_context;
    Place m_place;
    std::function<void(const meetings::TranscriptSegment&)> m_onLine;
    std::optional<meetings::Workspace> m_workspace;
    meetings::MeetingEntry m_meeting;
    std::optional<MeteredEngine> m_engine;
    bool m_hasSound = true;
};

/// The library; throws Error when the program was not told where it is.
std::filesystem::path libraryFolder(const Services& services);

/// The folder's meeting, when `file` is one of the library's.
std::optional<std::string> meetingNamed(const Services& services, const std::string& file);

/// Folders become the sound and video files in them, by name; anything else stays.
std::vector<std::string> withoutFolders(const Services& services,
                                        const std::vector<std::string>& files);

} // namespace phial::cli
