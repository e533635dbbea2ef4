// SPDX-License-Identifier: MIT
#include "app/cli/json_output.h"
#include "app/cli/meeting_commands.h"
#include "app/cli/meeting_run.h"
#include "app/recorder/posix_files.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

#include <algorithm>
#include <vector>

namespace phial::cli {
namespace {

using meetings::MeetingEntry;
using meetings::Workspace;

/// "2026-11-21T05:20:00Z" -> "2026-11-21 05:20".
std::string dayAndTime(std::string utc) {
    constexpr std::size_t kMinutes = 16;
    utc.resize(std::min(utc.size(), kMinutes));
    std::replace(utc.begin(), utc.end(), 'T', ' ');
    return utc;
}

ExitCode list(RunContext& context, Workspace& workspace) {
    for (const MeetingEntry& meeting : workspace.store().list()) {
        const std::string name = meeting.folder.filename().string();
        if (context.isJson()) {
            context.write({{"name", name},
                           {"title", meeting.meta.title},
                           {"created", meeting.meta.createdUtc},
                           {"seconds", meeting.meta.seconds},
                           {"language", meeting.meta.language},
                           {"recovered", meeting.meta.recovered},
                           {"folder", meeting.folder.string()}});
        } else {
            context.reporter.answer(dayAndTime(meeting.meta.createdUtc) + "  " +
                                    clockText(meeting.meta.seconds) + "  " + meeting.meta.title +
                                    (meeting.meta.recovered ? " (recovered)" : "") + "\n    " +
                                    name + "\n");
        }
    }
    return ExitCode::Ok;
}

ExitCode search(RunContext& context, Workspace& workspace, const LibraryCommand& command) {
    std::string query;
    for (const std::string& word : command.words) {
        query += (query.empty() ? "" : " ") + word;
    }
    const std::vector<meetings::SearchHit> hits = workspace.search(query, command.limit);
    for (const meetings::SearchHit& hit : hits) {
        if (context.isJson()) {
            context.write({{"name", hit.folder.string()},
                           {"title", hit.title},
                           {"created", hit.createdUtc},
                           {"segment", hit.segmentId},
                           {"start_seconds", hit.startSeconds},
                           {"speaker", hit.speaker},
                           {"text", hit.text}});
        } else {
            context.reporter.answer(hit.folder.string() + "  " + clockText(hit.startSeconds) +
                                    "  " + (hit.speaker.empty() ? "" : hit.speaker + ": ") +
                                    hit.text + "\n");
        }
    }
    if (hits.empty()) {
        context.reporter.note("nothing found for \"" + query + "\".");
    }
    return ExitCode::Ok;
}

/// By folder, id or title; a title only when it is the only one.
MeetingEntry meetingMeant(Workspace& workspace, const std::string& wanted) {
    const std::string name = std::filesystem::path(wanted).filename().string();
    std::vector<MeetingEntry> titled;
    for (MeetingEntry& meeting : workspace.store().list()) {
        if (meeting.folder.filename() == name || meeting.meta.id == wanted) {
            return std::move(meeting);
        }
        if (meeting.meta.title == wanted) {
            titled.push_back(std::move(meeting));
        }
    }
    if (titled.size() == 1) {
        return std::move(titled[0]);
    }
    throw Error(ErrorCode::FileUnreadable, titled.empty()
                                               ? "There is no meeting \"" + wanted +
                                                     "\" in the library; see `phial library list`."
                                               : "There are " + std::to_string(titled.size()) +
                                                     " meetings called \"" + wanted +
                                                     "\"; name the folder of one.");
}

ExitCode exportMeeting(RunContext& context, Workspace& workspace, const LibraryCommand& command) {
    const MeetingEntry meeting = meetingMeant(workspace, command.meeting);
    const std::optional<meetings::Transcript> transcript =
        workspace.store().readTranscript(meeting.folder);
    if (!transcript || transcript->segments.empty()) {
        throw Error(ErrorCode::FileUnreadable,
                    "The meeting \"" + meeting.meta.title +
                        "\" has no transcript yet; make one with `phial transcribe " +
                        meeting.folder.filename().string() + "`.");
    }
    const exporting::Format format = command.result.format.value_or(exporting::Format::Text);
    deliver(context, meeting.folder.filename().string(),
            exporting::exported(
                *transcript, {.title = meeting.meta.title, .createdUtc = meeting.meta.createdUtc},
                format, command.texts),
            exporting::extensionOf(format), command.result.output);
    return ExitCode::Ok;
}

ExitCode rebuild(RunContext& context, Workspace& workspace) {
    const std::vector<std::string> problems = workspace.rebuildIndex(context.stop);
    for (const std::string& problem : problems) {
        context.reporter.error(problem);
    }
    if (context.stop.stop_requested()) {
        context.reporter.note("cancelled; run it again, or some meetings are not found.");
        return ExitCode::Cancelled;
    }
    const std::size_t count = workspace.store().list().size();
    context.reporter.note("the index holds " + std::to_string(count) +
                          (count == 1 ? " meeting." : " meetings."));
    return problems.empty() ? ExitCode::Ok : ExitCode::Input;
}

} // namespace

ExitCode run(RunContext& context, const LibraryCommand& command) {
    Workspace workspace(libraryFolder(context.services), {});
    recorder::PosixFiles files;
    workspace.recoverAll(files, libraryFolder(context.services) / "recordings");
    switch (command.action) {
    case LibraryAction::List:
        return list(context, workspace);
    case LibraryAction::Search:
        return search(context, workspace, command);
    case LibraryAction::Export:
        return exportMeeting(context, workspace, command);
    case LibraryAction::Rebuild:
        return rebuild(context, workspace);
    }
    return ExitCode::Ok;
}

} // namespace phial::cli
