// SPDX-License-Identifier: MIT
#pragma once

#include "app/base/background.h"
#include "app/base/gui_inbox.h"
#include "app/meetings/meeting_store.h"
#include "ui/contracts/meeting_view.h"

#include <QList>
#include <QObject>
#include <QString>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>

namespace phial::app {

/// Copies the sound of imported meetings into their folders, one after the other on a thread of its
/// own. What the end of the program interrupts is done again by who remembers that it is wanted.
/// GUI thread.
class SoundKeeper : public QObject {
    Q_OBJECT

public:
    /// Called on the thread of the copy; as meetings::CopyParts.
    using FreeBytes = std::function<std::uint64_t(const std::filesystem::path& folder)>;

    /// `freeBytes`: of the disk of a folder; unset = what the file system says.
    explicit SoundKeeper(FreeBytes freeBytes, QObject* parent = nullptr);

    /// Nothing when it is under way.
    void add(const meetings::MeetingEntry& meeting);

    /// The copy of that number in items() is not wanted any more.
    void cancel(qint64 number);

    /// The meeting goes elsewhere; says nothing of its copy.
    void forget(const QString& meeting);

    /// What is copied and what waits, for the queue.
    QList<ui::QueueItem> items() const;

    /// Whether an item of the queue is a copy: its number is negative, unlike those of jobs.
    static bool isCopy(qint64 number) { return number < 0; }

Q_SIGNALS:
    void changed();                                           ///< items()
    void copied(const QString& meeting, const QString& name); ///< of the copy in its folder
    void cancelled(const QString& meeting);
    /// `problem`: one sentence. The meeting goes on with the file outside.
    void failed(const QString& meeting, const QString& problem);

private:
    struct Copy {
        ui::QueueItem item;
        meetings::MeetingEntry meeting;
    };

    void startNext();
    void drop(qsizetype at);
    bool runs(qint64 number) const;
    void ended(qint64 number, const std::function<void()>& then);
    void show(qint64 number, std::uint64_t done, std::uint64_t total);

    FreeBytes m_freeBytes;
    QList<Copy> m_copies; ///< the first one runs
    qint64 m_last = 0;
    GuiInbox m_inbox;
    Background m_background{Background::AtEnd::Drop}; ///< last member
};

} // namespace phial::app
