// SPDX-License-Identifier: MIT
// Where the sound of imported meetings lies: copied into their folders, or found again.
#include "app/composition/meeting_session.h"
#include "app/composition/meeting_views.h"
#include "inference/base/error.h"
#include "ui/meeting/meeting_page.h"

namespace phial::app {

void MeetingSession::connectSounds() {
    connect(&m_keeper, &SoundKeeper::changed, this, [this] { showQueue(m_jobs.queue().list()); });
    connect(&m_keeper, &SoundKeeper::copied, this, [this](const QString& id, const QString& copy) {
        m_files.run(
            [this, id, name = copy.toStdString()](const std::stop_token&) -> Background::Then {
                try {
                    m_workspace->takeCopy(id.toStdString(), name);
                } catch (const Error&) {
                    return {}; // in the trash by now, or it will be copied at the next start
                }
                return [this, id] { showChange(id); };
            });
    });
    connect(&m_keeper, &SoundKeeper::cancelled, this, [this](const QString& id) {
        leaveOutside(id, [this] { m_window.showBriefly(tr("The sound stays where it is")); });
    });
    connect(&m_keeper, &SoundKeeper::failed, this, [this](const QString& id, const QString& why) {
        leaveOutside(id, [this, id, why] {
            const MeetingSummary* about = m_list.find(id);
            ui::NoticeView notice;
            notice.key = QStringLiteral("meeting-copy:") + id;
            notice.severity = ui::Severity::Warning;
            notice.title = tr("The sound of “%1” stays where it is.")
                               .arg(about == nullptr ? tr("a meeting") : about->title);
            notice.text =
                tr("%1 The meeting needs the file that it was made from; its details name it.")
                    .arg(why);
            notice.actions = {ui::NoticeAction::OpenMeeting};
            m_window.showNotice(notice);
        });
    });
    connect(&m_window.meetingPage(), &ui::MeetingPage::soundLocated, this,
            &MeetingSession::locateSound);
}

void MeetingSession::showChange(const QString& id) {
    if (id == m_current) {
        m_reload.start();
    }
}

void MeetingSession::keepSound(const QString& id) {
    if (!m_options.keepImportedSound) {
        return;
    }
    m_files.run([this, id](const std::stop_token&) -> Background::Then {
        try {
            const auto meeting = m_workspace->wantCopy(id.toStdString(), true);
            return [this, meeting] {
                if (meeting) {
                    m_keeper.add(*meeting);
                }
            };
        } catch (const Error&) {
            return {}; // it is as it was: the meeting needs the file outside
        }
    });
}

/// Not asked for again at the next start. A file that is only away for now, with its disk, is.
void MeetingSession::leaveOutside(const QString& id, const std::function<void()>& then) {
    m_files.run([this, id, then](const std::stop_token&) -> Background::Then {
        try {
            std::error_code ignored;
            const std::string file = entryOf(id.toStdString()).meta.outsideFile();
            if (!std::filesystem::exists(file, ignored)) {
                return {}; // its page says that the sound is missing
            }
            m_workspace->wantCopy(id.toStdString(), false);
        } catch (const Error&) {
            return {}; // it was deleted meanwhile
        }
        return [this, id, then] {
            then();
            showChange(id);
        };
    });
}

void MeetingSession::locateSound(const QString& id, const QString& file) {
    m_files.run([this, id, file = file.toStdString()](const std::stop_token&) -> Background::Then {
        try {
            m_workspace->locateSound(id.toStdString(), file);
        } catch (const Error& error) {
            return [this, sentence = QString::fromUtf8(error.what())] {
                fail(tr("This is not the sound of the meeting."), sentence);
            };
        }
        return [this, id] {
            m_window.clearNotice(QStringLiteral("meeting-problem"));
            m_current.clear(); // its page has no sound yet
            open(id);
            keepSound(id);
        };
    });
}

} // namespace phial::app
