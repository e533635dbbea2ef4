// SPDX-License-Identifier: MIT
#include "app/meetings/workspace/workspace.h"

#include "app/meetings/pipeline/line_sound.h"
#include "app/meetings/pipeline/retranscription_job.h"
#include "app/meetings/pipeline/transcription_job.h"
#include "app/meetings/pipeline/translation_job.h"
#include "app/meetings/workspace/gathered_changes.h"
#include "app/meetings/workspace/meeting_sound.h"
#include "inference/base/clock_text.h"
#include "inference/base/error.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace phial::meetings {
namespace {

std::filesystem::path made(const std::filesystem::path& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
        throw Error(ErrorCode::FileUnwritable,
                    "Cannot make the folder " + folder.string() + ": " + error.message() + ".");
    }
    if (::access(folder.c_str(), W_OK) != 0) {
        throw Error(ErrorCode::FileUnwritable,
                    "Cannot write into " + folder.string() + ": " +
                        std::generic_category().message(errno) +
                        "; make it writable, or choose another folder (XDG_DATA_HOME).");
    }
    return folder;
}

/// "German, English" -> both.
std::vector<std::string> languagesIn(std::string_view list) {
    std::vector<std::string> languages;
    for (std::size_t at = 0; at < list.size();) {
        const std::size_t end = std::min(list.find(',', at), list.size());
        const std::size_t first = list.find_first_not_of(' ', at);
        if (first < end) {
            languages.emplace_back(list.substr(first, end - first));
        }
        at = end + 1;
    }
    return languages;
}

} // namespace

class Workspace::TranscribeWork final : public Job {
public:
    TranscribeWork(Workspace& workspace, const JobSpec& spec, const MeetingEntry& meeting)
        : m_job(soundOf(meeting),
                workspace.m_store.readTranscript(meeting.folder).value_or(Transcript{}),
                {.languages = languagesIn(spec.language),
                 .translateTo = spec.detail,
                 .speaker = {},
                 .channels = meeting.meta.channels},
                {.onSegment =
                     [&workspace, name = spec.meeting](const TranscriptSegment& line) {
                         if (workspace.m_events.onLine) {
                             workspace.m_events.onLine(name, line);
                         }
                     },
                 .onPartialText =
                     [&workspace, name = spec.meeting](std::string_view text) {
                         if (workspace.m_events.onPartialText) {
                             workspace.m_events.onPartialText(name, text);
                         }
                     },
                 .onNote =
                     [&workspace, name = spec.meeting](const std::string& note) {
                         if (workspace.m_events.onNote) {
                             workspace.m_events.onNote(name, note);
                         }
                     },
                 .onForeignLanguage =
                     [&workspace, name = spec.meeting](const std::string& language) {
                         if (workspace.m_events.onForeignLanguage) {
                             workspace.m_events.onForeignLanguage(name, language);
                         }
                     },
                 .onSave =
                     [&workspace, name = spec.meeting,
                      begun = workspace.timesAnew(spec.meeting)](const Transcript& progress) {
                         workspace.update(name, [&](Transcript& current) {
                             if (workspace.m_anew[name] != begun) {
                                 return false; // its transcript was put away
                             }
                             takeProgress(current, progress);
                             return true;
                         });
                     }},
                std::chrono::steady_clock::now) {}

    StepResult step(Engine& engine, std::stop_token stop) override {
        return m_job.step(engine, std::move(stop));
    }

    JobProgress progress() const override { return m_job.progress(); }

private:
    TranscriptionJob m_job;
};

class Workspace::TranslateWork final : public Job {
public:
    TranslateWork(Workspace& workspace, const JobSpec& spec, const MeetingEntry& meeting)
        : m_changes(workspace.gathered(spec.meeting))
        , m_job(
              workspace.m_store.readTranscript(meeting.folder).value_or(Transcript{}),
              spec.language, {spec.lines.begin(), spec.lines.end()},
              [this, language = spec.language](std::int64_t id, const std::string& translation) {
                  m_changes.add([id, language, translation](Transcript& current) {
                      if (current.translationLanguage != language) {
                          for (TranscriptSegment& segment : current.segments) {
                              segment.translation.clear();
                          }
                          current.translationLanguage = language;
                      }
                      TranscriptSegment* segment = findSegment(current, id);
                      if (segment != nullptr) {
                          segment->translation = translation;
                      }
                      return segment != nullptr;
                  });
              },
              soundFor(workspace, spec, meeting)) {}

    StepResult step(Engine& engine, std::stop_token stop) override {
        return m_changes.during([&] { return m_job.step(engine, std::move(stop)); });
    }

    JobProgress progress() const override { return m_job.progress(); }

private:
    /// The transcript alone will do where the sound is gone.
    static std::optional<LineSound> soundFor(const Workspace& workspace, const JobSpec& spec,
                                             const MeetingEntry& meeting) {
        if (meeting.meta.audio.empty()) {
            return std::nullopt;
        }
        try {
            return LineSound(soundOf(meeting), meeting.meta.channels);
        } catch (const Error& error) {
            if (workspace.m_events.onNote) {
                workspace.m_events.onNote(spec.meeting, std::string(error.what()) +
                                                            " The transcript is translated "
                                                            "instead of the sound.");
            }
            return std::nullopt;
        }
    }

    GatheredChanges m_changes;
    TranslationJob m_job;
};

