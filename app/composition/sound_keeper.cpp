// SPDX-License-Identifier: MIT
#include "app/composition/sound_keeper.h"

#include "app/meetings/workspace/sound_copy.h"
#include "inference/base/error.h"
#include "ui/widgets/size_text.h"

#include <algorithm>
#include <utility>

namespace phial::app {
SoundKeeper::SoundKeeper(FreeBytes freeBytes, QObject* parent)
    : QObject(parent)
    , m_freeBytes(std::move(freeBytes)) {}

void SoundKeeper::add(const meetings::MeetingEntry& meeting) {
    const bool there = std::any_of(m_copies.cbegin(), m_copies.cend(), [&](const Copy& one) {
        return one.meeting.folder == meeting.folder;
    });
    if (there) {
        return;
    }
    Copy copy{.item = {}, .meeting = meeting};
    copy.item.number = --m_last;
    copy.item.meeting = QString::fromStdString(meeting.folder.filename().string());
    copy.item.text =
        tr("Copying the sound of “%1”").arg(QString::fromStdString(meeting.meta.title));
    copy.item.cancelOnly = true;
    m_copies.append(copy);
    if (m_copies.size() == 1) {
        startNext();
    }
    Q_EMIT changed();
}

void SoundKeeper::startNext() {
    if (m_copies.isEmpty()) {
        return;
    }
    Copy& copy = m_copies.first();
    copy.item.state = ui::QueueItem::State::Running;
    m_background.run([this, number = copy.item.number, id = copy.item.meeting,
                      meeting = copy.meeting,
                      free = m_freeBytes](const std::stop_token& stop) -> Background::Then {
        meetings::CopyParts parts;
        parts.freeBytes = free;
        int shown = -1;
        parts.onProgress = [this, number, &shown](std::uint64_t done, std::uint64_t total) {
            const int percent = total == 0 ? 0 : static_cast<int>(100 * done / total);
            if (std::exchange(shown, percent) != percent) {
                m_inbox.post([this, number, done, total] { show(number, done, total); });
            }
        };
        try {
            const std::string name = meetings::copySound(meeting, parts, stop);
            return [this, number, id, copy = meeting.folder / name] {
                ended(number, [this, id, copy] {
                    Q_EMIT copied(id, QString::fromStdString(copy.filename().string()));
                });
            };
        } catch (const Error& error) {
            return [this, number, id, sentence = QString::fromUtf8(error.what())] {
                ended(number, [this, id, sentence] { Q_EMIT failed(id, sentence); });
            };
        }
    });
}

/// False for one that was cancelled or forgotten meanwhile: it is not on the list any more.
bool SoundKeeper::runs(qint64 number) const {
    return !m_copies.isEmpty() && m_copies.first().item.number == number;
}

void SoundKeeper::ended(qint64 number, const std::function<void()>& then) {
    if (!runs(number)) {
        return;
    }
    m_copies.removeFirst();
    then();
    startNext();
    Q_EMIT changed();
}

void SoundKeeper::show(qint64 number, std::uint64_t done, std::uint64_t total) {
    if (!runs(number)) {
        return;
    }
    ui::QueueItem& item = m_copies.first().item;
    item.fraction = total == 0 ? -1 : static_cast<double>(done) / static_cast<double>(total);
    item.detail =
        tr("%1 of %2")
            .arg(ui::sizeText(static_cast<qint64>(done)), ui::sizeText(static_cast<qint64>(total)));
    Q_EMIT changed();
}

void SoundKeeper::drop(qsizetype at) {
    m_copies.removeAt(at);
    if (at == 0) {
        m_background.clear(); // the one that runs
        startNext();
    }
    Q_EMIT changed();
}

void SoundKeeper::cancel(qint64 number) {
    for (qsizetype i = 0; i < m_copies.size(); ++i) {
        if (m_copies[i].item.number == number) {
            const QString meeting = m_copies[i].item.meeting;
            drop(i);
            Q_EMIT cancelled(meeting);
            return;
        }
    }
}

void SoundKeeper::forget(const QString& meeting) {
    for (qsizetype i = 0; i < m_copies.size(); ++i) {
        if (m_copies[i].item.meeting == meeting) {
            drop(i);
            return;
        }
    }
}

QList<ui::QueueItem> SoundKeeper::items() const {
    QList<ui::QueueItem> items;
    for (const Copy& copy : m_copies) {
        items.append(copy.item);
    }
    return items;
}

} // namespace phial::app