class Workspace::RetranscribeWork final : public Job {
public:
    RetranscribeWork(Workspace& workspace, const JobSpec& spec, const MeetingEntry& meeting)
        : m_changes(workspace.gathered(spec.meeting))
        , m_job(soundOf(meeting),
                workspace.m_store.readTranscript(meeting.folder).value_or(Transcript{}), spec.lines,
                {.languages = languagesIn(spec.language),
                 .translateTo = spec.detail,
                 .speaker = {},
                 .channels = meeting.meta.channels},
                [this](std::int64_t id, const TranscriptSegment& heard) {
                    m_changes.add([id, heard](Transcript& current) {
                        return heard.kind == SegmentKind::Speech && !heard.text.empty() &&
                               replaceByModel(current, id, heard.text, heard.translation,
                                              heard.confidence);
                    });
                }) {}

    StepResult step(Engine& engine, std::stop_token stop) override {
        return m_changes.during([&] { return m_job.step(engine, std::move(stop)); });
    }

    JobProgress progress() const override { return m_job.progress(); }

private:
    GatheredChanges m_changes;
    RetranscriptionJob m_job;
};

Workspace::Workspace(const std::filesystem::path& data, WorkspaceEvents events)
    : m_store(made(data / "meetings"), data / "recordings")
    , m_index(data / "index.sqlite")
    , m_events(std::move(events)) {}

void Workspace::transcribeAnew(const std::string& meeting) {
    const std::filesystem::path folder = entryOf(meeting).folder;
    update(meeting, [&](Transcript& transcript) {
        ++m_anew[meeting];
        const bool any = !m_store.keepRevision(folder).empty();
        // Ids go on, so that links to old lines never lead to new ones.
        transcript = {.rateHz = transcript.rateHz, .lastId = transcript.lastId};
        return any;
    });
}

int Workspace::timesAnew(const std::string& meeting) {
    const std::scoped_lock lock(m_mutex);
    return m_anew[meeting];
}

std::filesystem::path Workspace::moveToTrash(const std::string& meeting) {
    const MeetingEntry entry = entryOf(meeting);
    const std::scoped_lock lock(m_mutex);
    const std::filesystem::path trashed = m_store.moveToTrash(entry.folder);
    m_index.remove(entry.folder);
    return trashed;
}

std::string Workspace::restore(const std::filesystem::path& trashed) {
    const std::string name = m_store.restore(trashed).filename().string();
    update(name, [](Transcript&) { return false; });
    return name;
}

std::vector<std::string> Workspace::rebuildIndex(const std::stop_token& stop) {
    const std::scoped_lock lock(m_mutex);
    return m_index.rebuild(m_store, stop);
}

MeetingEntry Workspace::entryOf(const std::string& meeting) const {
    const std::filesystem::path folder = m_store.root() / meeting;
    if (meeting.empty() || std::filesystem::path(meeting).filename() != meeting ||
        !std::filesystem::is_directory(folder)) {
        throw Error(ErrorCode::FileUnreadable, "There is no meeting " + folder.string() + ".");
    }
    return {.folder = folder, .meta = m_store.readMeta(folder)};
}

MeetingEntry Workspace::entryFor(const std::string& meeting) const {
    return entryOf(made(m_store.root() / meeting).filename().string());
}

std::unique_ptr<Job> Workspace::makeJob(const JobSpec& spec) {
    const MeetingEntry meeting = entryOf(spec.meeting);
    switch (spec.kind) {
    case JobKind::Transcribe:
        return std::make_unique<TranscribeWork>(*this, spec, meeting);
    case JobKind::Translate:
        return std::make_unique<TranslateWork>(*this, spec, meeting);
    case JobKind::Summarize:
        return makeSummarizeWork(spec, meeting);
    case JobKind::Retranscribe:
        return std::make_unique<RetranscribeWork>(*this, spec, meeting);
    }
    return nullptr;
}

GatheredChanges Workspace::gathered(const std::string& meeting) {
    return {[this, meeting](const GatheredChanges::Change& how) { update(meeting, how); },
            std::chrono::steady_clock::now};
}

void Workspace::update(const std::string& meeting, const std::function<bool(Transcript&)>& how) {
    const MeetingEntry entry = entryOf(meeting);
    {
        const std::scoped_lock lock(m_mutex);
        Transcript transcript =
            m_store.readTranscript(entry.folder).value_or(Transcript{.rateHz = 1});
        if (how(transcript)) {
            m_store.saveTranscript(entry.folder, transcript);
        }
        m_index.put(entry, transcript);
    }
    if (m_events.onTranscriptChanged) {
        m_events.onTranscriptChanged(meeting);
    }
}

bool Workspace::edit(const std::string& meeting, const std::function<bool(Transcript&)>& how) {
    bool changed = false;
    update(meeting, [&](Transcript& transcript) {
        changed = !transcript.segments.empty() && how(transcript);
        return changed;
    });
    return changed;
}

void Workspace::reindex(const std::string& meeting) {
    update(meeting, [](Transcript&) { return false; });
}

MeetingEntry Workspace::restoreFromTrash(const std::string& trashed) {
    for (const MeetingEntry& entry : m_store.trash()) {
        if (entry.folder.filename() == trashed) {
            return entryOf(restore(entry.folder));
        }
    }
    throw Error(ErrorCode::FileUnreadable, "There is no meeting " + trashed + " in the trash.");
}

std::vector<SearchHit> Workspace::search(std::string_view query, int limit) {
    const std::scoped_lock lock(m_mutex);
    return m_index.search(query, limit);
}

} // namespace phial::meetings
